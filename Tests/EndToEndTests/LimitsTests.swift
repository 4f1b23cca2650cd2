import Foundation
import TestKit
import Testing

/// What many, greedy and stuck clients cost. The figures are printed; the bounds are far above them, because a debug
/// build on a busy machine is no measurement.
@Suite("What clients may cost", .serialized)
struct LimitsTests {
    @Test("500 attachments of one session all get a line that one of them causes")
    func manyAttachments() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let steering = try server.client(key).attach("one")
        steering.type("echo here-$((40 + 2))\r")
        try await steering.waitFor("here-42")
        let gateway = ProcessFacts(pid: try #require(server.process).pid)
        let host = ProcessFacts(pid: try #require(server.hostPIDs()["one"]))
        let (before, hostBefore) = (gateway.privateMemory, host.privateMemory)
        let count = 500
        let many = try RunningCommand(
            try PythonScript.manyAttachments.line(
                "--port", String(server.port), "--user", "one", "--key", key.path, "--count", String(count), "--text",
                "all-of-you-42"))
        try await eventually(within: .seconds(120), "\(count) attachments", seen: { many.errorTranscript.tail }) {
            many.outputTranscript.text.contains("attached \(count)\n")
        }
        let growth = gateway.privateMemory - before
        steering.type("echo all-of-you-$((40 + 2))\r")
        try await eventually(within: .seconds(60), "the line on all", seen: { many.outputTranscript.tail }) {
            many.outputTranscript.text.contains("heard \(count)\n")
        }
        print("limits: \(count) idle attachments, cmdopd: \(growth) KiB, \(growth / count) KiB for each")
        print("limits: \(count) idle attachments, cmdop-host: \(host.privateMemory - hostBefore) KiB in all")
        #expect(growth / count < 1_024, "KiB for each attachment")
        many.finishInput()
        _ = try await many.waitForEnd()
        try await eventually("their end", seen: { server.log.suffix(2_000).description }) {
            try await server.client(key).run("cmdop", "ls").outputText.contains(#/one +live +1 /#)
        }
    }

    @Test("an honest client that sends into a command that reads nothing costs its window, and delays nobody")
    func sendsUnread() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let terminal = try await Self.readyTerminal(server.client(key))
        let (gateway, host) = try Self.programs(of: server)
        let (before, hostBefore) = (gateway.residentMemory, host.residentMemory)
        let line = server.client(key).arguments("one", flags: ["-T"], ["echo started; sleep 1000"])
        let sender = try RunningCommand(
            ["bash", "-c", "head -c 200M /dev/zero | \"$@\"", "sender"] + line)
        defer { Self.end(sender) }
        try await eventually("the command", seen: { sender.errorTranscript.tail }) {
            sender.outputTranscript.text == "started\n"
        }
        let times = try await Self.othersWork(server.client(key), terminal)
        print("limits: a client sends into a command that reads nothing: \(times)")
        let growth = gateway.residentMemory - before
        print("limits: it costs cmdopd \(growth) KiB, cmdop-host \(host.residentMemory - hostBefore) KiB")
        #expect(growth < 64 << 10 && host.residentMemory - hostBefore < 32 << 10, "KiB")
        #expect(sender.process.exitStatus == nil)
    }

    @Test("a client that sends more than its window is cut off at its cap, and delays nobody")
    func heedsNoWindow() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let terminal = try await Self.readyTerminal(server.client(key))
        let (gateway, _) = try Self.programs(of: server)
        let before = gateway.residentMemory
        let flood = try RunningCommand(
            try PythonScript.flood.line(
                "--port", String(server.port), "--user", "one", "--key", key.path, "--command",
                "printf started; sleep 1000", "--megabytes", "200"))
        try await eventually("the command", seen: { flood.errorTranscript.tail }) {
            flood.outputTranscript.text.hasPrefix("started\n")
        }
        let times = try await Self.othersWork(server.client(key), terminal)
        let run = try await flood.waitForEnd(within: .seconds(60))
        #expect(run.outputText.hasSuffix("cut off\n"), "\(run.outputText)\(run.errorText)")
        let growth = gateway.residentMemory - before
        print("limits: a client that heeds no window: \(times); it costs cmdopd \(growth) KiB")
        #expect(growth < 64 << 10, "KiB")
        #expect(server.log.contains("inbound"), "\(server.log)")
    }

