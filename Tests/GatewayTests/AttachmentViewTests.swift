import Foundation
import ScreenModel
import SessionModel
import Testing
import Wire

@testable import Gateway

@Suite("What an attached client is shown")
struct AttachmentViewTests {
    private static let xterm = ClientTerminal(name: "xterm-256color")
    private static let small = TerminalSize(columns: 10, rows: 3) ?? .standard

    private static func snapshot(_ size: TerminalSize = .standard, text: Character = "x") -> ScreenSnapshot {
        let row = Row(cells: Array(repeating: Cell(text.unicodeScalars.first ?? "x"), count: size.columns))
        return ScreenSnapshot(
            size: size, main: .init(rows: Array(repeating: row, count: size.rows)), alternate: nil,
            cursor: CursorState(), modes: TerminalModes(),
            region: .init(top: 0, bottom: size.rows - 1), tabStops: [], title: "", scrollback: [], offset: .start)
    }

    private static func taken(_ view: inout AttachmentView) -> String {
        var bytes: [UInt8] = []
        view.drain { part in
            bytes += part
            return part.count
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func update(_ text: Character, scrolled: Int = 0) -> ScreenUpdate {
        let size = TerminalSize.standard
        let row = Row(cells: Array(repeating: Cell(text.unicodeScalars.first ?? "x"), count: size.columns))
        return ScreenUpdate(
            size: size, isAlternate: false, cursor: CursorState(), modes: TerminalModes(), offset: .start,
            changed: [.init(index: 0, row: row)], scrolled: Array(repeating: row, count: scrolled), skippedRows: 0)
    }

    @Test("a window of the session's size gets the stream; what covers it asks for updates, and gives back after it")
    func covered() {
        var view = AttachmentView(terminal: Self.xterm, window: .standard)
        #expect(view.begin(with: Self.snapshot(), greeting: []) == nil)
        _ = Self.taken(&view)
        view.deliver(Array("one".utf8))
        view.cover(true)
        #expect(view.request() == .updates)
        #expect(view.request() == nil, "asked once")
        // Until the answer is there, the stream goes on; what updates say of the same time is not shown again.
        view.updated(Self.update("y", scrolled: 3))
        view.deliver(Array("two".utf8))
        #expect(Self.taken(&view) == "onetwo")
        view.refreshed(Self.snapshot())
        let isPending = view.isCoverPending
        #expect(isPending)
        view.deliver(Array("three".utf8))
        view.render(ScreenImage(Self.snapshot())) { $0 }
        let isStillPending = view.isCoverPending
        #expect(!isStillPending)
        #expect(!Self.taken(&view).contains("three"))
        view.cover(false)
        #expect(view.request() == .stream)
        view.updated(Self.update("z", scrolled: 2))
        view.refreshed(Self.snapshot(text: "q"))
        let back = Self.taken(&view)
        #expect(back.components(separatedBy: String(repeating: "z", count: 80)).count == 3, "lines that scrolled off")
        #expect(back.contains(String(repeating: "q", count: 80)))
        view.deliver(Array("four".utf8))
        #expect(Self.taken(&view) == "four")
    }

    @Test("a window of another size is rendered from the first byte on")
    func otherSize() {
        var view = AttachmentView(terminal: Self.xterm, window: Self.small)
        #expect(view.begin(with: Self.snapshot(), greeting: Array("hi".utf8)) == .updates)
        #expect(Self.taken(&view).hasPrefix("hi"))
        view.deliver(Array("stream".utf8))
        view.refreshed(Self.snapshot())
        view.deliver(Array("stream".utf8))
        view.render(ScreenImage(Self.snapshot(text: "n"))) { $0 }
        let shown = Self.taken(&view)
        #expect(shown.contains("nnnnnnnnnn") && !shown.contains("stream"))
        view.window = .standard
        #expect(view.request() == .stream)
    }

    @Test("a terminal that is no xterm never gets the stream")
    func noXterm() {
        var view = AttachmentView(terminal: ClientTerminal(name: "vt100"), window: .standard)
        #expect(view.begin(with: Self.snapshot(), greeting: []) == .updates)
        view.refreshed(Self.snapshot())
        #expect(view.request() == nil)
    }

    @Test("a client that is behind loses its backlog, then gets a fresh screen with the gap marked")
    func behind() {
        var view = AttachmentView(terminal: Self.xterm, window: .standard)
        _ = view.begin(with: Self.snapshot(), greeting: [])
        _ = Self.taken(&view)
        let block = [UInt8](repeating: 0x61, count: 100_000)
        for _ in 0..<10 { view.deliver(block) }
        #expect(view.request() == .stream)
        view.deliver(block)
        view.refreshed(Self.snapshot(text: "n"))
        let shown = Self.taken(&view)
        #expect(shown.contains("[cmdop] 1100 KB not shown"))
        #expect(!shown.contains("aaaa") && shown.contains("nnnn"))
    }

    @Test("rows wait for a client that reads nothing only up to a bound, and what is left out is counted")
    func bounded() {
        var view = AttachmentView(terminal: Self.xterm, window: Self.small)
        _ = view.begin(with: Self.snapshot(), greeting: [])
        view.refreshed(Self.snapshot())
        for _ in 0..<100 { view.updated(Self.update("y", scrolled: 100)) }
        _ = Self.taken(&view)
        view.render(ScreenImage(Self.snapshot())) { $0 }
        let shown = Self.taken(&view)
        #expect(shown.contains("[cmdop] 90"))
        #expect(shown.count < 200_000)
    }

    @Test("mouse and focus reporting are turned on once, off once, and on again after a redraw")
    func reporting() {
        var view = AttachmentView(terminal: Self.xterm, window: .standard)
        _ = view.begin(with: Self.snapshot(), greeting: [])
        _ = Self.taken(&view)
        let wanted = TerminalProperties(mouse: .drag, mouseEncoding: .sgr, focusReporting: true)
        view.report(wanted)
        #expect(Self.taken(&view).hasSuffix("\u{1B}[?1002h\u{1B}[?1006h\u{1B}[?1004h"))
        view.report(wanted)
        #expect(Self.taken(&view).isEmpty)
        view.cover(true)
        #expect(view.request() == .updates)
        view.refreshed(Self.snapshot())
        view.render(ScreenImage(Self.snapshot())) { $0 }
        #expect(
            Self.taken(&view).hasSuffix("\u{1B}[?1002h\u{1B}[?1006h\u{1B}[?1004h"), "the redraw begins with a reset")
        view.report(TerminalProperties())
        #expect(!Self.taken(&view).contains("h"))
    }
}
