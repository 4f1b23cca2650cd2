import Control
import Foundation
import JSONText
import TestKit
import Testing
import Wire

/// What agents may not do by themselves, over stock clients.
@Suite("Agents under rules")
struct AgentTests {
    private func team(approve: Bool = true) async throws -> (Team, lead: ControlClient) {
        let team = try await Team(["alice", "bob", "carol"], agents: ["claude"])
        let lead = try ControlClient(team.client("carol"), "deploy")
        _ = try await lead.call("session.create")
        if approve { _ = try await lead.call("session.rules", ["agent": "claude", "approve": "all"]) }
        return (team, lead)
    }

    static let initialize: JSONValue = [
        "protocolVersion": "2025-06-18", "capabilities": [:], "clientInfo": ["name": "test", "version": "1"],
    ]

    @Test("what a person approves in the panel is typed once, and both are on record")
    func approvedInPanel() async throws {
        let (team, lead) = try await team()
        let bob = try await team.attach("bob")
        let agent = try ControlClient(team.client("claude"), "deploy")
        let run = await agent.send("command.run", ["command": "echo approved-$((40 + 2)); false", "within": 40])
        try await bob.untilShown("claude wants to run a command")
        bob.panel("a")
        try await bob.untilShown("echo approved-$((40 + 2)); false")
        bob.type("y")
        let result = try await agent.answer(run)["result"] ?? .null
        #expect(result["exitStatus"] == 1 && result["output"] == "approved-42\n" && result["known"] == "exact")
        let output = String(decoding: try SessionRecord(on: team.server).output, as: UTF8.self)
        #expect(output.components(separatedBy: "approved-42").count == 2)
        let command = try await lead.call("command.list")["commands"]?.array?.last ?? .null
        #expect(command["operators"] == ["claude"] && command["approvedBy"] == "bob")
        #expect(try await lead.call("proposal.list")["proposals"] == [])
        let listed = try await team.client("bob").run("cmdop", "commands deploy").outputText
        #expect(listed.contains("claude (approved by bob)"))
        #expect(try await agent.code("input.keys", ["keys": ["Up", "Enter"]]) == "needs-approval", "once")
    }

