import Foundation
import ScreenModel
import SessionModel
import TestKit
import Testing
import Wire

@Suite("What an attaching client sees")
struct AttachTests {
    @Test("the first line names session and host and who steers, and so does the title")
    func greeting() async throws {
        let team = try await Team()
        let host = try String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8)
        let name = try #require(host.split(whereSeparator: { $0 == "." || $0.isWhitespace }).first)
        let alice = try await team.attach("alice")
        let begin = "[cmdop] session deploy on \(name): "
        #expect(alice.transcript.text.contains(begin + "nobody steers; Ctrl-] d detaches\r\n"))
        #expect(alice.transcript.text.contains("\u{1B}]2;deploy@\(name): nobody steers\u{1B}\\"))
        alice.type("echo x")
        try await alice.untilSteering("alice")
        let bob = try await team.attach("bob")
        #expect(bob.transcript.text.contains(begin + "alice steers; Ctrl-] d detaches\r\n"))
    }

    @Test("colours, styles and the cursor of a late joiner are those of the first client")
    func colours() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let script = """
            for c in 1 2 3 4 5 6 7; do
                printf '\\e[3'$c'mred\\e[1;4;48;5;'$c'0mmore\\e[0m \\e[38;2;1;2;'$c'mtrue\\e[0m\\n'
            done
            printf '\\e[3mitalic\\e[23m \\e[9mout\\e[0m \\e(0lqk\\e(B wide '
            printf '\\xe6\\xbc\\xa2\\xe5\\xad\\x97 e\\xcc\\x81\\n'
            printf '\\e[12;40Hmiddle\\e[7m-reverse\\e[0m\\e[20;1H\\e[44mblue to the end\\e[K\\e[0m\\n'
            printf 'ready-%s' 42
            read

            """
        let file = try team.server.directory.write(script, to: "colours.sh")
        alice.type("clear; bash \(file)\r")
        try await alice.waitFor("ready-42")
        let bob = try await team.attach("bob")
        try await untilSame(alice, bob)
        #expect(try ShownScreen(bob).rows.contains { $0.contains("italic out ┌─┐ wide 漢字") })
        alice.type("\r")
        #expect(try await alice.value(of: "on") == "on")
        try await bob.waitFor("=on]")
        try await untilSame(alice, bob)
    }

    @Test("a late joiner sees a full-screen program as it is, and the screen behind it when it ends")
    func fullScreen() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let lines = (1...200).map { "row \($0)" }.joined(separator: "\n")
        let file = try team.server.directory.write(lines + "\n", to: "rows")
        alice.type("seq 1 30; echo be''hind; less \(file)\r")
        try await alice.waitFor("row 23")
        alice.type("  G")
        try await alice.waitFor("row 200")
        let bob = try await team.attach("bob")
        try await untilSame(alice, bob)
        #expect(try ShownScreen(bob).snapshot.isAlternate)
        #expect(try ShownScreen(bob).rows.contains("row 200"))
        let seen = bob.transcript.count
        alice.type("1G")
        try await bob.waitFor("row 1", from: seen)
        try await untilSame(alice, bob)
        alice.type("q")
        #expect(try await alice.value(of: "off") == "off")
        try await bob.waitFor("=off]")
        try await untilSame(alice, bob)
        #expect(try !ShownScreen(bob).snapshot.isAlternate)
        #expect(try ShownScreen(bob).rows.contains("behind"))
    }

    @Test("cursor moves, regions and modes on the alternate screen are a late joiner's too")
    func alternateScreen() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let script = """
            printf '\\e[?1049h\\e[2J\\e[5;10r\\e[?25l\\e[?1h\\e[8;3H\\e[33mfull-%s' 42
            read
            printf '\\nmore\\e[3A\\e[2Mless'
            read

            """
        alice.type("bash \(try team.server.directory.write(script, to: "full.sh"))\r")
        try await alice.waitFor("full-42")
        let bob = try await team.attach("bob")
        try await untilSame(alice, bob)
        alice.type("\r")
        try await bob.waitFor("less")
        try await untilSame(alice, bob)
        let carol = try await team.attach("bob")
        try await untilSame(alice, carol)
    }

    @Test("nothing is lost or doubled for clients that attach while a program prints")
    func whilePrinting() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let lines = try await NumberedLines(in: alice, of: team, rate: 2_000)
        try await lines.wait(for: 300, on: alice)
        var late: [PseudoTerminal] = []
        for turn in 0..<8 { late.append(try await team.attach(turn.isMultiple(of: 2) ? "bob" : "alice")) }
        for terminal in late { try await lines.wait(for: 300, on: terminal) }
        try await lines.stop(shownBy: late + [alice])
        for terminal in late + [alice] {
            try await untilSame(terminal, alice)
            let numbers = try NumberedLines.numbers(on: terminal)
            #expect(numbers.count > 300)
            #expect(numbers.isConsecutive, "\(numbers.firstBreak)")
        }
        let all = try late.map { try NumberedLines.numbers(on: $0).count }
        print("attach: \(late.count) clients joined a program that printed; lines seen, without a gap: \(all)")
    }

    @Test("the last 200 lines that scrolled off go into the client's own scrollback, before the screen")
    func scrollback() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        alice.type("for i in {1..400}; do echo line $i; done; echo th''ere\r")
        try await alice.waitFor("there")
        let bob = try await team.attach("bob")
        try await untilSame(alice, bob)
        let rows = try ShownScreen(bob).rowsWithScrollback
        let numbers = ShownScreen.numbers(in: rows, after: "line")
        #expect(numbers.last == 400)
        #expect(numbers.isConsecutive, "\(numbers.firstBreak)")
        #expect((200...223).contains(numbers.count), "\(numbers.count)")
        let greeting = rows.firstIndex { $0.hasPrefix("[cmdop] session deploy") }
        let first = rows.firstIndex { $0.hasPrefix("line ") }
        #expect(try #require(greeting) < (try #require(first)))
    }

    @Test("the holder's window is the session's size; a watcher's is not, until the watcher steers")
    func windowSizes() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        #expect(try await alice.value(of: "$(stty size)") == "24 80")
        alice.resize(columns: 100, rows: 30)
        try await alice.untilServed()
        #expect(try await alice.value(of: "$(stty size)") == "30 100")
        let bob = try await team.attach("bob", columns: 132, rows: 50)
        bob.resize(columns: 70, rows: 20)
        try await bob.untilServed()
        #expect(try await alice.value(of: "$(stty size)") == "30 100")
        let seen = bob.transcript.count
        alice.panel("x")
        try await bob.untilSteering("nobody", from: seen)
        bob.resize(columns: 71, rows: 21)
        try await bob.untilServed()
        #expect(try await bob.value(of: "$(stty size)") == "21 71")
        let sizes = try SessionRecord(on: team.server).sizes
        #expect(sizes.map(\.columns) == [80, 100, 71] && sizes.map(\.rows) == [24, 30, 21])
    }

    @Test("ssh -tt without input is a client of 0 x 0: it watches, and leaves the session its size")
    func noWindow() async throws {
        let team = try await Team()
        let script = try team.client("bob").start("deploy", flags: ["-tt"])
        script.finishInput()
        try await eventually("the greeting") { script.outputTranscript.text.contains("[cmdop] session deploy") }
        let alice = try await team.attach("alice")
        #expect(try await alice.value(of: "$(stty size)") == "24 80")
        try await eventually("what alice did") { script.outputTranscript.text.contains("=24 80]") }
        alice.type("exit 3\r")
        #expect(try await alice.waitForExit() == .exited(3))
        #expect(try await script.waitForEnd().status == .exited(3))
    }

    @Test("ssh -tt </dev/null starts a session, of the standard size")
    func startWithoutWindow() async throws {
        let team = try await Team()
        let script = try team.client("bob").start("deploy", flags: ["-tt"])
        script.write(Array("stty size; exit 5\r".utf8))
        script.finishInput()
        let run = try await script.waitForEnd()
        #expect(run.status == .exited(5))
        #expect(run.outputText.contains("24 80\r\n"))
        #expect(run.outputText.contains("[cmdop] the session deploy ended"))
    }

    @Test("the shell's exit status is ssh's, for everybody attached", arguments: [0, 7, 255])
    func exitStatus(status: Int32) async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        alice.type("exit \(status)\r")
        for terminal in [alice, bob] {
            #expect(try await terminal.waitForExit() == .exited(status))
            #expect(terminal.transcript.text.contains("[cmdop] the session deploy ended"))
        }
    }

    @Test("a shell that a signal ends is 128 and the signal")
    func exitBySignal() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        alice.type("kill -9 $$\r")
        #expect(try await alice.waitForExit() == .exited(137))
        let records = try SessionRecord(on: team.server).entries.map(\.record)
        #expect(records.contains(.ended(status: 137, signal: 9, by: nil)))
    }

    @Test("a session that ended is started anew: the second incarnation, in the same journal")
    func startedAnew() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let first = try await alice.value(of: "$$")
        alice.type("GONE=1; exit\r")
        #expect(try await alice.waitForExit() == .exited(0))
        let bob = try await team.attach("bob")
        let second = try await bob.value(of: "$$${GONE-}")
        #expect(second != first)
        #expect(!team.isRunning(first))
        let record = try SessionRecord(on: team.server)
        #expect(record.isGapless && record.isOutputContinuous)
        #expect(record.incarnations == [1, 2])
        #expect(record.turnsBegun.map(\.turn.rawValue) == [1, 2])
        #expect(record.turnsBegun.map(\.who) == ["alice", "bob"])
    }
}
