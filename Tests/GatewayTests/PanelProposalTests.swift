import SessionModel
import Testing
import Wire

@testable import Gateway

@Suite("The panel's page of proposals")
struct PanelProposalTests {
    /// With the page open, and drawn.
    private func shown(_ proposals: [ProposalNotice], rows: Int = 24, columns: Int = 80) throws -> Panel {
        var panel = Panel(key: .standard)
        panel.window = try #require(TerminalSize(columns: columns, rows: rows))
        panel.proposals = proposals
        #expect(panel.type("^a") == [.redraw])
        panel.draw()
        return panel
    }

    private func decision(_ number: UInt32, _ command: String, _ isApproved: Bool) -> [Panel.Act] {
        [.decide(ProposalNumber(rawValue: number), command: command, isApproved: isApproved), .redraw]
    }

    private let long = (1...100).map { "echo \($0)" }.joined(separator: "\n")

    @Test(
        "y approves exactly what is shown, n refuses it", arguments: [("y", true), ("n", false)])
    func deciding(_ key: String, _ isApproved: Bool) throws {
        var panel = try shown([.of(4, "rm b"), .of(3, "rm\ta\n")])
        #expect(
            try PanelFixture.drawn(panel, 80, 24) == """
                 [cmdop] claude wants to run command 3 (1 other waits)
                 y approves, n refuses, Tab: next, Esc closes
                 1  rm⇥a
                 2
                """)
        #expect(panel.type(key) == decision(3, "rm\ta\n", isApproved))
        #expect(!panel.isOpen)
    }

    @Test(
        "Tab goes to the next and comes round; Esc and q decide nothing",
        arguments: ["\u{1B}", "q"])
    func next(_ closing: String) throws {
        var panel = try shown([.of(3, "a"), .of(4, "b")])
        #expect(panel.type("\t") == [.redraw])
        #expect(try PanelFixture.drawn(panel, 80, 24).contains("command 4"))
        panel.draw()
        #expect(panel.type("\t") == [.redraw])
        panel.draw()
        #expect(try PanelFixture.drawn(panel, 80, 24).contains("command 3"))
        #expect(panel.type(closing) == [.redraw])
        #expect(!panel.isOpen)
    }

    @Test("with no proposal that waits, the page says so")
    func none() throws {
        var panel = try shown([])
        #expect(try PanelFixture.drawn(panel, 80, 24).hasPrefix(" [cmdop] no command waits for approval"))
        #expect(panel.type("y") == [])
        #expect(panel.type("q") == [.redraw])
    }

    @Test("what was approved and waits is shown behind what is to be answered, and n takes it back")
    func takingBack() throws {
        var panel = try shown([.of(3, "ls", approver: "b\u{1B}ob"), .of(4, "rm a")])
        #expect(try PanelFixture.drawn(panel, 80, 24).contains("command 4 (1 other waits)"))
        #expect(panel.type("\t") == [.redraw])
        panel.draw()
        let keys = " bob approved it, and it waits; n takes it back, Tab: next, Esc closes"
        #expect(try PanelFixture.drawn(panel, 80, 24).contains(keys))
        #expect(panel.type("y\r") == [])
        #expect(panel.type("n") == decision(3, "ls", false))
        panel.proposals = [.of(3, "ls", approver: "bob")]
        #expect(panel.type("^n") == [.redraw])
        #expect(panel.type("n") == decision(3, "ls", false))
    }

    @Test("nothing is approved before the client was sent it")
    func unseen() throws {
        var panel = Panel(key: .standard)
        panel.proposals = [.of(3, "a"), .of(4, "b")]
        #expect(panel.type("^ay\r") == [.redraw])
        #expect(panel.type("y") == [])
        panel.draw()
        #expect(panel.type("\ty") == [.redraw])
        #expect(panel.type("y") == [])
        // What was drawn before the other came is no view of that.
        var before = panel
        _ = before.type("\t")
        panel.noteDrawn(before, in: before.window)
        #expect(panel.type("y") == [])
        panel.noteDrawn(panel, in: try #require(TerminalSize(columns: 40, rows: 10)))
        #expect(panel.type("y") == [])
        panel.draw()
        #expect(panel.type("y") == decision(4, "b", true))
    }

    @Test(
        "one that goes or changes while it is shown stays, says so, and can not be decided, even if it comes back",
        arguments: [
            ([], "it is gone: decided, withdrawn or too old. Esc closes"),
            ([ProposalNotice.of(3, "rm a; rm b")], "it is gone: it was changed. Esc closes"),
            ([ProposalNotice.of(4, "rm b")], "it is gone: decided, withdrawn or too old. Tab: next, Esc closes"),
        ])
    func gone(_ proposals: [ProposalNotice], _ words: String) throws {
        var panel = try shown([.of(3, "rm a")])
        panel.proposals = proposals
        panel.draw()
        let drawn = try PanelFixture.drawn(panel, 80, 24)
        #expect(drawn.contains(words) && drawn.hasSuffix(" 1  rm a"))
        #expect(panel.type("ynynyy\r") == [])
        panel.proposals = [.of(3, "rm a")]
        panel.draw()
        #expect(panel.type("y\rn") == [])
        #expect(panel.isOpen)
    }

    @Test("another that comes meanwhile changes nothing but their number")
    func another() throws {
        var panel = try shown([.of(3, "a")])
        var same = ProposalNotice.of(3, "a")
        same.expiresIn = .seconds(1)
        panel.proposals = [.of(1, "z"), same, .of(4, "b")]
        #expect(try PanelFixture.drawn(panel, 80, 24).contains("command 3 (2 others wait)"))
        #expect(panel.type("y") == decision(3, "a", true))
    }

    @Test("a command that is longer than the window is approved only after its end was shown")
    func longer() throws {
        var panel = try shown([.of(1, long)], rows: 12)
        #expect(try PanelFixture.drawn(panel, 80, 12).contains("space: on to its end, then y approves, n refuses"))
        #expect(panel.type("y\r") == [])
        for _ in 0..<9 {
            _ = panel.type(" ")
            panel.draw()
            #expect(panel.type("y") == [])
        }
        #expect(panel.type("   ") == [.redraw])
        // Shown to its end by now, but not yet to the client.
        #expect(panel.type("y") == [])
        panel.draw()
        #expect(try PanelFixture.drawn(panel, 80, 12).hasSuffix(" 100  echo 100"))
        _ = panel.type("\u{1B}[H")
        panel.draw()
        #expect(try PanelFixture.drawn(panel, 80, 12).contains(" y approves"))
        #expect(panel.type("y") == decision(1, long, true))
    }

    @Test("a notice over the last line hides it, and what it hides was not shown")
    func notice() throws {
        let nine = (1...9).map { "echo \($0)" }.joined(separator: "\n")
        var panel = Panel(key: .standard)
        panel.window = try #require(TerminalSize(columns: 80, rows: 11))
        panel.proposals = [.of(1, nine)]
        panel.show(.lineIsHidden, at: .start)
        _ = panel.type("^a")
        panel.draw()
        #expect(try !PanelFixture.drawn(panel, 80, 11).contains("echo 9"))
        #expect(panel.type("y") == [])
        _ = panel.passTime(to: Moment(sinceStart: .seconds(10)))
        panel.draw()
        #expect(try PanelFixture.drawn(panel, 80, 11).contains("echo 9"))
        #expect(panel.type("y") == decision(1, nine, true))
    }

    @Test("what is pasted approves nothing")
    func pasted() throws {
        var panel = try shown([.of(1, "ls")])
        #expect(panel.type("\u{1B}[200~y\rn\u{1B}[201~") == [])
        #expect(panel.type("y") == decision(1, "ls", true))
    }

    @Test("in a window where nothing can be read nothing is approved", arguments: [(19, 24), (80, 3), (1, 1)])
    func small(_ columns: Int, _ rows: Int) throws {
        var panel = try shown([.of(1, "ls")], rows: rows, columns: columns)
        #expect(panel.type("y") == [])
        panel.window = .standard
        #expect(panel.type("y") == [])
        panel.draw()
        #expect(panel.type("y") == decision(1, "ls", true))
    }

    @Test("a narrower window shows the whole command, in more rows")
    func narrower() throws {
        var panel = try shown([.of(1, String(repeating: "0123456789", count: 5))])
        panel.window = try #require(TerminalSize(columns: 30, rows: 12))
        let rows = try PanelFixture.drawn(panel, 30, 12).split(separator: "\n")
        #expect(rows.suffix(2) == [" 1  0123456789012345678901234", "    5678901234567890123456789"])
    }
}

