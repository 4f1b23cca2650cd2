import ScreenModel
import SessionModel
import Testing

struct SnapshotRendererTests {
    private func snapshot(_ change: (inout ScreenSnapshot) -> Void = { _ in }) throws -> ScreenSnapshot {
        let size = try #require(TerminalSize(columns: 4, rows: 2))
        let row = Row(cells: [Cell("a"), Cell("b", style: Style(attributes: .bold)), .blank, .blank])
        var snapshot = ScreenSnapshot(
            size: size, main: .init(rows: [row, Row(cells: Array(repeating: .blank, count: 4))]), alternate: nil,
            cursor: CursorState(position: Position(row: 1, column: 2)), modes: TerminalModes(),
            region: .init(top: 0, bottom: 1), tabStops: [], title: "", scrollback: [Row(cells: [Cell("z")])],
            offset: .start)
        change(&snapshot)
        return snapshot
    }

    private func text(_ snapshot: ScreenSnapshot, scrollbackRows: Int = 0, includesMouse: Bool = false) -> String {
        let bytes = SnapshotRenderer.bytes(for: snapshot, scrollbackRows: scrollbackRows, includesMouse: includesMouse)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("rows are printed in order, after the scrollback that is asked for")
    func rows() throws {
        let snapshot = try snapshot()
        #expect(text(snapshot).contains("\u{1B}[K\u{1B}[Ha\u{1B}[0;1mb\u{1B}[0m\r\n"))
        #expect(text(snapshot, scrollbackRows: 9).contains("\u{1B}[Hz\r\na\u{1B}[0;1mb"))
        #expect(text(snapshot).contains("\u{1B}[2;3H"))
    }

    @Test("mouse and focus reporting are turned on only for the holder")
    func mouse() throws {
        let snapshot = try snapshot {
            $0.modes.mouse = .drag
            $0.modes.mouseEncoding = .sgr
            $0.modes.focusReporting = true
        }
        #expect(!text(snapshot).contains("\u{1B}[?1002h"))
        #expect(text(snapshot, includesMouse: true).hasSuffix("\u{1B}[?1002h\u{1B}[?1006h\u{1B}[?1004h"))
        let bytes = SnapshotRenderer.mouseBytes(for: snapshot.modes)
        #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("\u{1B}[?1002h\u{1B}[?1006h\u{1B}[?1004h"))
    }

    @Test("nothing that is sent makes a terminal answer")
    func silent() throws {
        for part in text(try snapshot()).split(separator: "\u{1B}") {
            #expect(part.last != "c" && part.last != "n" && !part.hasPrefix("P"), "\(part)")
        }
    }

    @Test("an orderly end turns off what may be on, and gives the title back")
    func reset() {
        let end = String(decoding: TerminalReset.end, as: UTF8.self)
        for mode in [1, 9, 1_000, 1_002, 1_003, 1_004, 1_006, 1_049, 2_004] {
            #expect(end.contains("\u{1B}[?\(mode)l"))
        }
        #expect(end.contains("\u{1B}[?25h") && end.contains("\u{1B}[?7h") && end.contains("\u{1B}[r"))
        #expect(end.hasSuffix("\u{1B}[23;2t"))
        #expect(String(decoding: TerminalReset.begin, as: UTF8.self) == "\u{1B}[22;2t")
    }
}
