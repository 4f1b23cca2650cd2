import Foundation
import JSONText
import TestKit
import Testing
import Wire

/// Everything that an agent whose commands need approval could type, or run, by itself, over stock clients.
@Suite("Agents at every face")
struct AgentFacesTests {
    private let team: Team
    private let lead: ControlClient
    private let alice: PseudoTerminal

    init() async throws {
        team = try await Team(["alice", "bob", "carol"], agents: ["claude"])
        lead = try ControlClient(team.client("carol"), "deploy")
        _ = try await lead.call("session.create")
        _ = try await lead.call("session.rules", ["agent": "claude", "approve": "all"])
        alice = try await team.attach("alice")
    }

    /// Nothing reached the terminal in the agent's name, and nothing ran beside it.
    private func expectNothing() async throws {
        #expect(try await alice.value(of: "$((40 + 2))") == "42")
        let record = try SessionRecord(on: team.server)
        #expect(record.typed(by: "claude").isEmpty)
        let isBeside = record.entries.contains {
            switch $0.record {
            case .spawned, .filesMoved, .forwarded: true
            default: false
            }
        }
        #expect(!isBeside)
        #expect(!String(decoding: record.output, as: UTF8.self).contains("by-"))
    }

    @Test("at a terminal, by whatever name, it types nothing: no key, no paste, and no report that programs ask for")
    func terminals() async throws {
        let ask = "\\e[?1000h\\e[?1004h"
        alice.type("printf '\(ask)asked-''for'\r")
        try await alice.waitFor("asked-for")
        alice.panel("x")
        let subsystem = try PseudoTerminal(
            team.client("claude").arguments("cmdop", flags: ["-tt", "-s"], ["cmdop-session:deploy"]))
        try await subsystem.untilAttached()
        for terminal in [try await team.attach("claude"), subsystem] {
            terminal.type("echo by-keys\r")
            try await terminal.untilShown("approved first")
            terminal.type("\u{1B}[200~echo by-paste\u{1B}[201~\r")
            terminal.panel("t")
            try await terminal.untilShown("you steer now")
            terminal.type("echo by-holder\r\u{1B}[M !!\u{1B}[I\u{1B}[O")
            try await terminal.untilServed()
            terminal.panel("x")
            try await terminal.untilServed()
        }
        try await expectNothing()
    }

    @Test("it runs no program, and moves no file")
    func programs() async throws {
        let agent = try team.client("claude")
        let place = try TemporaryDirectory()
        let options = try team.configuration(of: "claude", in: place)
        let file = try place.write("by-file", to: "file")
        let shell = "ssh " + options.joined(separator: " ")
        for run in [
            try await agent.run("deploy", "echo by-command"), try await agent.run("deploy", input: Array("id\n".utf8)),
            try await agent.run("deploy", flags: ["-s"], "sftp"),
            try await agent.run("deploy", flags: ["-tt"], "echo by-terminal"),
            try await agent.run("cmdop", "run --within 1 deploy echo by-verb"),
            try await CommandRun(["scp"] + options + [file, "deploy@127.0.0.1:by-scp"]),
            try await CommandRun(["scp", "-O"] + options + [file, "deploy@127.0.0.1:by-scp"]),
            try await CommandRun(["scp"] + options + ["deploy@127.0.0.1:/etc/passwd", place.path + "/passwd"]),
            try await CommandRun(["rsync", "-a", "-e", shell, file, "deploy@127.0.0.1:by-rsync"]),
        ] {
            #expect(run.status != .exited(0) && !run.outputText.contains("by-"), "\(run.outputText)")
        }
        #expect(!FileManager.default.fileExists(atPath: place.path + "/passwd"))
        try await expectNothing()
    }

    @Test("it forwards no port on which somebody listens, from neither side")
    func ports() async throws {
        let (server, ports) = try await ForwardFixture.serveOutside("name")
        let port = try #require(ports.first)
        func reach(as name: String) async throws -> String {
            try await team.client(name).run("deploy", flags: ["-W", "127.0.0.1:\(port)"]).outputText
        }
        #expect(try await reach(as: "claude") == "")
        let local = try team.server.directory.path("local")
        let proxy = try await ForwardFixture.freePort()
        let agent = try RunningCommand(
            team.client("claude").arguments(
                "deploy", flags: ["-N", "-L", "\(local):127.0.0.1:\(port)", "-D", "127.0.0.1:\(proxy)"]))
        try await eventually("its ends of the forwards", seen: { agent.errorTranscript.text }) {
            FileManager.default.fileExists(atPath: local)
                && ForwardFixture.listening(on: UInt16(proxy)) == ["127.0.0.1"]
        }
        for line in [
            try PythonScript.portTool.line("talk", local),
            try PythonScript.portTool.line("socks", "\(proxy)", "127.0.0.1", "\(port)"),
        ] {
            let run = try await CommandRun(line)
            #expect(!run.outputText.contains("server"), "\(run.outputText)")
        }
        let back = try await team.client("claude").run(
            "deploy", flags: ["-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:\(port)"])
        #expect(back.status != .exited(0))
        try await expectNothing()
        #expect(try await reach(as: "alice") == "server 0\n", "somebody listens there")
        withExtendedLifetime((server, agent)) {}
    }

    @Test("by the subsystems it types nothing, runs nothing, and approves nothing of its own")
    func subsystems() async throws {
        try await expectRefusals(of: team.client("claude"))
        try await expectNothing()
    }

    private func expectRefusals(of agent: SSHClient) async throws {
        let control = try ControlClient(agent, "deploy")
        #expect(try await control.code("input.send", ["text": "echo by-send\r"]) == "needs-approval")
        #expect(try await control.code("input.keys", ["keys": ["Enter"]]) == "needs-approval")
        #expect(try await control.code("input.paste", ["text": "echo by-paste"]) == "needs-approval")
        #expect(try await control.code("session.signal", ["signal": "INT"]) == "needs-approval")
        #expect(try await control.code("command.run", ["command": "echo by-run", "within": 1]) == "needs-approval")
        #expect(try await control.code("exec.run", ["command": "echo by-exec"]) == "not-allowed")
        let proposal = try await control.call("proposal.create", ["command": "echo by-itself"])["proposal"] ?? .null
        let own: JSONValue = ["proposal": proposal, "command": "echo by-itself"]
        #expect(try await control.code("proposal.approve", own) == "not-allowed")
        let tool: JSONValue = ["name": "input_send", "arguments": ["text": "echo by-mcp\r"]]
        let mcp = try ControlClient(agent, "deploy", subsystem: "cmdop-mcp")
        _ = try await mcp.call("initialize", AgentTests.initialize)
        #expect(try await mcp.call("tools/call", tool)["isError"] == true)
    }
}
