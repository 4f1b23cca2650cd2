import Foundation
import SessionModel
import TestKit
import Testing
import Wire

@Suite("Input as a session's host decides it")
struct HostInputTests {
    private static let ada = Reference(rawValue: 1)
    private static let ben = Reference(rawValue: 2)

    /// A session that runs, with nobody's turn in it, and a front-end of it.
    private func session() async throws -> (team: Team, terminal: PseudoTerminal, frontEnd: BareFrontEnd) {
        let team = try await Team(["alice"])
        let alice = try await team.attach("alice")
        return (team, alice, try BareFrontEnd(of: team.server))
    }

    private func hidden(_ team: Team) throws -> Int {
        try SessionRecord(on: team.server).inputs.reduce(0) {
            if case .hidden(let count) = $1.content { $0 + Int(count) } else { $0 }
        }
    }

    @Test("a line that is hidden by hand is recorded as a count up to its end, and is in no file")
    func hiddenLine() async throws {
        let (team, alice, frontEnd) = try await session()
        try await frontEnd.attach("ada", as: Self.ada)
        // What a nested ssh looks like: neither echo nor canonical mode, and a program that echoes nothing.
        try frontEnd.type("stty raw -echo; echo re''ady; head -c 30 | sha256sum; stty sane\r", as: Self.ada)
        try await alice.waitFor("ready")
        let secret = "Secret" + String(UInt64.random(in: 1 << 61...1 << 62), radix: 16)
        let shown = String(repeating: "x", count: 29 - secret.utf8.count)
        try frontEnd.send(.hideLine(Self.ada))
        try frontEnd.type(String(secret.prefix(5)), as: Self.ada)
        try frontEnd.type(secret.dropFirst(5) + "\r" + shown, as: Self.ada)
        try await alice.waitFor("  -")
        #expect(try hidden(team) == secret.utf8.count + 1)
        #expect(try SessionRecord(on: team.server).typed(by: "ada").suffix(shown.utf8.count) == Array(shown.utf8)[...])
        for (name, data) in try team.filesOfSession() {
            #expect(data.firstRange(of: Data(secret.utf8)) == nil, "\(name) has it")
        }
    }

    @Test("whoever takes over a half-typed line is told whose it is; nobody is told of their own, or of none")
    func halfTypedLine() async throws {
        let (team, _, frontEnd) = try await session()
        try await frontEnd.attach("ada", as: Self.ada)
        try await frontEnd.attach("ben", as: Self.ben)
        try frontEnd.type("echo one-$((40 + 2))", as: Self.ada)
        try frontEnd.send(.release(Self.ada))
        try frontEnd.type("\r", as: Self.ben)
        try await frontEnd.waitFor("whose line stands") { $0 == .lineStands(Self.ben, of: "ada") }
        try await eventually("the command") {
            String(decoding: try SessionRecord(on: team.server).output, as: UTF8.self).contains("one-42")
        }
        try frontEnd.send(.release(Self.ben))
        try frontEnd.type("echo two", as: Self.ada)
        try frontEnd.send(.release(Self.ada))
        try frontEnd.type("-$((40 + 2))\r", as: Self.ada)
        try await eventually("the next command") {
            String(decoding: try SessionRecord(on: team.server).output, as: UTF8.self).contains("two-42")
        }
        try frontEnd.send(.describe(Self.ada))
        try await frontEnd.waitFor("a description") { if case .description = $0 { true } else { false } }
        let told = frontEnd.messages.filter { if case .lineStands = $0 { true } else { false } }
        #expect(told == [.lineStands(Self.ben, of: "ada")])
    }

    @Test("a paste whose front-end went away is closed when its author is back")
    func lostPaste() async throws {
        let (team, alice, frontEnd) = try await session()
        try await frontEnd.attach("ada", as: Self.ada)
        try frontEnd.type("stty -echo; printf '\\033[?2004hre''ady'; sed -u '/END/q' | cat -v\r", as: Self.ada)
        try await alice.waitFor("ready")
        try frontEnd.type("\u{1B}[200~one", as: Self.ada)
        try await eventually("a paste") { try hidden(team) == 9 }
        frontEnd.close()
        try await eventually("the loss") {
            let entries = try SessionRecord(on: team.server).entries
            return entries.contains { if case .detached = $0.record { true } else { false } }
        }
        let again = try BareFrontEnd(of: team.server)
        try await again.attach("ada", as: Self.ben)
        try again.type("two\rEND\r", as: Self.ben)
        try await alice.waitFor("^[[200~one^[[201~two\r\n")
        let record = try SessionRecord(on: team.server)
        #expect(record.turnsBegun.map(\.how) == [.typed, .resumed])
        #expect(record.entries.contains { if case .pasteClosed = $0.record { true } else { false } })
    }

    @Test("a client's signal follows the turn as a key does: it takes a free one, and is refused while another steers")
    func signal() async throws {
        let (team, alice, frontEnd) = try await session()
        try await frontEnd.attach("ada", as: Self.ada)
        try await frontEnd.attach("ben", as: Self.ben)
        try frontEnd.type("trap 'echo got-int-$((6*7))' INT; echo re''ady\r", as: Self.ada)
        try await alice.waitFor("ready")
        try frontEnd.send(.signal(Self.ben, name: "INT"))
        try await frontEnd.waitFor("a refusal") {
            if case .refused(Self.ben, .turnHeld, _) = $0 { true } else { false }
        }
        try frontEnd.send(.release(Self.ada))
        try frontEnd.send(.signal(Self.ben, name: "INT"))
        try await alice.waitFor("got-int-42")
        let record = try SessionRecord(on: team.server)
        #expect(record.turnsBegun.map(\.who) == ["ada", "ben"])
        let signals = record.entries.count { if case .signalled = $0.record { true } else { false } }
        #expect(signals == 1, "what was refused is not on record as sent")
    }

    @Test("what was held as unfinished is typed before its author lets go")
    func heldAndReleased() async throws {
        let (team, alice, frontEnd) = try await session()
        try await frontEnd.attach("ada", as: Self.ada)
        try frontEnd.type("stty raw -echo; echo re''ady; head -c 3 | od -An -tx1; stty sane\r", as: Self.ada)
        try await alice.waitFor("ready")
        try frontEnd.send(.input(Self.ada, [0x61, 0xE4, 0xB8]))
        try frontEnd.send(.release(Self.ada))
        try await alice.waitFor("61 e4 b8")
        #expect(try SessionRecord(on: team.server).turnsBegun.count == 1)
    }
}
