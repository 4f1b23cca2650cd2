import Foundation
import JSONText
import TestKit
import Testing
import Wire

/// What is approved and can not be typed yet: everybody concerned is asked, or told.
@Suite("Approved commands that have to wait")
struct ApprovedWaitTests {
    private let team: Team
    private let lead: ControlClient
    private let bob: ControlClient
    private let agent: ControlClient

    init() async throws {
        team = try await Team(["alice", "bob", "carol"], agents: ["claude", "robo"])
        lead = try ControlClient(team.client("carol"), "deploy")
        bob = try ControlClient(team.client("bob"), "deploy")
        agent = try ControlClient(team.client("claude"), "deploy")
        _ = try await lead.call("session.create")
        for name in ["claude", "robo"] {
            _ = try await lead.call("session.rules", ["agent": .string(name), "approve": "all"])
        }
    }

    private func proposal(of name: String) async throws -> JSONValue {
        var found: JSONValue?
        try await eventually("\(name)'s proposal") {
            let all = try await lead.call("proposal.list")["proposals"]?.array ?? []
            found = all.first { $0["operator"]?.string == name }
            return found != nil
        }
        return found ?? .null
    }

    private func approve(_ name: String, by judge: ControlClient) async throws {
        let proposal = try await proposal(of: name)
        let answer: JSONValue = ["proposal": proposal["proposal"] ?? .null, "command": proposal["command"] ?? .null]
        _ = try await judge.call("proposal.approve", answer)
    }

    private func waiting() async throws -> [String] {
        try await lead.call("turn.get")["waiting"]?.array?.compactMap { $0["operator"]?.string } ?? []
    }

    /// What the journal has of how proposals ended.
    private func endings() async throws -> [String] {
        let events = try await lead.call("events.read", ["limit": 500])["events"]?.array ?? []
        return events.filter { $0["event"] == "proposalEnded" }.compactMap { $0["how"]?.string }
    }

    /// At a terminal, a command of hers that does not end.
    private func busyAlice() async throws -> PseudoTerminal {
        let alice = try await team.attach("alice")
        alice.type("sleep 1000\r")
        try await eventually("a command that runs") {
            try await lead.call("command.list")["shell"]?["state"]?.string == "running"
        }
        return alice
    }

    @Test("ask who steers for the turn in their agent's name, and are typed when it is given")
    func holderIsAsked() async throws {
        _ = try await lead.call("session.rules", ["turns": "ask", "answerWithin": 3_600])
        let alice = try await team.attach("alice")
        alice.panel("t")
        try await alice.untilSteering("alice")
        let screen = try await team.attach("bob")
        let run = await agent.send("command.run", ["command": "echo by-claude", "within": 50])
        _ = try await proposal(of: "claude")
        screen.panel("a")
        try await screen.untilShown(" 1  echo by-claude")
        screen.type("y")
        try await screen.untilShown("command 1 is approved, and waits for the turn, which alice has")
        try await alice.untilShown("claude asks for the turn:")
        #expect(try await waiting() == ["claude"])
        alice.panel("g")
        #expect(try await agent.answer(run)["result"]?["output"] == "by-claude\n")
        #expect(try await waiting() == [])
        try await eventually("the end of its turn") { try await lead.call("turn.get")["holder"] == .null }
    }

    @Test("are taken back by who approved them, and then never typed")
    func takenBack() async throws {
        let alice = try await busyAlice()
        alice.panel("x")
        let screen = try await team.attach("bob")
        let run = await agent.send("command.run", ["command": "echo by-claude", "within": 50])
        _ = try await proposal(of: "claude")
        screen.panel("a")
        try await screen.untilShown(" 1  echo by-claude")
        screen.type("y")
        try await screen.untilShown("command 1 is approved, and waits for the prompt")
        #expect(try await waiting() == ["claude"])
        screen.panel("a")
        try await screen.untilShown("bob approved it, and it waits; n takes it back")
        screen.type("n")
        let error = try await agent.answer(run)["error"] ?? .null
        #expect(error["data"]?["code"] == "refused" && error["data"]?["operator"] == "bob", "\(error.text)")
        #expect(try await waiting() == [], "nothing is left to wait for")
        alice.type("\u{3}")
        #expect(try await alice.value(of: "free") == "free")
        #expect(try SessionRecord(on: team.server).typed(by: "claude").isEmpty)
    }

