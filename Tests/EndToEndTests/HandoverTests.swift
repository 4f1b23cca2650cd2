import Control
import Foundation
import JSONText
import SessionModel
import TestKit
import Testing
import Wire

@Suite("A turn that goes from one to another")
struct HandoverTests {
    /// Reads nothing until the file `go` is there, then everything up to a `Z`, and says what it was.
    private static let reader = """
        import os, tty, time, hashlib
        tty.setraw(0)
        os.write(1, b'\\x1b[?2004hread' + b'ing')
        while not os.path.exists('go'): time.sleep(0.02)
        got = b''
        while b'Z' not in got: got += os.read(0, 65536)
        body = got[:got.index(b'Z')]
        begin, end = body.count(b'\\x1b[200~'), body.count(b'\\x1b[201~')
        pasted = body.replace(b'\\x1b[200~', b'').replace(b'\\x1b[201~', b'')
        print('\\x1b[?2004l' + f'got [{begin} {end} {len(pasted)} {set(pasted)} {body.endswith(b"~")}]', flush=True)
        """

    @Test("a person's key in the middle of an agent's paste of 1 MB ends it: closed by the session, not a byte later")
    func paste() async throws {
        let team = try await Team(["alice"], agents: ["claude"])
        let directory = try TemporaryDirectory()
        try directory.write(Self.reader, to: "reader.py")
        let alice = try await team.attach("alice")
        alice.type("cd \(directory.path); stty -echo; python3 reader.py\r")
        try await alice.waitFor("reading")
        alice.panel("x")
        let claude = try await team.attach("claude")
        claude.type("\u{1B}[200~" + String(repeating: "x", count: 1_000_000) + "\u{1B}[201~")
        try await claude.untilSteering("claude")
        try await eventually("a part of the paste in the terminal") {
            try SessionRecord(on: team.server).typed(by: "claude").count > 4_096
        }
        alice.type("Z")
        try await alice.untilSteering("alice", from: try await alice.waitFor(": claude steers"))
        // It stands there for but a moment.
        let end = try await claude.waitFor(" bytes of your paste were written")
        let told = String(decoding: claude.transcript.bytes[..<end].suffix(80), as: UTF8.self)
        try directory.write("", to: "go")
        try await alice.waitFor("got [")
        try await alice.untilShown("got [1 1 ")
        let got = try #require(try ShownScreen(alice).rows.first { $0.contains("got [1 1 ") })
        let count = try #require(Int(got.split(separator: " ")[3]))
        #expect(got.hasSuffix("{120} True]"), "the paste alone, closed before the person's key: \(got)")
        #expect(count > 0 && count < 1_000_000)
        // The beginning and the end of the paste are bytes, too.
        #expect(
            told.hasSuffix("alice took the turn; \(count + 6) bytes of your paste were written"), "\(told); \(count)")
        let record = try SessionRecord(on: team.server)
        #expect(record.entries.contains { if case .pasteClosed = $0.record { true } else { false } })
    }

    @Test(
        "nobody's Enter runs a half-typed line unasked; who takes it over is shown whose it is, and both are on record")
    func halfTypedLine() async throws {
        let team = try await Team(["alice", "bob", "carol"], releaseAfter: "100ms")
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        let carol = try await team.attach("carol")
        alice.type("echo half-$((40 + 2))")
        try await bob.untilShown("half-")
        try await bob.untilSteering("alice")
        bob.type("\r")
        try await bob.untilShown("alice steers; what you type is not sent")
        carol.panel("t")
        try await carol.untilShown("the line that stands at the prompt is alice's")
        #expect(alice.count(of: "half-42") == 0)
        carol.type("\r")
        try await alice.untilShown("half-42")
        let blame = try await team.client("bob").run("cmdop", "commands deploy").outputText
        #expect(blame.contains("alice+carol"), "\(blame)")
    }

    @Test("after the server's death the same keys find turn, lease and places; who does not come back gives up theirs")
    func survival() async throws {
        let names = ["ann", "ben", "cid", "dan", "eve"]
        let team = try await Team(
            ["alice"] + names, access: Team.operators, rules: ", reattach-within: 25s, answer-within: 1h")
        let (before, first) = try await queue(team, names)
        let asked = try await first.call("turn.get")
        #expect(asked["holder"] == "alice" && asked["waiting"]?.array?.count == 5)
        try await team.server.kill()
        for client in before { _ = try await client.waitForExit() }
        try await team.server.restart()
        // In another order than they asked in; cid does not come back.
        let clients = try ["eve", "ben", "dan", "ann"].map { try team.client($0).attach("deploy") }
        for client in clients { try await client.untilAttached() }
        let again = try ControlClient(team.client("alice"), "deploy")
        #expect(try await again.code("turn.request") == "already", "alice has the turn once more")
        try await eventually("the places") {
            let waiting = try await again.call("turn.get")["waiting"]?.array
            return waiting?.compactMap { $0["operator"]?.string } == ["ann", "ben", "dan", "eve"]
        }
        try await eventually("the end of cid's place") {
            let events = try await again.call("events.read", ["limit": 500])["events"]?.array ?? []
            return events.contains { $0["event"] == "requestEnded" && $0["how"] == "expired" }
        }
        let record = try SessionRecord(on: team.server)
        #expect(
            record.turnsBegun.map(\.how) == [.acquired, .resumed]
                || record.turnsBegun.map(\.how) == [.granted, .resumed])
        _ = try await again.call("turn.release")
        #expect(try await again.call("turn.get")["holder"] == "ann")
    }

    /// Alice's script holds the turn under a lease, and the others wait in their order.
    private func queue(_ team: Team, _ names: [String]) async throws -> ([PseudoTerminal], ControlClient) {
        let control = try ControlClient(team.client("alice"), "deploy")
        _ = try await control.call("session.create")
        _ = try await control.call("turn.acquire", ["lease": 600])
        var clients: [PseudoTerminal] = []
        for name in names {
            let client = try await team.attach(name)
            client.panel("t")
            try await client.untilShown("in the queue")
            clients.append(client)
        }
        return (clients, control)
    }

    /// - Parameter revision: of the screen, where nothing may have been printed since.
    private static func command(_ number: Int, on revision: JSONValue?) -> JSONValue {
        var words = JSONObject([
            ("text", .string(": m\(number)\r")), ("lineEmpty", true), ("atPrompt", true), ("echo", true),
        ])
        if let revision { words["screenRevision"] = revision }
        return .object(words)
    }

    /// How often each became of ten thousand commands.
    private func race(_ alice: PseudoTerminal, _ agent: ControlClient) async throws -> [String: Int] {
        var outcomes: [String: Int] = [:]
        for round in 0..<100 {
            // Begun and taken back at odd moments; what it says is no command, and is never entered. Ctrl-C would throw
            // away what bash has not read yet, the agent's as well.
            alice.type(round % 2 == 0 ? "half" : "\u{15}\r")
            if round % 2 == 1 {
                // Now and then nobody types, and then somebody does in the middle.
                try await eventually("a free turn") {
                    try await agent.call("turn.get")["holder"] != "alice"
                }
            }
            for (answer, revision) in try await volley(round, alice, agent) {
                let outcome = answer["error"]?["data"]?["code"]?.string ?? "typed"
                outcomes[outcome, default: 0] += 1
                guard let revision else { continue }
                outcomes["\(outcome) on a screen", default: 0] += 1
                if outcome == "typed" {
                    #expect(answer["result"]?["revision"] == revision, "the screen that was meant")
                }
            }
        }
        return outcomes
    }

    /// A hundred commands, and a person's keys among them; in every third odd round each is meant for a screen.
    private func volley(
        _ round: Int, _ alice: PseudoTerminal, _ agent: ControlClient
    ) async throws -> [(answer: JSONValue, revision: JSONValue?)] {
        var asked: [(Int64, JSONValue?)] = []
        var revision: JSONValue?
        for number in 0..<100 {
            if round % 6 == 1, number % 20 == 0 { revision = try await agent.call("screen.get")["revision"] }
            let command = Self.command(round * 100 + number, on: revision)
            asked.append((await agent.send("input.send", command), revision))
            if number == 30 + round % 60 { alice.type("ha") }
        }
        var answers: [(answer: JSONValue, revision: JSONValue?)] = []
        for (id, revision) in asked { answers.append((try await agent.answer(id), revision)) }
        return answers
    }

    @Test("conditional input races a person's typing ten thousand times, and never lands on a line that is not empty")
    func race() async throws {
        let team = try await Team(["alice"], agents: ["claude"], releaseAfter: "100ms")
        let alice = try await team.attach("alice")
        alice.type("PS1='> '; clear\r")
        let agent = try ControlClient(team.client("claude"), "deploy")
        let outcomes = try await race(alice, agent)
        alice.type("\u{15}\r")
        let typed = outcomes["typed", default: 0]
        print("conditional input: \(outcomes)")
        let all = outcomes.filter { !$0.key.hasSuffix(" on a screen") }
        #expect(all.values.reduce(0, +) == 10_000 && typed > 0 && typed < 10_000, "\(outcomes)")
        #expect(Set(all.keys).isSubset(of: ["typed", "turn-held", "condition-failed"]), "\(outcomes)")
        #expect(outcomes["typed on a screen"] != nil && outcomes["condition-failed on a screen"] != nil, "\(outcomes)")
        var commands: [String] = []
        try await eventually("\(typed) commands", seen: { "\(commands.count)" }) {
            let record = try SessionRecord(on: team.server)
            commands = record.entries.compactMap {
                if case .commandBegan(let start) = $0.record { start.text } else { nil }
            }.filter { $0.contains("m") && !$0.hasPrefix("PS1") }
            return commands.count >= typed
        }
        #expect(commands.count == typed && Set(commands).count == typed)
        #expect(
            commands.allSatisfy { $0.hasPrefix(": m") && Int($0.dropFirst(3)) != nil },
            "whole commands, and nothing else")
    }
}
