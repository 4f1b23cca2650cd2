import ScreenModel
import SessionModel
import Terminal
import Testing

/// A session's screen in windows of every size, seen by an emulator of the window's own.
struct WindowRendererTests {
    /// One window on one session, and the terminal that it is drawn on.
    private struct Window {
        let size: TerminalSize
        let terminal: Screen
        var viewport = Viewport()
        var renderer: WindowRenderer

        init(_ size: TerminalSize, colors: ColorDepth = .full) {
            self.size = size
            terminal = Screen(size: size, scrollbackLimit: 10_000)
            renderer = WindowRenderer(colors: colors)
        }

        /// Shows the image, and says what then differs from the frame.
        mutating func show(_ image: ScreenImage, _ update: ScreenUpdate) -> String? {
            let frame = viewport.frame(of: image, in: size)
            let bytes = renderer.bytes(for: frame, scrolled: update.scrolled, skippedRows: update.skippedRows)
            terminal.feed(bytes)
            return difference(from: frame)
        }

        func difference(from frame: WindowFrame) -> String? {
            let shown = terminal.snapshot(at: .start, scrollbackRows: 0)
            if shown.isAlternate != frame.isAlternate { return "the wrong one of the two screens" }
            for (index, (one, two)) in zip(shown.shown.rows, frame.rows).enumerated() {
                if one.cells != two.cells { return "row \(index): \"\(one.text)\", not \"\(two.text)\"" }
                if one.marks != two.marks { return "row \(index): marks" }
            }
            if shown.modes.cursorVisible != (frame.cursor != nil) { return "whether the cursor is visible" }
            if let cursor = frame.cursor, shown.cursor.position != cursor {
                return "cursor: \(shown.cursor.position), not \(cursor)"
            }
            let (mine, theirs) = (shown.modes, frame.modes)
            let same =
                mine.applicationCursorKeys == theirs.applicationCursorKeys && mine.reverseVideo == theirs.reverseVideo
                && mine.applicationKeypad == theirs.applicationKeypad && mine.bracketedPaste == theirs.bracketedPaste
                && mine.cursorShape == theirs.cursorShape
            return same ? nil : "modes"
        }
    }

    private static func size(_ generator: inout StreamGenerator) -> TerminalSize {
        TerminalSize(columns: 1 + generator.below(30), rows: 1 + generator.below(12)) ?? .standard
    }