    @Test("that were not typed in time: the agent is told why, and who approved them that they were not")
    func notInTime() async throws {
        let alice = try await busyAlice()
        let carol = try await team.attach("carol")
        let run = await agent.send("command.run", ["command": "echo by-claude", "within": 15])
        try await approve("claude", by: bob)
        let error = try await agent.answer(run)["error"] ?? .null
        #expect(error["data"]?["code"] == "turn-held", "\(error.text)")
        #expect(
            error["message"]?.string?.hasPrefix("bob approved it, but it was not typed: alice kept the turn") == true)
        try await carol.untilShown("claude's command 1, approved by bob, was not typed in time")
        #expect(try await lead.call("proposal.list")["proposals"] == [])
        _ = try await agent.call("proposal.create", ["command": "echo later", "expires": 15])
        try await approve("claude", by: bob)
        try await carol.untilShown("claude's command 2, approved by bob, was not typed in time")
        alice.type("\u{3}")
        #expect(try await alice.value(of: "free") == "free")
        #expect(try await endings().last == "expired")
        #expect(try SessionRecord(on: team.server).typed(by: "claude").isEmpty)
    }

    @Test(
        "where only a lead gives the turn, leads are asked for it, and one that waits keeps no other from being typed")
    func led() async throws {
        _ = try await lead.call("session.rules", ["turns": "led"])
        let carol = try await team.attach("carol")
        let run = await agent.send("command.run", ["command": "echo by-claude", "within": 50])
        try await approve("claude", by: bob)
        try await carol.untilShown("claude asks for the turn:")
        let robo = try ControlClient(team.client("robo"), "deploy")
        let other = await robo.send("command.run", ["command": "echo by-robo", "within": 50])
        try await approve("robo", by: lead)
        #expect(try await robo.answer(other)["result"]?["output"] == "by-robo\n")
        #expect(try await waiting() == ["claude"])
        carol.panel("g")
        #expect(try await agent.answer(run)["result"]?["output"] == "by-claude\n")
    }

    @Test("one of several lines that the shell does not take as a paste keeps no other from being typed")
    func severalLines() async throws {
        _ = try await bob.call("command.run", ["command": "bind 'set enable-bracketed-paste off'"])
        let first = await agent.send("command.run", ["command": "echo one\necho two", "within": 20])
        try await approve("claude", by: bob)
        let robo = try ControlClient(team.client("robo"), "deploy")
        let second = await robo.send("command.run", ["command": "echo by-robo", "within": 50])
        try await approve("robo", by: bob)
        #expect(try await robo.answer(second)["result"]?["output"] == "by-robo\n")
        let error = try await agent.answer(first)["error"] ?? .null
        #expect(error["message"]?.string?.contains("the shell takes no pastes now") == true, "\(error.text)")
    }

    @Test("who is told that a command was not approved never sees it typed, and neither does who left or gave up")
    func givenUp() async throws {
        #expect(try await agent.code("command.run", ["command": "echo late", "within": 0.2]) == "needs-approval")
        #expect(try await lead.call("proposal.list")["proposals"] == [])
        let late: JSONValue = ["proposal": 1, "command": "echo late"]
        #expect(try await bob.code("proposal.approve", late) == "no-such-proposal")
        let mcp = try ControlClient(team.client("claude"), "deploy", subsystem: "cmdop-mcp")
        _ = try await mcp.call("initialize", AgentTests.initialize)
        let call: JSONValue = ["name": "command_run", "arguments": ["command": "echo given-up", "within": 50]]
        let id = await mcp.send("tools/call", call)
        _ = try await proposal(of: "claude")
        await mcp.notify("notifications/cancelled", ["requestId": .integer(id)])
        try await eventually("no proposal") { try await lead.call("proposal.list")["proposals"] == [] }
        let gone = try ControlClient(team.client("claude"), "deploy")
        _ = await gone.send("command.run", ["command": "echo gone", "within": 50])
        _ = try await proposal(of: "claude")
        gone.process.kill(SIGKILL)
        try await eventually("no proposal") { try await lead.call("proposal.list")["proposals"] == [] }
        #expect(try await endings() == ["withdrawn", "withdrawn", "left"])
        let robo = try ControlClient(team.client("robo"), "deploy")
        _ = try await agent.call("proposal.create", ["command": "echo own"])
        let own = try await proposal(of: "claude")["proposal"] ?? .null
        #expect(try await robo.code("proposal.refuse", ["proposal": own]) == "not-allowed")
        _ = try await agent.call("proposal.refuse", ["proposal": own])
        #expect(try await endings().last == "withdrawn")
    }

    @Test("of which the shell makes no command end at the next prompt")
    func comment() async throws {
        // The answers come as they are ready.
        let longer = await agent.send("screen.wait", ["text": "never printed", "within": 50])
        let run = await agent.send("command.run", ["command": "# nothing", "within": 50])
        try await approve("claude", by: bob)
        let error = try await agent.answer(run)["error"]?["data"] ?? .null
        #expect(error["code"] == "nothing-ran" && error["over"] == true, "\(error.text)")
        #expect(try await !agent.hasAnswer(longer))
    }
}