    @Test("a client that reads nothing is brought up to date later, costs its cap, and delays nobody")
    func readsNothing() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let terminal = try await Self.readyTerminal(server.client(key))
        let stalled = try server.client(key).attach("one")
        try await stalled.waitFor("[cmdop] session one")
        let (gateway, host) = try Self.programs(of: server)
        let (before, hostBefore) = (gateway.residentMemory, host.residentMemory)
        stalled.kill(SIGSTOP)
        terminal.type("yes 'a line that somebody does not read' | head -c 2000000; echo printed-$((40 + 2))\r")
        let other = try await Self.loginTime(server.client(key))
        try await terminal.waitFor("printed-42", within: .seconds(120))
        let times = try await Self.othersWork(server.client(key), terminal)
        let growth = gateway.residentMemory - before
        print("limits: a client that reads nothing, 2 MB printed: a login meanwhile \(other), then \(times)")
        print("limits: it costs cmdopd \(growth) KiB, cmdop-host \(host.residentMemory - hostBefore) KiB")
        #expect(growth < 64 << 10 && host.residentMemory - hostBefore < 64 << 10, "KiB")
        stalled.kill(SIGCONT)
        try await stalled.waitFor("printed-42", within: .seconds(60))
        #expect(stalled.transcript.count < 2_000_000, "it got a fresh screen instead of the backlog")
        terminal.type([0x1D, UInt8(ascii: "x")])
        try await eventually("the turn to be free") {
            try await server.client(key).run("cmdop", "ls").outputText.contains(#/live +2 +nobody/#)
        }
        stalled.type("echo again-$((40 + 2))\r")
        try await stalled.waitFor("again-42")
    }

    @Test("a command whose output nobody reads waits, and delays nobody")
    func commandUnread() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let terminal = try await Self.readyTerminal(server.client(key))
        let (gateway, host) = try Self.programs(of: server)
        let (before, hostBefore) = (gateway.residentMemory, host.residentMemory)
        let reader = try server.client(key).start("one", "echo started; exec yes")
        try await eventually("the command", seen: { reader.errorTranscript.tail }) {
            reader.outputTranscript.count > 1_000_000
        }
        reader.process.kill(SIGSTOP)
        let times = try await Self.othersWork(server.client(key), terminal)
        let growth = gateway.residentMemory - before
        print("limits: a command prints without end, its client reads nothing: \(times)")
        print("limits: it costs cmdopd \(growth) KiB, cmdop-host \(host.residentMemory - hostBefore) KiB")
        #expect(growth < 64 << 10 && host.residentMemory - hostBefore < 32 << 10, "KiB")
        reader.process.kill(SIGKILL)
    }

    // MARK: What the tests share

    private static func readyTerminal(_ client: SSHClient) async throws -> PseudoTerminal {
        let terminal = try client.attach("one")
        terminal.type("echo ready-$((40 + 2))\r")
        try await terminal.waitFor("ready-42")
        return terminal
    }

    private static func programs(of server: ServerUnderTest) throws -> (gateway: ProcessFacts, host: ProcessFacts) {
        (
            ProcessFacts(pid: try #require(server.process).pid),
            ProcessFacts(pid: try #require(server.hostPIDs()["one"]))
        )
    }

    private static func loginTime(_ client: SSHClient) async throws -> Duration {
        let start = ContinuousClock.now
        let run = try await client.run("one", "echo in")
        let end = ContinuousClock.now
        #expect(run.outputText == "in\n", "\(run.errorText)")
        return end - start
    }

    /// Another logs in, and somebody types: five times each; the longest that each took.
    private static func othersWork(_ client: SSHClient, _ terminal: PseudoTerminal) async throws -> String {
        var (logins, echoes): ([Duration], [Duration]) = ([], [])
        for number in 0..<5 {
            logins.append(try await loginTime(client))
            let start = ContinuousClock.now
            terminal.type("echo echo-\(number)-$((40 + 2))\r")
            try await terminal.waitFor("echo-\(number)-42")
            echoes.append(ContinuousClock.now - start)
        }
        return "a login took at most \(logins.max() ?? .zero), an echo at most \(echoes.max() ?? .zero)"
    }

    /// Ends a shell and what it started: they share a process group, which is the shell's.
    private static func end(_ command: RunningCommand) { kill(-command.process.pid, SIGKILL) }
}
