import TestKit
import Testing

/// Clients whose own output has failed. OpenSSH throws away what it held for it, and never credits that.
@Suite("A client that nobody reads any more", .serialized)
struct LostOutputTests {
    /// `ssh` with its output in a pipe to another program.
    private func piped(_ arguments: [String], into reader: String) -> [String] {
        ["/bin/sh", "-c", "\"$@\" | \(reader)", "sh"] + arguments
    }

    @Test(
        "sees its command end, however much of the output it threw away",
        arguments: ["head -c 5", "{ head -c 70000 >/dev/null; sleep 1; head -c 5; }"])
    func command(reader: String) async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        for command in ["head -c 1000000 /dev/zero", "head -c 20000000 /dev/zero"] {
            let arguments = server.client(key).arguments("one", flags: ["-T"], [command])
            let run = try await CommandRun(piped(arguments, into: reader), within: .seconds(60))
            #expect(run.output.count == 5, "\(command): \(run.errorText.suffix(200))")
        }
    }

    @Test(
        "has its command end that prints for ever, with SIGPIPE", arguments: ["head -c 5", "{ sleep 3; head -c 5; }"])
    func endless(reader: String) async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let arguments = server.client(key).arguments("one", flags: ["-T"], ["yes"])
        let run = try await CommandRun(piped(arguments, into: reader), within: .seconds(60))
        #expect(run.output.count == 5, "\(run.errorText)")
    }

    @Test("is not what a slow reader is: it gets everything")
    func slow() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let arguments = server.client(key).arguments("one", flags: ["-T"], ["seq 1 1000000"])
        let reader = "{ for i in 1 2 3; do head -c 100000; sleep 1; done; cat; } | md5sum"
        let run = try await CommandRun(piped(arguments, into: reader), within: .seconds(60))
        let here = try await CommandRun(["/bin/sh", "-c", "seq 1 1000000 | md5sum"])
        #expect(run.outputText == here.outputText)
    }

    @Test("sees its private shell end, with a terminal and without one", arguments: [["-T"], ["-tt"]])
    func privateShell(flags: [String]) async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let command = flags == ["-tt"] ? ["head -c 3000000 /dev/zero | tr '\\0' x"] : []
        let arguments = server.client(key).arguments("one", flags: flags, command)
        let run = try await CommandRun(
            piped(arguments, into: "head -c 5"), input: Array("head -c 3000000 /dev/zero; exit\n".utf8),
            within: .seconds(60))
        #expect(run.output.count == 5)
    }

    @Test("sees the session end that it was attached to")
    func attachment() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let arguments = server.client(key).arguments("one", flags: ["-tt"])
        let terminal = try PseudoTerminal(piped(arguments, into: "head -c 5"))
        let watcher = try server.client(key).attach("one")
        try await watcher.waitFor("[cmdop] session one")
        terminal.type("head -c 400000 /dev/zero | tr '\\0' x; echo; echo at-the-$((40 + 2)); exit\r")
        try await watcher.waitFor("at-the-42")
        _ = try await terminal.waitForExit(within: .seconds(60))
    }
}
