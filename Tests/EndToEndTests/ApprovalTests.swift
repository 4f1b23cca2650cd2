import Foundation
import JSONText
import TestKit
import Testing

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
        approved.alice.type("\u{3}")
        #expect(try await approved.alice.value(of: "free") == "free")
        #expect(try await approved.lead.call("proposal.list")["proposals"] == [])
        let ends = try await approved.lead.call("events.read")["events"]?.array?.filter { $0["event"] == "proposalEnded" }
        #expect(ends?.map { $0["how"]?.string } == ["unapproved"])
        #expect(try SessionRecord(on: team.server).typed(by: "claude").isEmpty)
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