@Suite("A command as it is shown")
struct PanelCommandTests {
    @Test(
        "shows everything, and nothing as something else",
        arguments: [
            ("ls -l", [" 1  ls -l"], 0), ("a\nb\n", [" 1  a", " 2  b", " 3  "], 0), ("", [" 1  "], 0),
            ("a\tb", [" 1  a⇥b"], 0), ("a⇥b", [" 1  a\\u{21e5}b"], 1),
            ("a\r\n\u{1B}[2J\u{7F}\0", [" 1  a\\x0d", " 2  \\x1b[2J\\x7f\\x00"], 4),
            ("x\u{202E}y\u{200B}\u{2066}\u{FEFF}\u{9B}", [" 1  x\\u{202e}y\\u{200b}\\u{2066}\\u{feff}\\u{9b}"], 5),
            ("a\u{A0}b\u{3000}c\u{2028}", [" 1  a\\u{a0}b\\u{3000}c\\u{2028}"], 3),
            ("\u{E000}\u{FE0F}\u{E0041}\u{3164}", [" 1  \\u{e000}\\u{fe0f}\\u{e0041}\\u{3164}"], 4),
            ("né 漢字 😀", [" 1  né 漢字 😀"], 0), ("e\u{301}", [" 1  e\u{301}"], 0),
            ("\u{301}e\n\u{301}", [" 1  \\u{301}e", " 2  \\u{301}"], 2),
            ("e\u{301}\u{301}\u{301}\u{301}\u{301}", [" 1  e\u{301}\u{301}\u{301}\u{301}\\u{301}"], 1),
            ("\u{441}at /etc/passwd", [" 1  \\u{441}at /etc/passwd"], 1), ("echo привет", [" 1  echo привет"], 0),
            ("echo \u{441}\u{43E}\u{440}", [" 1  echo \\u{441}\\u{43e}\\u{440}"], 3),
            ("rm \u{2010}rf \u{FF0F}", [" 1  rm \\u{2010}rf \\u{ff0f}"], 2), ("Ωμέγα naïve", [" 1  Ωμέγα naïve"], 0),
            ("\u{3BF}rg \u{1D5D4}b", [" 1  \\u{3bf}rg \\u{1d5d4}b"], 2),
            ("a b  \n  c", [" 1  a b\\x20\\x20", " 2    c"], 2), ("   ", [" 1  \\x20\\x20\\x20"], 3),
        ])
    func shown(_ command: String, _ lines: [String], _ escaped: Int) {
        let shown = ShownCommand(command, width: 80)
        let found = shown.lines.map { Array($0.text(width: 80).unicodeScalars) }
        #expect(found == lines.map { Array($0.unicodeScalars) })
        #expect(shown.escaped == escaped)
    }

    @Test("no line is wider than the window, and none of its characters is missing, whatever the width")
    func widths() {
        let command = String(repeating: "ab漢字\u{202E}😀 x", count: 9)
        for width in 20...90 {
            let shown = ShownCommand(command, width: width)
            #expect(shown.lines.allSatisfy { TextRow.columns(of: $0.text(width: width)) < width })
            let whole = shown.lines.map { $0.text(width: width).dropFirst(4) }.joined()
            #expect(whole == command.replacing("\u{202E}", with: "\\u{202e}"))
        }
        for width in 1...20 { #expect(!ShownCommand(command, width: width).lines.isEmpty) }
    }

    @Test("the page says how many characters stand escaped")
    func note() throws {
        var panel = Panel(key: .standard)
        panel.proposals = [.of(1, "\u{1B}\u{1B}"), .of(2, "\u{1B}")]
        _ = panel.type("^a")
        #expect(try PanelFixture.drawn(panel, 80, 24).contains(" 2 are no plain text, and stand as \\x.. or \\u{..}\n"))
        _ = panel.type("\t")
        #expect(try PanelFixture.drawn(panel, 80, 24).contains(" 1 character is no plain text, and stands as"))
    }
}