    @Test("a window of any size shows its part of the screen, cell for cell, after every update")
    func anyWindow() throws {
        for seed in 0..<1_500 {
            var generator = StreamGenerator(seed: UInt64(seed))
            let source = Screen(size: Self.size(&generator), scrollbackLimit: 1_000)
            var windows = [Window(source.size)] + (0..<2).map { _ in Window(Self.size(&generator)) }
            var image = ScreenImage(source.snapshot(at: .start, scrollbackRows: 0))
            for step in 0..<6 {
                let before = source.scrolledRows
                source.feed(generator.stream(tokens: 1 + generator.below(40)))
                if step == 3 { source.resize(to: Self.size(&generator)) }
                let now = ScreenImage(source.snapshot(at: .start, scrollbackRows: 0))
                let (scrolled, skipped) = source.scrolled(since: before, limit: 30)
                let update = ScreenUpdate(from: image, to: now, scrolled: scrolled, skippedRows: skipped)
                image.apply(update)
                try #require(image == now, "seed \(seed): an update brings what changed")
                for index in windows.indices {
                    let difference = windows[index].show(image, update)
                    try #require(
                        difference == nil, "seed \(seed), step \(step), \(windows[index].size) on \(image.size)")
                }
            }
        }
    }

    @Test("lines that scroll off enter the window's own scrollback, once each and in order, whatever its size")
    func scrollback() throws {
        for (columns, rows) in [(20, 6), (9, 3), (40, 12), (20, 3), (60, 6)] {
            let size = try #require(TerminalSize(columns: 20, rows: 6))
            let source = Screen(size: size, scrollbackLimit: 1_000)
            var window = Window(try #require(TerminalSize(columns: columns, rows: rows)))
            var image = ScreenImage(source.snapshot(at: .start, scrollbackRows: 0))
            var (line, generator) = (0, StreamGenerator(seed: 1))
            for _ in 0..<40 {
                let before = source.scrolledRows
                for _ in 0..<generator.below(20) {
                    source.feed(Array("line \(line)\r\n".utf8))
                    line += 1
                }
                let now = ScreenImage(source.snapshot(at: .start, scrollbackRows: 0))
                let (scrolled, skipped) = source.scrolled(since: before, limit: 100)
                let update = ScreenUpdate(from: image, to: now, scrolled: scrolled, skippedRows: skipped)
                image.apply(update)
                #expect(window.show(image, update) == nil)
            }
            let expected = source.snapshot(at: .start, scrollbackRows: 1_000).scrollback.map(\.text)
            let seen = window.terminal.snapshot(at: .start, scrollbackRows: 1_000).scrollback.map(\.text)
            #expect(expected.count > 100)
            #expect(seen == expected, "a window of \(columns) x \(rows)")
        }
    }

    @Test("a line that is longer than the window goes into its scrollback whole, and a gap is marked")
    func longLine() throws {
        var window = Window(try #require(TerminalSize(columns: 30, rows: 2)))
        let source = Screen(size: .standard, scrollbackLimit: 10)
        let image = ScreenImage(source.snapshot(at: .start, scrollbackRows: 0))
        let long = Row(cells: (0..<70).map { Cell(Unicode.Scalar(UInt8(0x41 + $0 % 26))) })
        let update = ScreenUpdate(
            from: image, to: image, scrolled: [long, Row(cells: [])], skippedRows: 3)
        #expect(window.show(image, update) == nil)
        let seen = window.terminal.snapshot(at: .start, scrollbackRows: 10).scrollback.map(\.text)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        #expect(
            seen == [
                "[cmdop] 3 lines are not shown", alphabet + "ABCD", "EFGHIJKLMNOPQRSTUVWXYZABCDEFGH", "IJKLMNOPQR", "",
            ])
    }

    @Test("a key press costs a few bytes, and a screen that did not change none")
    func small() throws {
        let source = Screen(size: .standard, scrollbackLimit: 10)
        var window = Window(.standard)
        source.feed(Array("$ ".utf8))
        var image = ScreenImage(source.snapshot(at: .start, scrollbackRows: 0))
        _ = window.renderer.bytes(for: window.viewport.frame(of: image, in: window.size))
        source.feed(Array("l".utf8))
        image = ScreenImage(source.snapshot(at: .start, scrollbackRows: 0))
        #expect(window.renderer.bytes(for: window.viewport.frame(of: image, in: window.size)) == Array("l".utf8))
        #expect(window.renderer.bytes(for: window.viewport.frame(of: image, in: window.size)).isEmpty)
        source.feed(Array("\u{1B}[10;10Hx".utf8))
        image = ScreenImage(source.snapshot(at: .start, scrollbackRows: 0))
        #expect(window.renderer.bytes(for: window.viewport.frame(of: image, in: window.size)).count < 40)
    }

    @Test("a larger window shows the screen top left with its border, a smaller one the part around the cursor")
    func windows() throws {
        let source = Screen(size: try #require(TerminalSize(columns: 8, rows: 3)), scrollbackLimit: 10)
        source.feed(Array("one\r\ntwo\r\nthree".utf8))
        let image = ScreenImage(source.snapshot(at: .start, scrollbackRows: 0))
        var viewport = Viewport()
        let large = viewport.frame(of: image, in: try #require(TerminalSize(columns: 12, rows: 5)))
        #expect(large.rows.map(\.text) == ["one     │", "two     │", "three   │", "────────┘", ""])
        viewport = Viewport()
        let small = viewport.frame(of: image, in: try #require(TerminalSize(columns: 4, rows: 2)))
        #expect(small.rows.map(\.text) == ["", "ee"])
        #expect(small.cursor == Position(row: 1, column: 2))
        source.feed(Array("\u{1B}[H".utf8))
        let top = viewport.frame(
            of: ScreenImage(source.snapshot(at: .start, scrollbackRows: 0)), in: small.size)
        #expect(top.rows.map(\.text) == ["one", "two"])
    }

    @Test("a terminal of few colours gets the nearest of those it has, one of none gets none")
    func colors() throws {
        let source = Screen(size: try #require(TerminalSize(columns: 8, rows: 1)), scrollbackLimit: 0)
        source.feed(Array("\u{1B}[38;5;196;48;2;10;10;10;1;3mx".utf8))
        let image = ScreenImage(source.snapshot(at: .start, scrollbackRows: 0))
        for (depth, foreground) in [(ColorDepth.basic, Color(index: 9)), (.none, .default)] {
            var window = Window(source.size, colors: depth)
            window.terminal.feed(window.renderer.bytes(for: window.viewport.frame(of: image, in: window.size)))
            let style = try #require(
                window.terminal.snapshot(at: .start, scrollbackRows: 0).main.rows[0].cells.first
            ).style
            #expect(style.foreground == foreground)
            #expect(style.attributes == .bold)
        }
    }

    @Test("an update from a host that lies never traps")
    func hostile() throws {
        var generator = StreamGenerator(seed: 3)
        let source = Screen(size: .standard, scrollbackLimit: 10)
        var image = ScreenImage(source.snapshot(at: .start, scrollbackRows: 0))
        var window = Window(.standard)
        for _ in 0..<2_000 {
            let size = Self.size(&generator)
            var cursor = CursorState()
            cursor.position = Position(row: generator.below(2_000) - 50, column: generator.below(2_000) - 50)
            let changed = (0..<generator.below(5)).map { _ in
                let contents = (0..<generator.below(40)).map { _ in
                    Cell(content: UInt32(generator.below(1 << 24)), style: .plain)
                }
                let marks = [Row.Mark(column: generator.below(99) - 20, scalars: ["\u{301}"])]
                return ScreenUpdate.ChangedRow(
                    index: generator.below(40) - 10, row: Row(cells: contents, marks: marks))
            }
            let update = ScreenUpdate(
                size: size, isAlternate: generator.below(2) == 0, cursor: cursor, modes: TerminalModes(),
                offset: .start,
                changed: changed, scrolled: changed.map(\.row), skippedRows: generator.below(9) - 3)
            image.apply(update)
            _ = window.show(image, update)
        }
    }
}
