import Foundation
import ScreenModel
import SessionModel
import TestKit
import Testing

@Suite("The lobby on a terminal")
struct LobbyScreenTests {
    /// Bob works in what begins with b, Olga watches everything, Nora may see nothing; Carol leads.
    private static let access = """
        access:
          - {operators: [alice, carol], sessions: ["*"], role: lead}
          - {operators: [bob], sessions: ["b*"], role: operator}
          - {operators: [olga], sessions: ["*"], role: observer}

        """

    private func team(_ names: [String]) async throws -> Team { try await Team(names, access: Self.access) }

    /// Opens the lobby and waits for its first list.
    private func open(
        _ name: String, of team: Team, columns: UInt16 = 80, rows: UInt16 = 24
    ) async throws -> PseudoTerminal {
        let lobby = try team.client(name).attach("cmdop", columns: columns, rows: rows)
        try await lobby.untilShown(columns: columns, rows: rows, "the lobby") { rows in
            rows.contains { $0.contains("q leave") } && !rows.contains { $0.contains("Looking") }
        }
        return lobby
    }

    /// A session whose turn the operator has.
    private func steer(_ session: String, _ name: String, of team: Team) async throws -> PseudoTerminal {
        let terminal = try await team.attach(name, to: session)
        terminal.type("echo here-$((40 + 2))\r")
        try await terminal.waitFor("here-42")
        return terminal
    }

