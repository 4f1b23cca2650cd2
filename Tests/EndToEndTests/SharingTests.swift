import Foundation
import ScreenModel
import SessionModel
import TestKit
import Testing
import Wire

@Suite("Two ssh clients share one session")
struct SharingTests {
    @Test("both see the same output")
    func sameOutput() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        alice.type("seq 1 200; echo all-$((40 + 2))\r")
        try await alice.waitFor("all-42")
        try await bob.waitFor("all-42")
        try await untilSame(alice, bob)
        // The one who types, and the one who watches, got the same bytes of it.
        #expect(try ShownScreen(bob).rowsWithScrollback.filter { Int($0) != nil } == (1...200).map(String.init))
        #expect(try ShownScreen(alice).rowsWithScrollback.filter { Int($0) != nil } == (1...200).map(String.init))
    }

    @Test("while one types, the other's keys do not reach the shell, and the other is told once a turn who steers")
    func refusal() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        alice.type("echo al")
        try await bob.untilSteering("alice")
        bob.type("B")
        try await bob.untilShown("[cmdop] alice steers")
        for _ in 0..<20 { bob.type("OB\r") }
        try await bob.untilServed()
        #expect(bob.count(of: "[cmdop] alice steers") == 1)
        alice.type("ice-$((40 + 2))\r")
        try await bob.waitFor("alice-42")
        alice.panel("x")
        var seen = try await bob.untilSteering("nobody", from: bob.transcript.count / 2)
        alice.type("echo again-$((40 + 2))\r")
        seen = try await bob.untilSteering("alice", from: seen)
        try await bob.waitFor("again-42")
        try await eventually("the notice gone") {
            try ShownScreen(bob).rows.last?.contains("[cmdop]") == false
        }
        bob.type("BOB")
        try await bob.untilShown("[cmdop] alice steers")
        bob.type("BOB")
        try await bob.untilServed()
        #expect(bob.count(of: "[cmdop] alice steers") == 2)
        let record = try SessionRecord(on: team.server)
        #expect(record.typed(by: "bob").isEmpty)
        let typed = "echo alice-$((40 + 2))\recho again-$((40 + 2))\r"
        #expect(String(decoding: record.typed(by: "alice"), as: UTF8.self) == typed)
        #expect(!String(decoding: record.output, as: UTF8.self).contains("OB"))
        #expect(alice.count(of: "not sent") == 0)
    }

    @Test("a notice goes away by itself, and leaves the screen as it was")
    func noticeLeaves() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        alice.type("seq 1 100; echo here-$((40 + 2)); echo -n half\r")
        try await bob.waitFor("here-42")
        bob.type("x")
        try await bob.untilShown("[cmdop] alice steers", at: .bottom)
        try await untilSame(alice, bob)
    }

    @Test("after release-after the other steers")
    func releaseAfter() async throws {
        let team = try await Team(releaseAfter: "300ms")
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        let shell = try await alice.value(of: "$$")
        let steering = try await bob.untilSteering("alice")
        try await bob.untilSteering("nobody", from: steering)
        #expect(try await bob.value(of: "$$") == shell)
        let turns = try SessionRecord(on: team.server).turnsBegun
        #expect(turns.map(\.who) == ["alice", "bob"])
        #expect(turns.map(\.turn.rawValue) == [1, 2])
    }

    @Test("a half-typed line keeps the turn past release-after")
    func halfTypedLine() async throws {
        let team = try await Team(releaseAfter: "100ms")
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        _ = try await alice.value(of: "$$")
        alice.type("echo half")
        try await bob.waitFor("echo half")
        // Each is answered before the next, which takes longer than release-after.
        for _ in 0..<10 {
            bob.type("B")
            try await bob.untilServed()
        }
        alice.type("-$((40 + 2))\r")
        try await bob.waitFor("half-42")
        #expect(try SessionRecord(on: team.server).typed(by: "bob").isEmpty)
    }

    @Test("+observe never steers, and is told so, even a lead's")
    func observing() async throws {
        let team = try await Team(["alice", "carol"], releaseAfter: "300ms")
        let alice = try await team.attach("alice")
        let carol = try await team.attach("carol", to: "deploy+observe")
        #expect(carol.transcript.text.contains("you watch"))
        carol.type("echo carol\r")
        try await carol.untilShown("[cmdop] you only watch this session; what you type is not sent")
        carol.panel("t")
        carol.type("echo carol\r")
        try await carol.untilServed()
        #expect(try await alice.value(of: "yes") == "yes")
        try await carol.waitFor("=yes]")
        let record = try SessionRecord(on: team.server)
        #expect(record.typed(by: "carol").isEmpty)
        #expect(record.turnsBegun.allSatisfy { $0.who == "alice" })
    }

    @Test("an observer by role never steers, and is told so")
    func observerByRole() async throws {
        let access = """
            access:
              - {operators: [alice], sessions: ["*"], role: operator}
              - {operators: [bob], sessions: ["*"], role: observer}

            """
        let team = try await Team(access: access)
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        bob.type("echo bob\r")
        try await bob.untilShown("[cmdop] you only watch this session; what you type is not sent")
        #expect(try await alice.value(of: "yes") == "yes")
        #expect(try SessionRecord(on: team.server).typed(by: "bob").isEmpty)
    }

    @Test("a lead takes the turn with Ctrl-] t; an operator does not take it back")
    func taking() async throws {
        let team = try await Team(["alice", "carol"])
        let alice = try await team.attach("alice")
        let carol = try await team.attach("carol")
        alice.type("echo one")
        try await carol.untilSteering("alice")
        carol.type("\u{03}")
        try await carol.untilShown("[cmdop] alice steers; what you type is not sent")
        carol.panel("t")
        try await alice.untilSteering("carol")
        carol.type("-two-$((40 + 2))\r")
        try await alice.waitFor("one-two-42")
        alice.panel("t")
        try await alice.untilShown("[cmdop] carol steers")
        alice.type("echo three\r")
        try await alice.untilServed()
        #expect(try await carol.value(of: "mine") == "mine")
        let record = try SessionRecord(on: team.server)
        #expect(String(decoding: record.typed(by: "alice"), as: UTF8.self) == "echo one")
        #expect(record.turnsBegun.map(\.who) == ["alice", "carol"])
        #expect(record.turnsBegun.map(\.how) == [.typed, .taken])
    }

    @Test("Ctrl-] x lets go, and the other steers at once")
    func lettingGo() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        alice.type("echo from")
        let steering = try await bob.untilSteering("alice")
        alice.panel("x")
        try await bob.untilSteering("nobody", from: steering)
        bob.type("-both-$((40 + 2))\r")
        try await alice.waitFor("from-both-42")
        let record = try SessionRecord(on: team.server)
        #expect(String(decoding: record.typed(by: "alice"), as: UTF8.self) == "echo from")
        #expect(String(decoding: record.typed(by: "bob"), as: UTF8.self) == "-both-$((40 + 2))\r")
    }

    @Test("Ctrl-] Ctrl-] sends the key itself, and Ctrl-] ? says what there is")
    func panelKeys() async throws {
        let team = try await Team(["alice"])
        let alice = try await team.attach("alice")
        alice.type("stty raw -echo; head -c 3 | od -An -tx1; stty sane\r")
        try await alice.waitFor("\r\n")
        try await eventually("head(1) reading") { try SessionRecord(on: team.server).inputs.count > 0 }
        alice.type("a\u{1D}\u{1D}b")
        try await alice.waitFor("61 1d 62")
        alice.panel("?")
        try await alice.untilShown("[cmdop] Ctrl-] and then - deploy")
        alice.type("jkdq\r")
        #expect(try await alice.value(of: "here") == "here")
        let typed = try String(decoding: SessionRecord(on: team.server).typed(by: "alice"), as: UTF8.self)
        #expect(!typed.contains("jkd"))
    }

    @Test("detaching exits 0 and says so, and the session goes on")
    func detaching() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        let shell = try await alice.value(of: "$$")
        alice.panel("d")
        #expect(try await alice.waitForExit() == .exited(0))
        #expect(alice.transcript.text.contains("[cmdop] detached from deploy; it goes on"))
        #expect(try ShownScreen(alice).snapshot.isAlternate == false)
        // The turn went with its holder.
        #expect(try await bob.value(of: "$$") == shell)
    }

    @Test("a person's key press takes the turn from an agent; an agent never takes it from a person")
    func agents() async throws {
        let team = try await Team(["alice", "bob"])
        let key = try await SSHKeyPair(comment: "claude")
        try team.server.directory.write(
            "owner=\"alice\" \(key.publicLine)\n", to: "keys/agents/claude.pub", mode: 0o644)
        try await eventually("an agent that is admitted", seen: { team.server.log }) {
            try await team.server.client(key).run("cmdop", "whoami").outputText.hasPrefix("claude, an agent")
        }
        let alice = try await team.attach("alice")
        let claude = try team.server.client(key).attach("deploy")
        try await claude.untilAttached()
        claude.type("echo ag")
        try await alice.untilSteering("claude")
        alice.type("ain-$((40 + 2))\r")
        try await claude.waitFor("again-42")
        try await claude.untilSteering("alice")
        claude.type("echo claude\r")
        try await claude.untilShown("[cmdop] alice steers")
        claude.panel("t")
        try await claude.untilServed()
        #expect(try await alice.value(of: "mine") == "mine")
        let record = try SessionRecord(on: team.server)
        #expect(record.turnsBegun.map(\.who) == ["claude", "alice"])
        #expect(String(decoding: record.typed(by: "claude"), as: UTF8.self) == "echo ag")
        #expect(record.inputs.first?.who.kind == .agent)
    }
}
