import Foundation
import Journal
import TestKit
import Testing
import Wire

@Suite("Bad input")
struct BadInputTests {
    @Test("a second server on the port says so and ends; the first goes on")
    func portTaken() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let file = try server.directory.path("config/cmdop.yaml")
        let second = try await CommandRun([
            try BuiltProgram.cmdopd.path(), "--config", file, "--listen", "127.0.0.1:\(server.port)",
        ])
        #expect(second.status == .exited(1))
        let sentence = "another server listens on 127.0.0.1:\(server.port) already; stop it, or name another port"
        #expect(second.errorText.contains("cmdopd: \(sentence) as 'listen'\n"), "\(second.errorText)")
        #expect(try await server.client(key).run("one", "exit 7").status == .exited(7), "\(server.log)")
    }

    @Test("a state directory that is open to others is refused with what to do")
    func openState() async throws {
        let directory = try TemporaryDirectory()
        _ = try directory.path("state/.")
        try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: directory.path("state"))
        let run = try await Self.start(in: directory)
        #expect(run.status == .exited(1))
        let expected = "cmdopd: the directory \(directory.path)/state is open to others; chmod 700 it\n"
        #expect(run.errorText == expected)
    }

    @Test(
        "a state directory of another user is refused with what to do",
        .enabled(if: geteuid() == 0, "only root can give a directory away"))
    func foreignState() async throws {
        let directory = try TemporaryDirectory()
        _ = try directory.path("state/.")
        #expect(chown(try directory.path("state"), 65_534, 65_534) == 0)
        let run = try await Self.start(in: directory)
        #expect(run.status == .exited(1))
        #expect(run.errorText.contains("\(directory.path)/state belongs to another user"), "\(run.errorText)")
    }

    @Test("a state directory that can not be made or written is refused with the reason")
    func unusableState() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("", to: "file")
        let below = try await Self.start(in: directory, state: "../file/state")
        #expect(below.status == .exited(1))
        let sentence = "can not use the directory \(directory.path)/file"
        #expect(below.errorText.contains("\(sentence)/state"), "\(below.errorText)")
        let isFile = try await Self.start(in: directory, state: "../file")
        #expect(isFile.status == .exited(1))
        #expect(isFile.errorText.contains(sentence), "\(isFile.errorText)")
        // Root writes whatever the mode says: /proc is where nobody makes anything.
        let nowhere = try await Self.start(in: directory, state: "/proc/cmdop")
        #expect(nowhere.status == .exited(1))
        #expect(nowhere.errorText.contains("can not use the directory /proc/cmdop"), "\(nowhere.errorText)")
        #expect(![below, isFile, nowhere].contains { $0.errorText.contains("Fatal error") })
    }

    @Test("a shell that does not exist is a sentence to the operator, and 254; other sessions work")
    func noShell() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(
            operators: ["alice": key], configuration: Self.environments("shell: [\"/no/such\"], directory: \"/tmp\""))
        try await Self.refuses("bad", server.client(key), with: "can not run /no/such: No such file or directory")
        #expect(try await server.client(key).run("good", "exit 7").status == .exited(7), "\(server.log)")
    }

    @Test("a directory that does not exist is a sentence to the operator, and 254; other sessions work")
    func noDirectory() async throws {
        let key = try await SSHKeyPair()
        let settings = "shell: [\"/bin/bash\"], directory: \"/no/such\""
        let server = try await ServerUnderTest(operators: ["alice": key], configuration: Self.environments(settings))
        try await Self.refuses(
            "bad", server.client(key), with: "can not enter the directory /no/such: No such file or directory")
        #expect(try await server.client(key).run("good", "exit 7").status == .exited(7), "\(server.log)")
    }

    @Test("a name that is none is refused as one that may not be seen")
    func badNames() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        for name in ["Bad", ".bad", "a/b", "one+no-such-option", "cmdop+observe", String(repeating: "x", count: 64)] {
            let terminal = try server.client(key).attach(name)
            #expect(try await terminal.waitForExit() == .exited(254), "\(name)")
            let text = terminal.transcript.text
            #expect(text.contains("no such session for you"), "\(name): \(text)")
        }
        #expect(server.hostPIDs().isEmpty, "\(server.log)")
    }

    @Test("an environment that is none is named to whoever may start the session, and nothing is started")
    func badEnvironment() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let terminal = try server.client(key).attach("one+env=none")
        #expect(try await terminal.waitForExit() == .exited(254))
        #expect(terminal.transcript.text.contains("there is no environment 'none'"), "\(terminal.transcript.tail)")
        let run = try await server.client(key).run("one+env=none", "true")
        #expect(run.status == .exited(254))
        #expect(run.errorText.contains("there is no environment 'none'"), "\(run.errorText)")
        #expect(server.hostPIDs().isEmpty, "\(server.log)")
    }

    @Test("65 MB of pasted input all arrive, and nothing hangs")
    func paste() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let count = 65_000_000
        let terminal = try server.client(key).attach("one")
        let sum = try server.directory.path("sum")
        terminal.type("stty raw -echo; echo raw-$((40 + 2)); head -c \(count) | sha256sum >\(sum); stty sane\r")
        try await terminal.waitFor("raw-42")
        let pasted = Array(repeating: UInt8(ascii: "p"), count: count)
        terminal.type(pasted)
        let meanwhile = try await server.client(key).run("one", "echo beside")
        #expect(meanwhile.outputText == "beside\n")
        let expected = try await CommandRun(["sha256sum"], input: pasted, within: .seconds(300))
        try await eventually(
            within: .seconds(600), "the sum of all", seen: { (terminal.transcript.tail + server.log) }
        ) {
            server.directory.read("sum") == expected.outputText
        }
        terminal.type("echo after-$((40 + 2))\r")
        try await terminal.waitFor("after-42")
        #expect(server.process?.exitStatus == nil)
    }

    @Test("a paste that no program reads is bounded; whoever pasted it can still leave")
    func pasteUnread() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let terminal = try server.client(key).attach("one")
        terminal.type("stty raw -echo; echo raw-$((40 + 2)); exec sleep 1000\r")
        try await terminal.waitFor("raw-42")
        let host = ProcessFacts(pid: try #require(server.hostPIDs()["one"]))
        let gateway = ProcessFacts(pid: try #require(server.process).pid)
        let before = (host.residentMemory, gateway.residentMemory)
        terminal.type(Array(repeating: UInt8(ascii: "p"), count: 8_000_000))
        for _ in 0..<3 {
            #expect(try await server.client(key).run("one", "echo beside").outputText == "beside\n")
        }
        #expect(host.residentMemory - before.0 < 16 << 10 && gateway.residentMemory - before.1 < 32 << 10, "KiB")
        let end = try await server.client(key).run("cmdop", "end one")
        #expect(end.status == .exited(0))
        #expect(try await terminal.waitForExit() == .exited(129), "\(server.log)")
    }

    @Test("garbage on the port is dropped, whatever its shape; an attached client notices nothing")
    func garbageOnPort() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let terminal = try server.client(key).attach("one")
        terminal.type("echo before-$((40 + 2))\r")
        try await terminal.waitFor("before-42")
        let run = try await CommandRun(
            try PythonScript.rawPeer.line("garbage", "--port", String(server.port)), within: .seconds(120))
        let shapes = ["noise", "noise after a banner", "another protocol", "a packet too long"]
        #expect(run.outputText == shapes.map { "\($0): closed\n" }.joined(), "\(run.errorText)\n\(server.log)")
        terminal.type("echo after-$((40 + 2))\r")
        try await terminal.waitFor("after-42")
        #expect(server.process?.exitStatus == nil)
    }

    @Test("clients that are reset in the middle of a handshake leave nothing behind")
    func resetInHandshake() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        #expect(try await server.client(key).run("one", "exit 7").status == .exited(7))
        let process = try #require(server.process)
        let descriptors = "/proc/\(process.pid)/fd"
        func count() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: descriptors).count }
        let before = try count()
        let run = try await CommandRun(
            try PythonScript.rawPeer.line("reset", "--port", String(server.port), "--count", "50"))
        #expect(run.outputText == "reset\n", "\(run.errorText)")
        #expect(try await server.client(key).run("one", "exit 7").status == .exited(7), "\(server.log)")
        try await eventually("the descriptors to be given back", seen: { server.log }) { try count() <= before }
        #expect(process.exitStatus == nil)
    }

    @Test("garbage on a session's socket cuts off whoever sent it, and nobody else")
    func garbageOnSocket() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let terminal = try server.client(key).attach("one")
        terminal.type("echo before-$((40 + 2))\r")
        try await terminal.waitFor("before-42")
        let directory = try server.directory.path(".state/sessions/one")
        let run = try await CommandRun(
            try PythonScript.rawPeer.line("local", "--directory", directory, "--hello", FrontEndMessage.helloDigits))
        let shapes = [
            "noise", "a frame too long", "no version", "no hello", "noise after hello", "an unknown kind",
            "half a frame",
        ]
        #expect(run.outputText == shapes.map { "\($0): closed\n" }.joined(), "\(run.errorText)\n\(server.log)")
        terminal.type("echo after-$((40 + 2))\r")
        try await terminal.waitFor("after-42")
        #expect(server.hostPIDs()["one"] != nil)
    }

    @Test("a journal that is damaged keeps its session from nothing but its own past")
    func damagedJournal() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let journal = try server.directory.path(".state/sessions/one/journal/.")
        try server.directory.write("not a journal", to: ".state/sessions/one/journal/00000001.journal")
        let run = try await server.client(key).run("one", "exit 7")
        #expect(run.status == .exited(7), "\(journal): \(run.errorText)\n\(server.log)")
    }

    // MARK: What the tests share

    /// Runs a server that should not start.
    private static func start(in directory: TemporaryDirectory, state: String = "../state") async throws -> CommandRun {
        _ = try directory.path("keys/team/.")
        let file = try directory.write(
            "listen: [\"127.0.0.1:0\"]\nkeys: ../keys\nstate: \(state)\n", to: "config/cmdop.yaml")
        return try await CommandRun([try BuiltProgram.cmdopd.path(), "--config", file])
    }

    /// A configuration whose session `bad` runs in an environment with those settings, and whose others are good.
    private static func environments(_ settings: String) -> String {
        """
        access:
          - {operators: ["*"], sessions: ["*"], role: lead}
        environments:
          default: {kind: process, shell: ["/bin/bash", "--norc", "--noprofile"], directory: "/tmp"}
          broken: {kind: process, \(settings)}
        sessions:
          - {match: "bad", environment: broken}

        """
    }

    /// Attaching and running a command are both refused with the sentence, and with 254.
    private static func refuses(_ session: String, _ client: SSHClient, with sentence: String) async throws {
        let terminal = try client.attach(session)
        #expect(try await terminal.waitForExit() == .exited(254))
        #expect(terminal.transcript.text.contains(sentence), "\(terminal.transcript.tail)")
        let run = try await client.run(session, "true")
        #expect(run.status == .exited(254))
        #expect(run.errorText.contains(sentence), "\(run.errorText)")
        let list = try await client.run("cmdop", "ls")
        #expect(!list.outputText.contains(#/bad +live/#), "\(list.outputText)")
    }
}
