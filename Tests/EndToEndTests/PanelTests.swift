import Control
import Foundation
import JSONText
import ScreenModel
import SessionModel
import TestKit
import Testing

@Suite("The operator panel over a session")
struct PanelTests {
    private func fill(_ terminal: PseudoTerminal) async throws {
        terminal.type(
            "clear; for i in {1..23}; do printf '\\e[3%dmline %d\\e[0m\\n' $((i % 7)) $i; done; echo -n e''nd\r")
        try await terminal.untilShown("line 23")
    }

    @Test("it opens, shows its pages, and leaves no trace")
    func noTrace() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        try await fill(alice)
        alice.type("\u{1D}")
        try await alice.untilShown("? help  w who  t ask  x let go  m message  h")
        alice.type("?")
        try await alice.untilShown("the next line is not recorded")
        alice.type("q\u{1D}w")
        try await alice.untilShown("who: 2 here, mode open - deploy")
        try await alice.untilShown("alice  operator  steers")
        try await alice.untilShown("bob    operator  may type")
        // By habit: the key on a page opens the keys, and what follows is the panel's.
        alice.type("\u{1D}z")
        try await untilSame(alice, bob)
        #expect(try await alice.value(of: "on") == "on")
    }

    @Test("h shows the recent commands, how they ended, and whose they were")
    func commands() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        #expect(try await alice.value(of: "one") == "one")
        alice.panel("x")
        alice.type("sh -c 'exit 7'\r")
        let control = try ControlClient(team.client("bob"), "deploy")
        try await eventually("the second command's end") {
            try await control.call("command.list")["commands"]?.array?.last?["exitStatus"] == 7
        }
        bob.panel("h")
        try await bob.untilShown(" BY     STATUS  COMMAND")
        try await bob.untilShown(" alice  7       sh -c 'exit 7'")
        try await bob.untilShown(" alice  0       printf '[%s]")
        bob.type("q")
        try await untilSame(alice, bob)
    }

    @Test("it fits a window of 40 x 12 on a larger session")
    func smallWindow() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob", columns: 40, rows: 12)
        try await fill(alice)
        bob.type("\u{1D}")
        try await bob.untilShown("[cmdop] ? help  w who  t ask", columns: 40, rows: 12)
        try await bob.untilShown("d detach  Ctrl-] send it", columns: 40, rows: 12)
        bob.type("?")
        try await bob.untilShown("this page", columns: 40, rows: 12)
        bob.type("G")
        try await bob.untilShown("Ctrl-] send Ctrl-] itself", columns: 40, rows: 12)
        bob.type("q")
        try await eventually("the page gone") {
            try !ShownScreen(bob, columns: 40, rows: 12).rows.contains { $0.contains("Ctrl-]") }
        }
        #expect(try ShownScreen(bob, columns: 40, rows: 12).rows.contains("line 20"))
    }

    @Test("a message is read by everybody attached, and what is typed into it by no program")
    func message() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        alice.panel("m")
        try await alice.untilShown("[cmdop] say to all:")
        alice.type("deploy at né 12?")
        try await alice.untilShown("say to all: deploy at né 12?")
        alice.type("\r")
        try await bob.untilShown("[cmdop] alice: deploy at né 12?")
        try await alice.untilShown("[cmdop] alice: deploy at né 12?")
        #expect(try await alice.value(of: "$((40 + 2))") == "42")
        let record = try SessionRecord(on: team.server)
        #expect(!String(decoding: record.typed(by: "alice"), as: UTF8.self).contains("deploy"))
    }

    @Test("who comes and goes is told to the others, not to themselves")
    func comings() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        // It stands there for but a moment.
        try await alice.waitFor("bob joined")
        try await bob.untilServed()
        let before = alice.transcript.count
        bob.panel("d")
        #expect(try await bob.waitForExit() == .exited(0))
        try await alice.waitFor("left", from: before)
        #expect(bob.count(of: "joined") == 0 && alice.count(of: "alice joined") == 0)
    }

    @Test("o only watches, and steers again")
    func onlyWatching() async throws {
        let team = try await Team(["alice"])
        let alice = try await team.attach("alice")
        alice.panel("o")
        try await alice.untilShown("[cmdop] you only watch now")
        alice.type("echo not sent\r")
        try await alice.untilShown("[cmdop] you only watch this session")
        alice.panel("o")
        try await alice.untilShown("[cmdop] you may steer again")
        #expect(try await alice.value(of: "on") == "on")
        let record = try SessionRecord(on: team.server)
        #expect(!String(decoding: record.typed(by: "alice"), as: UTF8.self).contains("not sent"))
    }

    @Test("who is cut off from the turn by a lead is told, and so is the lead")
    func taken() async throws {
        let team = try await Team(["alice", "carol"])
        let alice = try await team.attach("alice")
        let carol = try await team.attach("carol")
        alice.type("echo half")
        try await carol.untilSteering("alice")
        carol.panel("t")
        try await alice.untilShown("[cmdop] carol took the turn from you")
        try await carol.untilShown("[cmdop] you steer now")
    }

    @Test("the configuration names its key, and so does what clients are told")
    func otherKey() async throws {
        let team = try await Team(["alice"], access: "panel-key: ctrl-a\n" + Team.operators)
        let alice = try await team.attach("alice")
        #expect(alice.transcript.text.contains("nobody steers; Ctrl-A d detaches\r\n"))
        alice.type("\u{01}")
        try await alice.untilShown("Ctrl-A send it")
        alice.type("d")
        #expect(try await alice.waitForExit() == .exited(0))
    }
}
