import JSONText
import TestKit
import Testing

/// Turns as scripts ask for them.
@Suite("Turns of scripts")
struct TurnControlTests {
    private func team() async throws -> (Team, alice: ControlClient, bob: ControlClient) {
        let team = try await Team(["alice", "bob", "carol"])
        let alice = try ControlClient(team.client("alice"), "deploy")
        _ = try await alice.call("session.create")
        return (team, alice, try ControlClient(team.client("bob"), "deploy"))
    }

    @Test("a lease begins anew only while nobody waits, and the answer says which, and when it ends")
    func renewing() async throws {
        let (team, alice, bob) = try await team()
        _ = try await alice.call("turn.acquire", ["lease": 100])
        let renewed = try await alice.call("turn.renew", ["lease": 300])
        #expect(renewed["renewed"] == true)
        let end = try #require(renewed["endsIn"]?.number)
        #expect(end > 100 && end <= 300)
        #expect(try await bob.call("turn.request")["place"] == 1)
        let kept = try await alice.call("turn.renew", ["lease": 600])
        #expect(kept["renewed"] == false)
        #expect(try #require(kept["endsIn"]?.number) <= end)
        withExtendedLifetime(team) {}
    }

    @Test("a command to run asks for the turn, and is typed when its holder gives it")
    func commandAsks() async throws {
        let (team, alice, bob) = try await team()
        let lead = try ControlClient(team.client("carol"), "deploy")
        _ = try await lead.call("session.rules", ["turns": "ask", "answerWithin": 600])
        _ = try await alice.call("turn.acquire", ["lease": 600])
        let run = await bob.send("command.run", ["command": "echo by-bob", "within": 40])
        try await eventually("bob's place in the queue") {
            try await alice.call("turn.get")["waiting"]?.array?.first?["operator"] == "bob"
        }
        _ = try await alice.call("turn.grant")
        #expect(try await bob.answer(run)["result"]?["output"] == "by-bob\n")
        #expect(try await lead.call("turn.get")["holder"] == .null)
    }

    @Test("where only a lead gives the turn, nobody is told to ask who holds it")
    func led() async throws {
        let (team, alice, bob) = try await team()
        let lead = try ControlClient(team.client("carol"), "deploy")
        _ = try await lead.call("session.rules", ["turns": "led"])
        let asked: [(String, JSONValue)] = [
            ("turn.acquire", ["within": 0.2]), ("command.run", ["within": 0.2, "command": "true"]), ("turn.take", [:]),
            ("input.send", ["text": "x"]),
        ]
        for (command, words) in asked {
            let error = try await bob.ask(command, words)["error"] ?? .null
            let message = error["message"]?.string ?? ""
            #expect(message.contains("only a lead gives the turn"), "\(command): \(error.text)")
            #expect(!message.contains("to let go") && !message.contains("cut off"), "\(command): \(message)")
        }
        let answer = try await alice.ask("turn.grant", ["to": "bob"])["error"]?["message"]?.string ?? ""
        #expect(answer.contains("only a lead gives it"), "\(answer)")
    }
}