    @Test("lists the sessions with who steers, as they are and as they become")
    func live() async throws {
        let team = try await team(["alice", "carol", "olga"])
        let one = try await steer("one", "alice", of: team)
        let two = try await team.attach("carol", to: "two")
        let lobby = try await open("olga", of: team)
        try await lobby.untilShown("both sessions") { rows in
            rows.contains { $0.contains(#/ one +live +alice +0 .* observer/#) }
                && rows.contains { $0.contains(#/ two +live +nobody +1 .* observer/#) }
        }
        let watcher = try await team.attach("olga", to: "one")
        try await lobby.untilShown("a watcher of one") { $0.contains { $0.contains(#/ one +live +alice +1 /#) } }
        two.type("true\r")
        try await lobby.untilShown("who steers two") { $0.contains { $0.contains(#/ two +live +carol +0 /#) } }
        watcher.panel("d")
        one.type("exit 7\r")
        #expect(try await one.waitForExit() == .exited(7))
        try await lobby.untilShown("the end of one") { $0.contains { $0.contains(#/ one +ended +- .* 7 +observer/#) } }
        let three = try await team.attach("carol", to: "three")
        try await lobby.untilShown("a third session") { $0.contains { $0.contains(#/ three +live +nobody +1/#) } }
        three.panel("d")
        lobby.type("q")
        #expect(try await lobby.waitForExit() == .exited(0))
    }

    @Test("filters, attaches on Enter, and the channel ends as any attachment does")
    func attach() async throws {
        let team = try await team(["alice", "bob"])
        let one = try await steer("b-one", "alice", of: team)
        one.panel("x")
        _ = try await team.client("alice").run("b-two", "true")
        let lobby = try await open("bob", of: team)
        lobby.type("/one")
        try await lobby.untilShown("one session") { rows in
            rows.contains { $0.contains(" Filter: one") } && rows.contains { $0.contains(" b-one ") }
                && !rows.contains { $0.contains(" b-two ") }
        }
        // What is typed before the session is there is for it.
        lobby.type("\recho typed-$((1000 + 234))\r")
        try await lobby.waitFor("[cmdop] session b-one on ")
        try await lobby.waitFor("typed-1234")
        try await one.waitFor("typed-1234")
        try await lobby.untilSteering("bob")
        lobby.panel("d")
        #expect(try await lobby.waitForExit() == .exited(0))
        try await expectRestored(lobby, showing: "detached from b-one")

        let again = try await open("bob", of: team)
        again.type("\r")
        try await again.waitFor("[cmdop] session b-one on ")
        try await again.untilAttached()
        again.type("exit 9\r")
        #expect(try await again.waitForExit() == .exited(9))
    }

    @Test("starts a session by its name, and an ended one again; says why where the role may not")
    func start() async throws {
        let team = try await team(["alice", "bob", "olga"])
        let bob = try await open("bob", of: team)
        bob.type("nalpha\r")
        try await bob.untilShown("a refusal") {
            $0.contains { $0.contains("your key may not start a session of that") }
        }
        bob.type("\u{15}No Name\r")
        try await bob.untilShown("what a name is") { $0.contains { $0.contains("a name is of a-z 0-9") } }
        bob.type("\u{15}beta\r")
        try await bob.waitFor("[cmdop] session beta on ")
        try await bob.untilAttached()
        bob.type("exit 3\r")
        #expect(try await bob.waitForExit() == .exited(3))
        #expect(team.server.hostPIDs()["alpha"] == nil)

        let olga = try await open("olga", of: team)
        try await olga.untilShown("an ended session") { $0.contains { $0.contains(#/ beta +ended .* 3 +observer/#) } }
        olga.type("\r")
        try await olga.untilShown("why not") {
            $0.contains { $0.contains("beta has ended; your role (observer) does") }
        }
        olga.type("q")
        #expect(try await olga.waitForExit() == .exited(0))

        let again = try await open("bob", of: team)
        again.type("\r")
        try await again.untilAttached()
        again.type("echo again-$((40 + 2))\r")
        try await again.waitFor("again-42")
    }

    @Test("gives the terminal back as it was", arguments: ["q", "\u{3}", "\u{4}", "n\u{3}"])
    func restored(keys: String) async throws {
        let team = try await team(["alice"])
        let lobby = try await open("alice", of: team)
        #expect(try ShownScreen(lobby).snapshot.isAlternate)
        lobby.type(keys)
        #expect(try await lobby.waitForExit() == .exited(0), "\(team.server.log)")
        try await expectRestored(lobby, showing: nil)
    }

    private func expectRestored(_ terminal: PseudoTerminal, showing words: String?) async throws {
        let shown = try ShownScreen(terminal).snapshot
        let fresh = try ShownScreen([]).snapshot
        #expect(!shown.isAlternate && shown.modes == fresh.modes && shown.region == fresh.region)
        #expect(shown.cursor.style == fresh.cursor.style)
        let text = shown.main.rows.map(\.text).joined(separator: "\n")
        #expect(!text.contains("q leave"), "\(text)")
        if let words { #expect(text.contains(words), "\(text)") } else { #expect(shown.cursor.position == .home) }
        // The client's own title was put away once for each time it was taken out again.
        #expect(terminal.count(of: "\u{1B}[22;2t") == terminal.count(of: "\u{1B}[23;2t"))
    }

    @Test("looks right in 80 x 24, in 40 x 12, and when the window changes; unknown keys do nothing")
    func windows() async throws {
        let team = try await team(["alice", "olga"])
        let steering = try await steer("deploy", "alice", of: team)
        let wide = try await open("olga", of: team)
        let rows = try ShownScreen(wide).rows
        #expect(rows[0].hasPrefix(" cmdop on ") && rows[0].contains(" · olga") && rows[0].hasSuffix("1 session"))
        #expect(rows[1] == " SESSION  STATE  STEERS  WATCH  ACTIVE  UP  LAST  YOUR ROLE", "\(rows)")
        #expect(rows[2].contains(#/^ deploy   live   alice   0      .* observer$/#), "\(rows)")
        #expect(rows[23] == " Enter attach  n new  / filter  ? keys  q leave")
        wide.type("x\u{1B}[11~\u{1B}[200~zé")
        wide.type("?")
        try await wide.untilShown("the keys") { $0.contains { $0.contains("q Ctrl-C Ctrl-D  leave") } }
        wide.type("?")
        try await wide.untilShown("no keys") { $0[2].contains(" deploy ") && $0[23] == rows[23] && $0[22].isEmpty }

        let narrow = try await open("olga", of: team, columns: 40, rows: 12)
        let few = try ShownScreen(narrow, columns: 40, rows: 12).rows
        #expect(
            few[1] == " SESSION STATE STEERS WATCH ACTIVE LAST" && few[2].hasPrefix(" deploy  live  alice  0 "),
            "\(few)")
        #expect(
            few[11] == " Enter attach  n new  / filter  q leave" && few.allSatisfy { $0.unicodeScalars.count <= 40 })
        let before = narrow.transcript.count
        narrow.resize(columns: 80, rows: 24)
        try await eventually("the lobby in the larger window") {
            let bytes = Array(narrow.transcript.bytes[before...])
            let rows = try ShownScreen(bytes).rows
            return rows[1].hasSuffix("YOUR ROLE") && rows[23].contains("? keys")
        }
        steering.panel("d")
    }

    @Test("shows a key that may see nothing an empty list and a sentence, and ends when access does")
    func empty() async throws {
        let team = try await team(["alice", "nora"])
        _ = try await team.client("alice").run("secret", "true")
        let lobby = try await open("nora", of: team)
        let rows = try ShownScreen(lobby).rows
        #expect(rows[0].hasSuffix("0 sessions") && rows[2].hasPrefix(" There is no session that your key may see."))
        #expect(!lobby.transcript.text.contains("secret"))
        try team.server.removeOperator("nora")
        #expect(try await lobby.waitForExit() == .exited(254), "\(lobby.transcript.tail)")
        #expect(lobby.transcript.text.contains("your access was revoked"))
    }

    @Test("ends as a lost connection when the server stops, and gives the terminal back")
    func serverStops() async throws {
        let team = try await team(["alice"])
        let lobby = try await open("alice", of: team)
        #expect(try await team.server.stop() == .exited(0))
        #expect(try await lobby.waitForExit() == .exited(255))
        try await expectRestored(lobby, showing: "the server stops; the sessions go on")
    }

    @Test("keeps the others up to date while one session's host does not answer")
    func stuckHost() async throws {
        let team = try await team(["alice"])
        for name in ["one", "two"] { _ = try await team.client("alice").run(name, "true") }
        let lobby = try await open("alice", of: team)
        let pid = try #require(team.server.hostPIDs()["one"])
        kill(pid, SIGSTOP)
        defer { kill(pid, SIGCONT) }
        try await lobby.untilShown("a silent host") { $0.contains { $0.contains(#/ one +not responding/#) } }
        let two = try await steer("two", "alice", of: team)
        try await lobby.untilShown("who steers two") { $0.contains { $0.contains(#/ two +live +alice/#) } }
        kill(pid, SIGCONT)
        try await lobby.untilShown("the host again") { $0.contains { $0.contains(#/ one +live/#) } }
        two.panel("d")
    }

    @Test("is plain text where there is no terminal to draw on")
    func plain() async throws {
        let team = try await team(["alice"])
        _ = try await team.client("alice").run("one", "true")
        let arguments = try team.client("alice").arguments("cmdop")
        let dumb = try PseudoTerminal(arguments, environment: ["TERM": "dumb"])
        #expect(try await dumb.waitForExit() == .exited(0))
        #expect(dumb.transcript.text.contains(#/one +live/#) && !dumb.transcript.bytes.contains(0x1B))
        #expect(dumb.transcript.text.replacing("\r\n", with: "").contains("\n") == false)
        let verb = try team.client("alice").attach("cmdop", "whoami")
        #expect(try await verb.waitForExit() == .exited(0))
        #expect(verb.transcript.text.hasPrefix("alice, a person, by key SHA256:"), "\(verb.transcript.text)")
    }
}

extension PseudoTerminal {
    /// Waits until what the terminal shows is as it should be, row by row.
    func untilShown(
        columns: UInt16 = 80, rows: UInt16 = 24, _ what: String, _ isRight: ([String]) -> Bool
    ) async throws {
        var seen: [String] = []
        var looked = -1
        try await eventually("\(what) on the terminal", seen: { seen.joined(separator: "\n") }) {
            guard transcript.count != looked else { return false }
            looked = transcript.count
            seen = try ShownScreen(self, columns: Int(columns), rows: Int(rows)).rows
            return isRight(seen)
        }
    }
}
