import Foundation
import JSONText
import ScreenModel
import SessionModel
import TestKit
import Testing

@Suite("The execution goes on, whoever leaves")
struct SurvivalTests {
    /// How often the server is killed.
    private static let kills = 20

    @Test("kill -9 of one client and then of all: the shell, its variable and its sleep are there on reattach")
    func clientsKilled() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        let shell = try await alice.value(of: "$$")
        alice.type("KEPT=$RANDOM$RANDOM; sleep 1000 &\r")
        let kept = try await alice.value(of: "$KEPT")
        let sleeper = try await alice.value(of: "$!")
        let seen = bob.transcript.count
        alice.kill(SIGKILL)
        #expect(try await alice.waitForExit() == .signalled(SIGKILL))
        // Alice held the turn, and it went with her.
        try await bob.untilSteering("nobody", from: seen)
        #expect(try await bob.value(of: "$$ $KEPT") == "\(shell) \(kept)")
        let again = try await team.attach("alice")
        for terminal in [again, bob] { terminal.kill(SIGKILL) }
        for terminal in [again, bob] { _ = try await terminal.waitForExit() }
        let back = try await team.attach("bob")
        #expect(try await back.value(of: "$$ $KEPT $!") == "\(shell) \(kept) \(sleeper)")
        #expect(team.isRunning(shell) && team.isRunning(sleeper))
    }

    @Test("the server is killed again and again while a program prints: it never stops, and no line is lost")
    func serverKilled() async throws {
        let team = try await Team()
        var watcher = try await team.attach("alice")
        let lines = try await NumberedLines(in: watcher, of: team)
        for _ in 0..<Self.kills {
            try await lines.wait(for: 200, on: watcher)
            try await team.server.kill()
            #expect(try await watcher.waitForExit() == .exited(255))
            watcher = try await comeBack(to: lines, team, from: watcher)
        }
        try await check(lines, team, watcher)
    }

    @Test("SIGTERM: clients get their terminals back, a sentence and 255; sessions stay, and no line is lost")
    func serverStopped() async throws {
        let team = try await Team()
        var watcher = try await team.attach("alice")
        let lines = try await NumberedLines(in: watcher, of: team)
        for _ in 0..<3 {
            try await lines.wait(for: 200, on: watcher)
            #expect(try await team.server.stop() == .exited(0))
            #expect(try await watcher.waitForExit() == .exited(255))
            #expect(watcher.transcript.text.contains("[cmdop] the server stops; the session goes on"))
            watcher = try await comeBack(to: lines, team, from: watcher)
        }
        try await check(lines, team, watcher)
    }

    @Test("SIGTERM in a full-screen program leaves the client's terminal clean, and the program as it was")
    func terminalIsGivenBack() async throws {
        let team = try await Team(["alice"])
        let alice = try await team.attach("alice")
        let shell = try await alice.value(of: "$$")
        // Alternate screen, application cursor keys, paste, mouse; a scroll region; no cursor, no wrap; colours.
        let modes = "\\e[?1049h\\e[?1h\\e[?2004h\\e[?1000h\\e[2;5r\\e[?25l\\e[?7l\\e[41;7m"
        alice.type("printf '\(modes)full-%s' $((40 + 2)); read\r")
        try await alice.waitFor("full-42")
        let before = try ShownScreen(alice)
        #expect(before.snapshot.isAlternate && !before.snapshot.modes.cursorVisible)
        #expect(try await team.server.stop() == .exited(0))
        #expect(try await alice.waitForExit() == .exited(255))
        let text = try #require(alice.transcript.text.range(of: "[cmdop] the server stops"))
        #expect(alice.transcript.text[..<text.lowerBound].contains("\u{1B}[?1049l"))
        let left = try ShownScreen(alice).snapshot
        #expect(!left.isAlternate)
        #expect(left.modes == TerminalModes())
        #expect(left.region == ScreenSnapshot.ScrollRegion(top: 0, bottom: 23))
        #expect(left.cursor.style == .plain)
        try await team.server.restart()
        let back = try await team.attach("alice")
        #expect(try ShownScreen(back).difference(from: before) == nil)
        back.type("\r")
        #expect(try await back.value(of: "$$") == shell)
    }

    @Test("a holder who comes back after kill -9 of the server has the turn again, and nobody else had it")
    func turnIsKept() async throws {
        let team = try await Team(rules: ", reattach-within: 5m")
        let alice = try await team.attach("alice")
        alice.type("echo hel")
        try await alice.waitFor("echo hel")
        try await team.server.kill()
        #expect(try await alice.waitForExit() == .exited(255))
        try await team.server.restart()
        let bob = try await team.attach("bob")
        bob.type("BOB\r")
        #expect(bob.transcript.text.contains(": the turn is kept for alice"))
        try await bob.untilShown("[cmdop] the turn is kept for alice, who lost the connection; Ctrl-] t to ask")
        let turn = try await ControlClient(team.client("bob"), "deploy").call("turn.get")
        #expect(turn["holder"] == "alice" && turn["kept"] == true && turn["attachment"] == .null)
        let back = try await team.attach("alice")
        #expect(back.transcript.text.contains(": alice steers"))
        back.type("lo-$((40 + 2))\r")
        try await bob.waitFor("hello-42")
        let record = try SessionRecord(on: team.server)
        #expect(record.turnsBegun.map(\.who) == ["alice", "alice"])
        #expect(record.turnsBegun.map(\.how) == [.typed, .resumed])
        #expect(record.turnsBegun.map(\.turn.rawValue) == [1, 1])
        #expect(record.typed(by: "bob").isEmpty)
    }

    // MARK: A program that prints

    /// Looks at what a client saw before the server went, starts the server again, and attaches.
    private func comeBack(
        to lines: NumberedLines, _ team: Team, from gone: PseudoTerminal
    ) async throws -> PseudoTerminal {
        // Without the last, which may have been cut off in its middle.
        let seen = Array(try NumberedLines.numbers(on: gone).dropLast())
        #expect(seen.count > 200)
        #expect(seen.isConsecutive, "\(seen.firstBreak)")
        #expect(lines.isPrinting)
        try await team.server.restart()
        let before = try #require(lines.numbersOnRecord().max())
        let terminal = try await team.attach("bob")
        // The greatest, because the last row may be half there.
        let shown = try #require(NumberedLines.numbers(on: terminal).max())
        #expect(shown >= before, "the first screen is older than what was printed before")
        #expect(try shown <= (lines.numbersOnRecord().max() ?? -1))
        return terminal
    }

    /// The journal has every line once and in order, and what it has is what clients show, whenever they came.
    private func check(_ lines: NumberedLines, _ team: Team, _ terminal: PseudoTerminal) async throws {
        try await lines.stop(shownBy: [terminal])
        let late = try await team.attach("alice")
        try await untilSame(late, terminal)
        let record = try SessionRecord(on: team.server)
        #expect(record.isGapless && record.isOutputContinuous)
        #expect(record.incarnations == [1])
        let numbers = try lines.numbersOnRecord()
        let last = try #require(numbers.last)
        #expect(numbers.count == last + 1 && numbers.first == 0 && numbers.isConsecutive, "\(numbers.firstBreak)")
        // Once the notice of who came is gone.
        let expected = try ShownScreen(record.output).rows
        try await eventually("the screen that the record has", seen: { terminal.transcript.tail }) {
            try ShownScreen(terminal).rows == expected
        }
        print("survival: \(numbers.count) lines on record, each once")
    }
}