    @Test("what is refused, changed, expired or answered already is not typed")
    func notApproved() async throws {
        let (team, lead) = try await team()
        let agent = try ControlClient(team.client("claude"), "deploy")
        let bob = try ControlClient(team.client("bob"), "deploy")
        let run = await agent.send("command.run", ["command": "echo one", "within": 40])
        var listed: [JSONValue] = []
        try await eventually("a proposal") {
            listed = try await bob.call("proposal.list")["proposals"]?.array ?? []
            return !listed.isEmpty
        }
        let number = listed[0]["proposal"] ?? .null
        #expect(
            try await bob.code("proposal.approve", ["proposal": number, "command": "echo  one"]) == "no-such-proposal")
        _ = try await bob.call("proposal.refuse", ["proposal": number])
        #expect(try await agent.answer(run)["error"]?["data"]?["code"] == "refused")
        #expect(
            try await bob.code("proposal.approve", ["proposal": number, "command": "echo one"]) == "no-such-proposal")
        let second =
            try await agent.call("proposal.create", ["command": "echo two", "expires": 1])["proposal"] ?? .null
        try await eventually("its end") { try await bob.call("proposal.list")["proposals"] == [] }
        #expect(
            try await bob.code("proposal.approve", ["proposal": second, "command": "echo two"]) == "no-such-proposal")
        for hostile in ["echo \u{3}", "\u{1B}[A", "  "] {
            #expect(try await agent.code("proposal.create", ["command": .string(hostile)]) == "can-not-type")
        }
        for replaced in ["!echo", "echo \"a!b\"", "^one^two"] {
            let error = try await agent.ask("proposal.create", ["command": .string(replaced)])["error"] ?? .null
            #expect(error["message"]?.string?.contains("from its history") == true, "\(error.text)")
        }
        for _ in 0..<8 { _ = try await agent.call("proposal.create", ["command": "true"]) }
        #expect(try await agent.code("proposal.create", ["command": "true"]) == "busy")
        #expect(try await lead.call("command.list")["commands"] == [])
    }

    @Test("only commands that match need approval where the rules say so, and those of several lines")
    func matching() async throws {
        let (team, lead) = try await team(approve: false)
        _ = try await lead.call("session.rules", ["agent": "claude", "approveMatching": ["rm *", "*push*"]])
        let agent = try ControlClient(team.client("claude"), "deploy")
        #expect(try await agent.call("command.run", ["command": "echo fine"])["output"] == "fine\n")
        for command in ["rm -rf x", "git push", "echo a\nrm -rf x"] {
            #expect(
                try await agent.code("command.run", ["command": .string(command), "within": 0.5]) == "needs-approval")
        }
        #expect(try await agent.code("command.run", ["command": "!rm"]) == "can-not-type")
        #expect(try await agent.call("command.run", ["command": "echo 'a!b'"])["output"] == "a!b\n")
        #expect(try await agent.code("input.send", ["text": "ls"]) == "needs-approval")
        #expect(
            try await lead.code("session.rules", ["agent": "claude", "approveMatching": [""]]) == "invalid-params")
        _ = try await lead.call("session.rules", ["agent": "claude", "approveMatching": []])
        _ = try await agent.call("input.send", ["text": "echo by-hand\r"])
    }

    @Test("a chaperoned agent steers only while a person is there")
    func chaperone() async throws {
        let (team, lead) = try await team(approve: false)
        _ = try await lead.call("session.rules", ["agent": "claude", "chaperone": true])
        let agent = try ControlClient(team.client("claude"), "deploy")
        #expect(try await agent.code("turn.acquire", ["within": 1]) == "limited")
        #expect(try await agent.code("input.send", ["text": "x"]) == "limited")
        let bob = try await team.attach("bob")
        #expect(try await agent.call("turn.acquire", ["lease": 600])["holder"] == "claude")
        bob.panel("d")
        _ = try await bob.waitForExit()
        try await eventually("the end of its turn") { try await lead.call("turn.get")["holder"] == .null }
        let ends = try await lead.call("events.read")["events"]?.array?.compactMap { $0["how"]?.string } ?? []
        #expect(ends.last == "unattended")
    }

    @Test("a budget of commands, bytes or time ends what an agent does")
    func budgets() async throws {
        let (team, lead) = try await team(approve: false)
        let agent = try ControlClient(team.client("claude"), "deploy")
        _ = try await lead.call("session.rules", ["agent": "claude", "commands": 2])
        for _ in 0..<2 { _ = try await agent.call("command.run", ["command": "true"]) }
        #expect(try await agent.code("command.run", ["command": "true"]) == "limited")
        _ = try await lead.call("session.rules", ["agent": "claude", "commands": .null, "bytes": 100])
        #expect(
            try await agent.code("input.send", ["text": .string(String(repeating: "x", count: 101))]) == "limited")
        _ = try await lead.call("session.rules", ["agent": "claude", "bytes": .null, "heldSeconds": 1])
        _ = try await agent.ask("turn.acquire", ["lease": 600])
        try await eventually("the end of its turn") { try await lead.call("turn.get")["holder"] == .null }
        #expect(try await agent.code("turn.acquire", ["lease": 600]) == "limited")
    }

    @Test("a budget of commands counts every line that is ended, and refuses a whole that would be too many")
    func commandBudget() async throws {
        let (team, lead) = try await team(approve: false)
        let agent = try ControlClient(team.client("claude"), "deploy")
        _ = try await lead.call("session.rules", ["agent": "claude", "commands": 4])
        _ = try await lead.call("screen.wait", ["prompt": true, "within": 50])
        let many = "echo many\recho many\necho many\recho many\recho many\r"
        #expect(try await agent.code("input.send", ["text": .string(many)]) == "limited")
        #expect(try await agent.code("input.send", ["text": .string("\u{1B}[200~\(many)\u{1B}[201~")]) == "no error")
        _ = try await agent.call("input.keys", ["keys": ["C-c"]])
        _ = try await agent.call("command.run", ["command": "bind 'set enable-bracketed-paste off'"])
        #expect(
            try await agent.code("input.paste", ["text": "echo many\necho many\necho many\necho many\n"]) == "limited")
        _ = try await agent.call("input.send", ["text": "echo one\n"])
        _ = try await agent.call("input.paste", ["text": "echo two\necho three\n"])
        #expect(try await agent.code("input.send", ["text": "echo four\n"]) == "limited")
        _ = try await lead.call("screen.wait", ["text": "three", "within": 50])
        let output = String(decoding: try SessionRecord(on: team.server).output, as: UTF8.self)
        #expect(!output.contains("four"))
    }

    @Test("limits stay but for what is named, are told as text, and are of agents alone")
    func changingLimits() async throws {
        let (team, lead) = try await team()
        func limits() async throws -> JSONValue? { try await lead.call("session.rules")["agents"]?["claude"] }
        let patterns: JSONValue = ["rm *", "it's"]
        _ = try await lead.call("session.rules", ["agent": "claude", "chaperone": true, "commands": 7])
        #expect(try await limits()?["approve"] == "all")
        _ = try await lead.call("session.rules", ["agent": "claude", "approveMatching": patterns, "bytes": 9])
        var now = try await limits() ?? .null
        #expect(now["approve"] == patterns && now["chaperone"] == true && now["commands"] == 7 && now["bytes"] == 9)
        let carol = try team.client("carol")
        let text = try await carol.run("cmdop", "rules deploy --agent claude --held-seconds 60 --bytes none").outputText
        #expect(
            text.hasSuffix(
                "claude: approve \"rm *\", \"it's\"; chaperone; 7 commands an hour; 60 s of turns an hour\n"),
            "\(text)")
        for (words, sentence) in [
            (["agent": "nobody", "approve": "all"], "there is no agent 'nobody'"),
            (["agent": "alice", "approve": "all"], "alice is a person"),
            (["agent": "claude"], "no limit of it to change"), (["approve": "all"], "needs 'agent'"),
        ] as [(JSONValue, String)] {
            let error = try await lead.ask("session.rules", words)["error"] ?? .null
            #expect(error["data"]?["code"] == "invalid-params", "\(error.text)")
            #expect(error["message"]?.string?.contains(sentence) == true, "\(error.text)")
        }
        now = try await limits() ?? .null
        #expect(now["heldSeconds"] == 60 && now["bytes"] == .null && now["approve"] == patterns)
        _ = try await lead.call(
            "session.rules",
            ["agent": "claude", "approve": "none", "chaperone": false, "commands": .null, "heldSeconds": .null])
        #expect(try await limits() == nil)
    }

    @Test("a turn that ends while it is kept for an agent whose server died counts for its budget")
    func budgetOverDeath() async throws {
        let team = try await Team(["alice", "carol"], agents: ["claude"], rules: ", reattach-within: 1s")
        let agent = try ControlClient(team.client("claude"), "deploy")
        _ = try await ControlClient(team.client("carol"), "deploy").call("session.create")
        _ = try await agent.call("turn.acquire", ["lease": 600])
        try await team.server.kill()
        try await team.server.restart()
        let lead = try ControlClient(team.client("carol"), "deploy")
        try await eventually("the end of its turn") {
            let events = try await lead.call("events.read")["events"]?.array ?? []
            return events.contains { $0["event"] == "turnEnded" && $0["how"] == "expired" }
        }
        _ = try await lead.call("session.rules", ["agent": "claude", "heldSeconds": 1])
        #expect(try await ControlClient(team.client("claude"), "deploy").code("turn.acquire") == "limited")
    }

    @Test("what types nothing takes no turn")
    func nothingToType() async throws {
        let (team, lead) = try await team(approve: false)
        let agent = try ControlClient(team.client("claude"), "deploy")
        _ = try await agent.call("turn.acquire", ["lease": 600])
        for method in ["input.send", "input.paste"] {
            #expect(try await lead.code(method, ["text": ""]) == "invalid-params")
        }
        #expect(try await lead.call("turn.get")["holder"] == "claude")
        withExtendedLifetime(team) {}
    }

    /// Of the configuration, as it stands in its file.
    private static func access(_ limits: String) -> String {
        Team.operators + "  - {operators: [claude], sessions: [\"*\"], role: agent\(limits)}\n"
    }

    @Test("the configuration's limits bind an agent, and its changes within a session that runs")
    func configured() async throws {
        let first = ", approve: [\"rm *\"], budget: {commands: 2}"
        let team = try await Team(["alice", "carol"], agents: ["claude"], access: Self.access(first))
        let lead = try ControlClient(team.client("carol"), "deploy")
        _ = try await lead.call("session.create")
        let agent = try ControlClient(team.client("claude"), "deploy")
        #expect(try await agent.code("command.run", ["command": "rm x", "within": 0.2]) == "needs-approval")
        #expect(try await agent.code("input.send", ["text": "x"]) == "needs-approval")
        for _ in 0..<2 { _ = try await agent.call("command.run", ["command": "true", "within": 50]) }
        #expect(try await agent.code("command.run", ["command": "true", "within": 50]) == "limited")
        func change(_ old: String, _ new: String) throws {
            let text = try #require(team.server.directory.read("config/cmdop.yaml"))
            try #require(text.contains(Self.access(old)))
            try team.server.directory.write(
                text.replacingOccurrences(of: Self.access(old), with: Self.access(new)), to: "config/cmdop.yaml")
        }
        let second = ", approve: all, chaperone: true"
        try change(first, second)
        try await eventually("the other approval") {
            try await agent.code("command.run", ["command": "true", "within": 0.2]) == "needs-approval"
        }
        #expect(try await agent.code("turn.acquire", ["within": 0.2]) == "limited", "nobody watches over it")
        let alice = try await team.attach("alice")
        let run = await agent.send("command.run", ["command": "echo by-claude", "within": 50])
        try await alice.untilShown("claude wants to run a command")
        alice.panel("a")
        try await alice.untilShown(" 1  echo by-claude")
        alice.type("y")
        #expect(try await agent.answer(run)["result"]?["output"] == "by-claude\n")
        try change(second, "")
        try await eventually("no limit") { try await agent.ask("input.send", ["text": ": \r"])["result"] != nil }
    }

    @Test("ending the owner's access ends the agent's at once, and its turn")
    func owner() async throws {
        let (team, lead) = try await team(approve: false)
        let agent = try await team.attach("claude")
        agent.type("echo half")
        try await agent.untilSteering("claude")
        try team.server.removeOperator("alice")
        #expect(try await agent.waitForExit() == .exited(254))
        #expect(try await lead.call("turn.get")["holder"] == .null)
    }

    @Test("only a lead changes the rules, and the record says who did")
    func rules() async throws {
        let (team, lead) = try await team(approve: false)
        let bob = try ControlClient(team.client("bob"), "deploy")
        #expect(try await bob.code("session.rules", ["turns": "led"]) == "not-allowed")
        #expect(try await bob.call("session.rules")["turns"] == "open")
        let changed = try await lead.call("session.rules", ["turns": "led", "answerWithin": 90])
        #expect(changed["turns"] == "led" && changed["answerWithin"]?.number == 90)
        let change = try await lead.call("events.read")["events"]?.array?.last ?? .null
        #expect(change["event"] == "rulesChanged" && change["operator"] == "carol" && change["turns"] == "led")
        #expect(try await lead.code("session.rules", ["answerWithin": 0]) == "invalid-params")
        #expect(try await lead.code("turn.acquire", ["lease": 31_536_000]) == "invalid-params", "a lease of a year")
    }
}
