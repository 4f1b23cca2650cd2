import Foundation
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
        let refused = try await team.client("carol").run("cmdop", "refuse-turn deploy bob").outputText
        #expect(refused == "Nobody waits any more.\n")
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

    /// The kernel's buffer for a terminal is smaller than one of these.
    @Test(
        "who loses the turn is told as an event how much was written and dropped, who took it, and of the paste's end")
    func cutInput() async throws {
        let (team, _, bob) = try await team()
        let lead = try ControlClient(team.client("carol"), "deploy")
        _ = try await bob.call("events.subscribe")
        let reader = "stty raw -echo; printf '\\e[?2004hread''ing'; sleep 1000"
        _ = try await bob.call("input.send", ["text": .string(reader + "\r")])
        _ = try await bob.call("screen.wait", ["text": "reading", "within": 50])
        _ = try await bob.call("turn.acquire", ["lease": 600])
        let text = String(repeating: "x", count: 60_000)
        for _ in 0..<4 { #expect(try await bob.call("input.paste", ["text": .string(text)])["bytes"] == 60_000) }
        _ = try await lead.call("turn.take")
        let event = try await bob.notification("what was delivered") { $0["params"]?["event"] == "inputDelivered" }
        let told = event["params"] ?? .null
        let written = try #require(told["written"]?.integer)
        let dropped = try #require(told["dropped"]?.integer)
        #expect(written > 0 && dropped > 0, "\(told.text)")
        let attachments = try await lead.call("attachment.list")["attachments"]?.array ?? []
        #expect(told["by"] == attachments.first { $0["operator"] == "carol" }?["attachment"])
        #expect(told["attachment"] == attachments.first { $0["operator"] == "bob" }?["attachment"])
        _ = try await bob.notification("the paste's end") { $0["params"]?["event"] == "pasteClosed" }
    }

    @Test("who has the turn is told as events that somebody asks for it, and that it ends soon")
    func asked() async throws {
        let (team, alice, bob) = try await team()
        _ = try await alice.call("events.subscribe")
        _ = try await alice.call("turn.acquire", ["lease": 21])
        _ = try await bob.call("turn.request")
        let asked = try await alice.notification("who asks") { $0["params"]?["event"] == "turnAsked" }
        let attachments = try await bob.call("attachment.list")["attachments"]?.array ?? []
        #expect(asked["params"]?["attachment"] == attachments.first { $0["operator"] == "bob" }?["attachment"])
        let soon = try await alice.notification("its end") { $0["params"]?["event"] == "turnEndsSoon" }
        #expect(soon["params"]?["turn"] == 1 && (soon["params"]?["endsIn"]?.number ?? 0) <= 10)
        withExtendedLifetime(team) {}
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

    @Test("input is typed if turn, screen and foreground are those that are meant, and not if they are others")
    func conditions() async throws {
        let (team, alice, bob) = try await team()
        let shell = try await alice.call("command.run", ["command": "echo $$", "within": 50])["output"]?.string ?? ""
        let pid = try #require(Int64(shell.dropLast()))
        let turn = try #require(try await alice.call("turn.acquire", ["lease": 600])["turn"]?.integer)
        let before = try #require(try await alice.call("screen.get")["revision"])
        func typed(_ name: String, _ value: JSONValue) async throws -> JSONValue {
            let answer = try await alice.ask("input.send", .object(JSONObject([("text", " "), (name, value)])))
            return answer["error"]?["data"]?["unmet"] ?? .bool(answer["result"] != nil)
        }
        #expect(try await typed("screenRevision", before) == true)
        // The blank that was typed is printed soon.
        try await eventually("another screen") { try await alice.call("screen.get")["revision"] != before }
        #expect(try await typed("screenRevision", before) == ["screenRevision"])
        #expect(try await typed("turn", .integer(turn)) == true)
        #expect(try await typed("turn", .integer(turn - 1)) == ["turn"])
        #expect(try await typed("turn", .integer(turn + 1)) == ["turn"])
        #expect(try await typed("foreground", .string("\(pid)")) == true)
        #expect(try await typed("foreground", .string("\(pid + 1)")) == ["foreground"])
        #expect(try await typed("foreground", "bash") == true)
        let other = try await bob.ask("input.send", ["text": "x", "turn": .integer(turn)])
        #expect(other["error"]?["data"]?["unmet"] == ["turn"], "\(other.text)")
        withExtendedLifetime(team) {}
    }

    @Test(
        "what is refused changes nothing: a grant to who left, a lease of a year, a request for what one has, a pattern"
    )
    func nothingChanges() async throws {
        let (team, alice, bob) = try await team()
        let lead = try ControlClient(team.client("carol"), "deploy")
        _ = try await alice.call("turn.acquire", ["lease": 600])
        let gone = try #require(try await bob.call("turn.request")["waiting"]?.array?.first?["attachment"]?.integer)
        bob.process.kill(SIGKILL)
        try await eventually("the end of bob's place") { try await lead.call("turn.get")["waiting"] == [] }
        let before = try await (lead.call("turn.get"), lead.call("session.rules"))
        for (client, method, words, code) in [
            (alice, "turn.grant", ["to": .string("\(gone)")], "nobody-there"),
            (alice, "turn.grant", ["to": "bob"], "nobody-there"), (alice, "turn.grant", [:], "nobody-there"),
            (alice, "turn.request", [:], "already"), (lead, "turn.request", ["lease": 31_536_000], "invalid-params"),
            (lead, "turn.acquire", ["lease": 31_536_000], "invalid-params"),
            (lead, "session.rules", ["agent": "alice", "approveMatching": [""]], "invalid-params"),
            (lead, "session.rules", ["turns": "led", "answerWithin": 0], "invalid-params"),
        ] as [(ControlClient, String, JSONValue, String)] {
            #expect(try await client.code(method, words) == code, "\(method) \(words.text)")
            #expect(try await lead.call("turn.get") == before.0, "\(method) \(words.text)")
            #expect(try await lead.call("session.rules") == before.1, "\(method) \(words.text)")
        }
    }

    @Test("of two who take the turn in one instant one has it, and the other is told who")
    func twoTakes() async throws {
        let team = try await Team(["alice", "bob"], agents: ["claude"])
        let alice = try ControlClient(team.client("alice"), "deploy")
        _ = try await alice.call("session.create")
        let bob = try ControlClient(team.client("bob"), "deploy")
        let agent = try ControlClient(team.client("claude"), "deploy")
        for client in [alice, bob] {
            _ = try await client.call("turn.acquire")
            _ = try await client.call("turn.release")
        }
        let turn = try #require(try await agent.call("turn.acquire", ["lease": 600])["turn"]?.integer)
        let takes = (await alice.send("turn.take"), await bob.send("turn.take"))
        let answers = try await ["alice": alice.answer(takes.0), "bob": bob.answer(takes.1)]
        let now = try await agent.call("turn.get")
        let holder = try #require(now["holder"]?.string)
        #expect(now["turn"]?.integer == turn + 1 && now["waiting"] == [])
        for (name, answer) in answers {
            if name == holder {
                #expect(answer["result"]?["holder"]?.string == name, "\(answer.text)")
            } else {
                #expect(answer["error"]?["data"]?["code"] == "turn-held", "\(answer.text)")
                #expect(answer["error"]?["data"]?["holder"]?.string == holder, "\(answer.text)")
            }
        }
    }
}
