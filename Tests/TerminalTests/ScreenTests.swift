import ScreenModel
import SessionModel
import Terminal
import Testing

struct ScreenTests {
    @Test("text wraps at the margin, scrolls, and what scrolled off is kept")
    func wrapAndScroll() throws {
        let fixture = try TerminalFixture(columns: 5, rows: 2)
        let screen = fixture.screen("abcdefg\r\nh\r\ni")
        #expect(screen.text == ["h", "i"])
        let snapshot = fixture.snapshot(screen)
        #expect(snapshot.scrollback.map(\.text) == ["abcde", "fg"])
        #expect(snapshot.scrollback.map(\.isWrapped) == [false, true])
    }

    @Test("the last column leaves a wrap pending, and a cursor movement forgets it")
    func pendingWrap() throws {
        let fixture = try TerminalFixture(columns: 5, rows: 3)
        let screen = fixture.screen("abcde")
        #expect(screen.cursor == Position(row: 0, column: 4))
        #expect(fixture.snapshot(screen).cursor.isWrapPending)
        screen.feed(Array("\u{1B}[AX\nY".utf8))
        #expect(screen.text == ["abcdX", "    Y", ""])
    }

    @Test("wide characters, combining marks and emoji take the columns that terminals give them")
    func widths() throws {
        let screen = try TerminalFixture(columns: 10, rows: 2).screen("漢e\u{301}🥳|")
        #expect(screen.text(row: 0) == "漢e\u{301}🥳|")
        #expect(screen.cursor.column == 6)
        screen.feed(Array("\u{1B}[2Gx".utf8))
        #expect(screen.text(row: 0) == " xe\u{301}🥳|")
    }

    @Test("a combining mark after the last column stays on its row")
    func markAtMargin() throws {
        let screen = try TerminalFixture(columns: 3, rows: 2).screen("abe")
        screen.feed(Array("\u{301}".utf8))
        #expect(screen.text == ["abe\u{301}", ""])
    }

    @Test("the alternate screen comes and goes, and the main one is as it was")
    func alternate() throws {
        let screen = try TerminalFixture(columns: 10, rows: 3).screen("one\r\ntwo\u{1B}[?1049h\u{1B}[Hvim")
        #expect(screen.isAlternate)
        #expect(screen.text == ["vim", "", ""])
        screen.feed(Array("\u{1B}[?1049l!".utf8))
        #expect(screen.text == ["one", "two!", ""])
    }

    @Test("colours and attributes are kept as they were asked for")
    func style() throws {
        let fixture = try TerminalFixture(columns: 4, rows: 1)
        let text = "\u{1B}[1;3;4:3;38;5;200;48:2::1:2:3mA\u{1B}[22;23;24;39;49;2;9mB\u{1B}[mC"
        let cells = fixture.snapshot(fixture.screen(text)).main.rows[0].cells
        let curly = Style(
            foreground: Color(index: 200), background: Color(red: 1, green: 2, blue: 3), attributes: [.bold, .italic],
            underline: .curly)
        #expect(cells[0] == Cell("A", style: curly))
        #expect(cells[1] == Cell("B", style: Style(attributes: [.faint, .strike])))
        #expect(cells[2] == Cell("C"))
    }

    @Test("rows that are scrolled within margins or deleted do not go into the scrollback")
    func margins() throws {
        let screen = try TerminalFixture(columns: 4, rows: 4).screen("a\r\nb\r\nc\r\nd\u{1B}[2;3r\u{1B}[3;1H\n\nx")
        #expect(screen.text == ["a", "", "x", "d"])
        screen.feed(Array("\u{1B}[r\u{1B}[H\u{1B}[M".utf8))
        #expect(screen.text == ["", "x", "d", ""])
        #expect(screen.scrollbackCount == 0)
    }

    @Test("characters are inserted and deleted in a row outside of the margins, too")
    func editOutsideMargins() throws {
        let screen = try TerminalFixture(columns: 6, rows: 4).screen("abcdef\u{1B}[2;3r\u{1B}[1;2H")
        screen.feed(Array("\u{1B}[2P\u{1B}[3G\u{1B}[@".utf8))
        #expect(screen.text(row: 0) == "ad ef")
    }

    @Test("line drawing characters are shown as what they draw")
    func lineDrawing() throws {
        let screen = try TerminalFixture(columns: 8, rows: 1).screen("\u{1B}(0lqk\u{1B}(Bq\u{1B})0\u{E}x\u{F}x")
        #expect(screen.text(row: 0) == "┌─┐q│x")
    }

