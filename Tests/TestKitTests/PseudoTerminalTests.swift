import TestKit
import Testing

@Suite("A program on a terminal of the tests")
struct PseudoTerminalTests {
    @Test("has it as its controlling terminal, is typed to, resized and waited for")
    func person() async throws {
        let shell = try PseudoTerminal(["sh"], environment: ["PS1": "ready> "], columns: 100, rows: 30)
        let ready = try await shell.waitFor("ready> ")
        shell.type("stty size; tty; (echo sent-to-tty > /dev/tty)\n")
        var offset = try await shell.waitFor("30 100", from: ready)
        offset = try await shell.waitFor("/dev/pts/", from: offset)
        offset = try await shell.waitFor("sent-to-tty\r\n", from: offset)
        shell.resize(columns: 61, rows: 17)
        shell.type("stty size\n")
        try await shell.waitFor("17 61", from: offset)
        shell.type("exit 9\n")
        #expect(try await shell.waitForExit() == .exited(9))
    }

    @Test("is ended by a signal, and says by which")
    func signal() async throws {
        let program = try PseudoTerminal(["cat"])
        program.kill(9)
        #expect(try await program.waitForExit() == .signalled(9))
    }

    @Test("without a terminal gets a large input whole, and its streams are kept apart")
    func streams() async throws {
        let input = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let run = try await CommandRun(["sh", "-c", "echo problem >&2; cat; exit 3"], input: input)
        #expect(run.status == .exited(3))
        #expect(run.output == input)
        #expect(run.errorText == "problem\n")
    }

    @Test("that takes too long is ended, and the message has what it said")
    func limit() async throws {
        let error = await #expect(throws: TestKitError.self) {
            let command = ["sh", "-c", "echo one; exec cat /dev/zero > /dev/null"]
            _ = try await CommandRun(command, within: .milliseconds(300))
        }
        #expect(error?.description.contains("one") == true)
    }

    @Test("starts in the directory asked for")
    func directory() async throws {
        let directory = try TemporaryDirectory()
        let run = try await CommandRun(["pwd"], directory: directory.path)
        #expect(run.outputText == directory.path + "\n")
    }

    @Test("may be made of any kind of key", arguments: [SSHKeyPair.Kind.ed25519, .ecdsa, .rsa])
    func keys(kind: SSHKeyPair.Kind) async throws {
        let key = try await SSHKeyPair(kind, comment: "somebody")
        #expect(key.publicLine.hasSuffix(" somebody"))
        #expect(key.fingerprint.hasPrefix("SHA256:"))
    }
}
