import Foundation
import JSONText
import TestKit
import Testing
import Wire

/// What a person's approval of an agent's command is worth, and for how long.
@Suite("Approved commands")
struct ApprovalTests {
    /// A session whose prompt alice keeps busy, an agent that waits for a command to be run, and who approved it.
    private struct Approved {
        let team: Team
        let lead: ControlClient
        let alice: PseudoTerminal
        let agent: ControlClient
        let run: Int64

        /// The prompt stands, and nobody has the turn.
        func free() {
            alice.type("\u{3}")
            alice.panel("x")
        }
    }

    private func approved(_ command: String, by approver: ControlClient, in team: Team) async throws -> Approved {
        let lead = try ControlClient(team.client("carol"), "deploy")
        _ = try await lead.call("session.create")
        _ = try await lead.call("session.rules", ["agent": "claude", "approve": "all"])
        let alice = try await team.attach("alice")
        alice.type("sleep 1000\r")
        try await eventually("a command that runs") {
            try await lead.call("command.list")["shell"]?["state"]?.string == "running"
        }
        let agent = try ControlClient(team.client("claude"), "deploy")
        let run = await agent.send("command.run", ["command": .string(command), "within": 45])
        var listed: [JSONValue] = []
        try await eventually("a proposal") {
            listed = try await approver.call("proposal.list")["proposals"]?.array ?? []
            return !listed.isEmpty
        }
        let answer: JSONValue = ["proposal": listed[0]["proposal"] ?? .null, "command": .string(command)]
        _ = try await approver.call("proposal.approve", answer)
        return Approved(team: team, lead: lead, alice: alice, agent: agent, run: run)
    }

    enum Loss: CaseIterable {
        case key, role, attachment
    }

    @Test("are void when who approved them may not any more, and everybody is told", arguments: Loss.allCases)
    func approverGone(_ loss: Loss) async throws {
        let team = try await Team(["alice", "bob", "carol"], agents: ["claude"])
        let bob = try ControlClient(team.client("bob"), "deploy")
        let approved = try await approved("echo by-claude", by: bob, in: team)
        let carol = try await team.attach("carol")
        switch loss {
        case .key: try team.server.removeOperator("bob")
        case .role: try demoteBob(on: team.server)
        case .attachment: try await remove("bob", by: approved.lead)
        }
        let error = try await approved.agent.answer(approved.run)["error"] ?? .null
        #expect(error["data"]?["code"] == "needs-approval", "\(error.text)")
        #expect(error["message"]?.string?.contains("who approved it may not approve any more") == true)
        try await carol.untilShown("is not run: bob, who approved it, may not any more")
        approved.free()
        #expect(try await approved.alice.value(of: "free") == "free")
        #expect(try await approved.lead.call("proposal.list")["proposals"] == [])
        let events = try await approved.lead.call("events.read")["events"]?.array
        let ends = events?.filter { $0["event"] == "proposalEnded" }
        #expect(ends?.map { $0["how"]?.string } == ["unapproved"])
        #expect(try SessionRecord(on: team.server).typed(by: "claude").isEmpty)
    }

    @Test(
        "that are not whole are dropped by the session itself, and it says so",
        arguments: ["for x in 1 2", "echo by-claude\nfor x in 1 2", "echo 'by"])
    func notWhole(_ command: String) async throws {
        let team = try await Team(["alice", "bob", "carol"], agents: ["claude"])
        let bob = try ControlClient(team.client("bob"), "deploy")
        let approved = try await approved(command, by: bob, in: team)
        approved.free()
        let error = try await approved.agent.answer(approved.run)["error"] ?? .null
        #expect(error["data"]?["code"] == "can-not-type", "\(error.text)")
        #expect(error["message"]?.string?.contains("and the session pressed Ctrl-C") == true, "\(error.text)")
        try await approved.alice.untilShown("claude's command 1 is not whole: the session pressed Ctrl-C")
        #expect(try await approved.alice.value(of: "free") == "free")
        let record = try SessionRecord(on: team.server)
        #expect(!record.typed(by: "claude").contains(0x03), "it was not the agent who pressed it")
        let drops = record.entries.filter { if case .lineDropped = $0.record { true } else { false } }
        #expect(drops.count == 1)
    }

    @Test("a command that needs no approval and is not whole is dropped, too, where its agent may not press Ctrl-C")
    func notWholeWithoutApproval() async throws {
        let team = try await Team(["alice", "carol"], agents: ["claude"])
        let lead = try ControlClient(team.client("carol"), "deploy")
        _ = try await lead.call("session.create")
        _ = try await lead.call("session.rules", ["agent": "claude", "approveMatching": ["rm *"]])
        let agent = try ControlClient(team.client("claude"), "deploy")
        let error = try await agent.ask("command.run", ["command": "for x in 1 2", "within": 30])["error"] ?? .null
        #expect(error["message"]?.string?.contains("and the session pressed Ctrl-C") == true, "\(error.text)")
        _ = try await lead.call("session.rules", ["agent": "claude", "approve": "none"])
        let pressed = try await agent.ask("command.run", ["command": "for x in 1 2", "within": 30])["error"] ?? .null
        #expect(pressed["message"]?.string?.contains("Ctrl-C was pressed in your name") == true, "\(pressed.text)")
        #expect(try await agent.call("command.run", ["command": "echo free"])["output"] == "free\n")
        #expect(try SessionRecord(on: team.server).typed(by: "claude").contains(0x03))
    }

    private func demoteBob(on server: ServerUnderTest) throws {
        let file = "config/cmdop.yaml"
        let text = try #require(server.directory.read(file))
        let all = #"{operators: ["*"], sessions: ["*"], role: operator}"#
        try #require(text.contains(all))
        let rules = """
            {operators: [alice, claude], sessions: ["*"], role: operator}
              - {operators: [bob], sessions: ["*"], role: observer}
            """
        try server.directory.write(text.replacingOccurrences(of: all, with: rules), to: file)
    }

    private func remove(_ name: String, by lead: ControlClient) async throws {
        let all = try await lead.call("attachment.list")["attachments"]?.array ?? []
        let attachment = try #require(all.first { $0["operator"]?.string == name }?["attachment"])
        _ = try await lead.call("attachment.remove", ["attachment": attachment])
    }
}