    @Test("a smaller window keeps the cursor's row, and margins and saved cursors fit it")
    func resize() throws {
        let screen = try TerminalFixture(columns: 10, rows: 4).screen("a\r\nb\r\nc\r\nd\u{1B}7\u{1B}[3;4r\u{1B}[4;2H")
        screen.resize(to: try #require(TerminalSize(columns: 3, rows: 2)))
        #expect(screen.text == ["c", "d"])
        screen.feed(Array("\u{1B}8e\u{1B}[S".utf8))
        #expect(screen.text == ["de", ""])
        #expect(screen.scrollbackCount == 3)
    }

    @Test("rows that scrolled off are counted for good, and given since a count, the newest if there are too many")
    func scrolled() throws {
        let fixture = try TerminalFixture(columns: 10, rows: 2)
        let screen = Screen(size: fixture.size, scrollbackLimit: 3)
        screen.feed(Array("a\r\nb\r\nc\r\nd".utf8))
        #expect(screen.scrolledRows == 2)
        #expect(screen.scrolled(since: 1, limit: 10).rows.map(\.text) == ["b"])
        screen.feed(Array("\r\ne\r\nf\r\ng".utf8))
        #expect(screen.scrolledRows == 5)
        let limited = screen.scrolled(since: 1, limit: 2)
        #expect(limited.rows.map(\.text) == ["d", "e"] && limited.skipped == 2)
        let dropped = screen.scrolled(since: 0, limit: 10)
        #expect(dropped.rows.map(\.text) == ["c", "d", "e"] && dropped.skipped == 2)
        screen.feed(Array("\u{1B}[3J".utf8))
        #expect(screen.scrolledRows == 5)
        screen.feed(Array("\r\nh".utf8))
        let cleared = screen.scrolled(since: 4, limit: 10)
        #expect(cleared.rows.map(\.text) == ["f"] && cleared.skipped == 1)
        #expect(screen.scrolled(since: 99, limit: 10).rows.isEmpty)
    }

    @Test("rows of the alternate screen do not count as scrolled off, and the title stays the session's to know")
    func notScrolled() throws {
        let screen = try TerminalFixture(columns: 10, rows: 2).screen("\u{1B}]2;name\u{7}\u{1B}[?1049ha\r\nb\r\nc")
        #expect(screen.scrolledRows == 0 && screen.title == "name")
    }

    @Test(
        "with a wrap pending, the cursor is in the last column, as in xterm",
        arguments: [
            ("\u{1B}[K", ["abcdX", "", ""]), ("\u{1B}[X", ["abcdX", "", ""]), ("\u{1B}[D", ["abcXe", "", ""]),
            ("\t", ["abcde", "X", ""]), ("\u{1B}[I", ["abcde", "X", ""]), ("\u{1B}7\u{1B}8", ["abcde", "X", ""]),
            ("\u{1B}[1m", ["abcde", "X", ""]), ("\n", ["abcde", "    X", ""]), ("\u{1B}[b", ["abcde", "eX", ""]),
        ])
    func pendingWrap(sequence: String, rows: [String]) throws {
        #expect(try TerminalFixture(columns: 5, rows: 3).screen("abcde\(sequence)X").text == rows)
    }

    @Test(
        "wide characters that are moved whole stay whole, and what is cut in half goes",
        arguments: [
            ("\u{1B}[3G\u{1B}[2@", "漢  字仮"), ("\u{1B}[3G\u{1B}[2P", "漢仮名"), ("\u{1B}[3G\u{1B}[P", "漢 仮名"),
            ("\u{1B}[3G\u{1B}[4hx", "漢x字仮"), ("\u{1B}[4G\u{1B}[@", "漢   仮"), ("\u{1B}[4G\u{1B}[P", "漢 仮名"),
        ])
    func wideCharactersMoved(sequence: String, row: String) throws {
        #expect(try TerminalFixture(columns: 8, rows: 1).screen("漢字仮名\(sequence)").text(row: 0) == row)
    }

    @Test("scrollback is bounded in rows and in bytes")
    func scrollbackLimits() throws {
        let size = try #require(TerminalSize(columns: 80, rows: 2))
        let few = Screen(size: size, scrollbackLimit: 10)
        let small = Screen(size: size, scrollbackLimit: 100_000, scrollbackBytes: 10_000)
        for line in 0..<5_000 {
            let text = Array("\u{1B}[3\(line % 8)mline \(line)\r\n".utf8)
            few.feed(text)
            small.feed(text)
        }
        #expect(few.scrollbackCount == 10)
        #expect(small.scrollbackBytes <= 10_000 && small.scrollbackCount > 20)
        #expect(few.snapshot(at: .start, scrollbackRows: 1).scrollback.map(\.text) == ["line 4998"])
    }

    @Test(
        "programs are answered by the screen",
        arguments: [
            ("\u{1B}[c", "\u{1B}[?62;22c"), ("\u{1B}[>c", "\u{1B}[>0;100;0c"), ("\u{1B}[5n", "\u{1B}[0n"),
            ("ab\u{1B}[6n", "\u{1B}[1;3R"), ("\u{1B}[2;3r\u{1B}[?6h\u{1B}[6n", "\u{1B}[1;1R"),
            ("\u{1B}[?2004h\u{1B}[?2004$p", "\u{1B}[?2004;1$y"), ("\u{1B}[?777$p", "\u{1B}[?777;0$y"),
            ("\u{1B}[1;31m\u{1B}P$qm\u{1B}\\", "\u{1B}P1$r0;1;31m\u{1B}\\"),
            ("\u{1B}]11;?\u{7}", "\u{1B}]11;rgb:0000/0000/0000\u{1B}\\"), ("\u{1B}[21t\u{1B}[?u", ""),
            ("\u{1B}[18t", "\u{1B}[8;6;20t"), ("\u{1B}[>q", "\u{1B}P>|cmdop\u{1B}\\"),
        ])
    func replies(query: String, answer: String) throws {
        let screen = try TerminalFixture().screen(query)
        #expect(String(decoding: screen.takeReplies(), as: UTF8.self) == answer)
        #expect(screen.takeReplies().isEmpty)
    }
}
