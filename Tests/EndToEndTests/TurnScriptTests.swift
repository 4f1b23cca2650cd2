import Control
import Foundation
import JSONText
import TestKit
import Testing

/// Two operators, a lead and an agent, each with a stock `ssh`, step by step.
@Suite("Turns of four")
struct TurnScriptTests {
    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

    @Test(
        "are whose the rules say after each of forty steps, on every screen and on record",
        arguments: [
            TurnScript.open, .ask, .led,
        ])
    func steps(script: TurnScript) async throws {
        #expect(script.steps.count == 40)
        let team = try await Team(
            ["alice", "bob", "carol"], agents: ["claude"], releaseAfter: "1h", rules: ", turns: \(script.mode)")
        var clients: [String: PseudoTerminal] = [:]
        for name in ["carol", "alice", "bob", "claude"] { clients[name] = try await team.attach(name) }
        let carol = try #require(clients["carol"])
        try await begin(carol)
        let control = try ControlClient(team.client("carol"), "deploy")
        _ = try await control.call("session.rules", ["answerWithin": 3_600])
        var typed: [(who: String, letter: Character)] = []
        for step in script.steps {
            let letter = Self.letters[step.number]
            try await perform(step, letter, team, &clients, control)
            if step.act == .types { typed.append((step.who, letter)) }
            try await check(step, typed.map(\.letter), clients, control)
        }
        let record = try SessionRecord(on: team.server)
        #expect(record.turnStory == script.story)
        for name in ["alice", "bob", "carol", "claude"] {
            let own = String(typed.filter { $0.who == name }.map(\.letter))
            #expect(String(decoding: record.typed(by: name), as: UTF8.self).hasSuffix(own), "\(name)")
            if name != "carol" { #expect(record.typed(by: name).count == own.utf8.count, "\(name) typed nothing else") }
        }
    }

    /// A program that shows what it is given, and a turn that is nobody's.
    private func begin(_ carol: PseudoTerminal) async throws {
        carol.type("stty raw -echo; printf 'be''gin:'; cat\r")
        try await carol.waitFor("begin:")
        carol.panel("x")
    }

    private func perform(
        _ step: TurnScript.Step, _ letter: Character, _ team: Team, _ clients: inout [String: PseudoTerminal],
        _ control: ControlClient
    ) async throws {
        guard let client = clients[step.who] else { return }
        switch step.act {
        case .types, .isRefused: client.type(String(letter))
        case .panel(let keys): client.type("\u{1D}\(keys)")
        case .detaches:
            client.panel("d")
            #expect(try await client.waitForExit() == .exited(0))
            return
        case .attaches: clients[step.who] = try await team.attach(step.who)
        case .isSilent:
            _ = try await control.call("session.rules", ["answerWithin": 1])
            try await eventually("the silence to be over") {
                try await control.call("turn.get")["holder"] == .string(step.holder)
            }
            _ = try await control.call("session.rules", ["answerWithin": 3_600])
        }
        try await clients[step.who]?.untilServed()
    }

    private func check(
        _ step: TurnScript.Step, _ typed: [Character], _ clients: [String: PseudoTerminal], _ control: ControlClient
    ) async throws {
        let name = "step \(step.number), \(step.who) \(step.act)"
        var turn = JSONValue.null
        try await eventually("\(step.holder)|\(step.waiting) at \(name)", seen: { turn.text }) {
            turn = try await control.call("turn.get")
            let waiting = turn["waiting"]?.array?.compactMap { $0["operator"]?.string }
            return (turn["holder"]?.string ?? "") == step.holder && waiting == step.waiting
        }
        let title = ": \(step.holder.isEmpty ? "nobody" : step.holder) steers"
        for (who, client) in clients where client.process.exitStatus == nil {
            try await eventually("\(title) for \(who) at \(name)", seen: { client.transcript.tail }) {
                let text = client.transcript.text
                guard let last = text.range(of: "\u{1B}]2;", options: .backwards) else { return false }
                return text[last.upperBound...].prefix(80).contains(title)
            }
            try await client.untilShown("begin:" + String(typed))
        }
    }
}
