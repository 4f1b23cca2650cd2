import Foundation
import JSONText
import TestKit
import Testing

/// Everything that a client can have open to a session besides other clients: all of it bob's, to `deploy`.
struct BobsChannels {
    let fixture: ForwardFixture
    let alice: PseudoTerminal
    let terminal: PseudoTerminal
    let shell: RunningCommand
    let exec: RunningCommand
    let terminalExec: PseudoTerminal
    let sftp: RunningCommand
    let forward: RunningCommand
    let listener: RunningCommand
    let control: ControlClient
    let mcp: ControlClient
    /// The processes of the private shell and of both commands, and a job of one in a session of its own.
    let processes: [String]
    let listeningPort: UInt16
    /// Servers inside the session and outside, that the forwards lead to.
    private let servers: [RunningCommand]

    static let roles = """
        access:
          - {operators: [alice], sessions: ["*"], role: operator}
          - {operators: [bob], sessions: ["*"], role: operator}
          - {operators: [carol], sessions: ["*"], role: lead}

        """

    /// What `attachment.list` and the record call what bob has open besides his terminal.
    static let kinds = ["control", "control", "exec", "exec", "forward", "listener", "sftp", "shell"]

    init() async throws {
        fixture = try await ForwardFixture(["alice", "bob", "carol"], access: Self.roles)
        let team = fixture.team
        let bob = try team.client("bob")
        alice = try await team.attach("alice")
        let (inside, insidePorts) = try await fixture.serve("echo")
        let (outside, outsidePorts) = try await ForwardFixture.serveOutside("echo")
        servers = [inside, outside]
        terminal = try await team.attach("bob")
        shell = try bob.start("deploy")
        shell.write(Array("echo shell-$$-\n".utf8))
        // This one does not end by itself: it has to be killed.
        exec = try bob.start(
            "deploy", "trap '' HUP TERM; setsid sleep 1000 & echo job-$!-; echo exec-$$-; while :; do sleep 1000; done")
        terminalExec = try bob.attach("deploy", "echo tty-$$-; tty; exec sleep 1000")
        sftp = try RunningCommand(bob.arguments("deploy", flags: ["-T", "-s"], ["sftp"]))
        sftp.write([0, 0, 0, 5, 1, 0, 0, 0, 3])
        forward = try RunningCommand(fixture.arguments("bob", ["-W", "127.0.0.1:\(insidePorts[0])"]))
        forward.write(Array("ping".utf8))
        listener = try await fixture.forward(["-R", "0:127.0.0.1:\(outsidePorts[0])"], as: "bob")
        control = try ControlClient(bob, "deploy")
        mcp = try ControlClient(bob, "deploy", subsystem: "cmdop-mcp")
        _ = try await control.call("events.subscribe")
        _ = try await mcp.call("ping")
        processes = [
            try await Self.process("shell", in: shell.outputTranscript),
            try await Self.process("exec", in: exec.outputTranscript),
            try await Self.process("job", in: exec.outputTranscript),
            try await Self.process("tty", in: terminalExec.transcript),
        ]
        let (sftp, forward, listener) = (sftp, forward, listener)
        try await eventually("the answers", seen: { forward.errorTranscript.text + sftp.errorTranscript.text }) {
            sftp.outputTranscript.count > 0 && forward.outputTranscript.text == "ping"
                && listener.errorTranscript.text.contains(#/Allocated port [0-9]+ /#)
        }
        let port = listener.errorTranscript.text.firstMatch(of: #/Allocated port ([0-9]+)/#)?.1
        listeningPort = try #require(port.flatMap { UInt16($0) })
        try #require(!ForwardFixture.listening(on: listeningPort).isEmpty)
    }

    private static func process(_ name: String, in transcript: Transcript) async throws -> String {
        var found: Substring?
        try await eventually("the process of the \(name)", seen: { transcript.text }) {
            found = transcript.text.firstMatch(of: try Regex("\(name)-([0-9]+)-", as: (Substring, Substring).self))?.1
            return found != nil
        }
        return String(found ?? "")
    }

    var server: ServerUnderTest { fixture.team.server }

    /// Replaces bob's rule.
    func changeRule(to rule: String?) throws {
        let file = "config/cmdop.yaml"
        let text = try #require(server.directory.read(file))
        let old = "  - {operators: [bob], sessions: [\"*\"], role: operator}\n"
        try #require(text.contains(old))
        try server.directory.write(text.replacing(old, with: rule.map { "  - \($0)\n" } ?? ""), to: file)
    }

    /// What an operator has open to the session, by alice's list.
    func list(of name: String = "bob") async throws -> [JSONValue] {
        let run = try await fixture.team.client("alice").run("cmdop", "who", "deploy", "--json")
        let list = try JSONValue(parsing: run.output, limits: JSONLimits(bytes: 1 << 20))["attachments"]?.array ?? []
        return list.filter { $0["operator"]?.string == name }
    }

    /// Waits for the end of everything beside the terminal but control channels; comes back with the sentences.
    func untilClosedBeside() async throws -> [String: String] {
        var sentences: [String: String] = [:]
        for (name, run) in [("shell", shell), ("exec", exec), ("sftp", sftp)] {
            let end = try await run.waitForEnd()
            #expect(end.status == .exited(254), "\(name): \(end.errorText)")
            sentences[name] = end.errorText
        }
        #expect(try await terminalExec.waitForExit() == .exited(254), "\(terminalExec.transcript.text)")
        sentences["terminalExec"] = terminalExec.transcript.text
        _ = try await forward.waitForEnd()
        try await eventually("the end of the listening") { ForwardFixture.listening(on: listeningPort).isEmpty }
        for process in processes {
            try await eventually("the end of process \(process)") { !fixture.team.isRunning(process) }
        }
        return sentences
    }

    /// What the session's events say was closed, and why.
    func closings(_ reason: String, by: JSONValue) async throws -> [String] {
        let reader = try ControlClient(fixture.team.client("alice"), "deploy")
        var found: [JSONValue] = []
        var last: Int64 = 0
        while true {
            let part = try await reader.call("events.read", ["since": .integer(last), "limit": 200])
            let events = part["events"]?.array ?? []
            guard let newest = events.last?["number"]?.integer else { break }
            found += events.filter { $0["event"] == "channelClosed" }
            last = newest + 1
        }
        #expect(found.allSatisfy { $0["operator"] == "bob" && $0["reason"]?.string == reason && $0["by"] == by })
        return found.compactMap { $0["what"]?.string }.sorted()
    }
}
