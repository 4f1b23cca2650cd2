import ScreenModel
import SessionModel
import Wire

extension Samples {
    /// Of 4 columns and 2 rows, with something in every field.
    static let snapshot = ScreenSnapshot(
        size: TerminalSize(columns: 4, rows: 2) ?? .standard,
        main: ScreenSnapshot.Screen(
            rows: [
                Row(
                    cells: [
                        Cell("a", style: loud), Cell("e", style: loud), Cell("世", isWide: true), .continuation(.plain),
                    ],
                    marks: [Row.Mark(column: 1, scalars: ["\u{301}", "\u{308}"])]),
                Row(cells: [Cell("b"), .erased(loud), .blank, .blank], isWrapped: true),
            ], saved: savedCursor),
        alternate: ScreenSnapshot.Screen(rows: Array(repeating: blankRow(4), count: 2)),
        cursor: CursorState(position: Position(row: 1, column: 3), isWrapPending: true, style: loud),
        modes: unusualModes, region: ScreenSnapshot.ScrollRegion(top: 0, bottom: 1), tabStops: [0, 3],
        title: "vi — notes",
        scrollback: [Row(cells: []), Row(cells: [Cell("z")]), blankRow(4)], offset: StreamOffset(bytes: 1 << 40))

    /// What changes ``snapshot``, with something in every field.
    static let update = ScreenUpdate(
        size: snapshot.size, isAlternate: true, cursor: snapshot.cursor, modes: snapshot.modes,
        offset: StreamOffset(bytes: 1 << 41),
        changed: [ScreenUpdate.ChangedRow(index: 1, row: snapshot.main.rows[0])],
        scrolled: [Row(cells: [Cell("z", style: loud)]), Row(cells: [])], skippedRows: 1_000)

    static let emptyUpdate = ScreenUpdate(
        size: smallest, isAlternate: false, cursor: CursorState(), modes: TerminalModes(), offset: .start,
        changed: [], scrolled: [], skippedRows: 0)

    static let emptySnapshot = ScreenSnapshot(
        size: smallest, main: ScreenSnapshot.Screen(rows: [blankRow(1)]), alternate: nil, cursor: CursorState(),
        modes: TerminalModes(), region: ScreenSnapshot.ScrollRegion(top: 0, bottom: 0), tabStops: [], title: "",
        scrollback: [], offset: .start)

    static let loud = Style(
        foreground: Color(index: 9), background: Color(red: 1, green: 2, blue: 3), attributes: [.bold, .overline],
        underline: .dashed)

    static func blankRow(_ columns: Int) -> Row { Row(cells: Array(repeating: .blank, count: columns)) }

    private static let savedCursor: CursorState = {
        var charsets = Charsets()
        charsets.g0 = .british
        charsets.g1 = .lineDrawing
        charsets.isShifted = true
        return CursorState(position: .home, style: .plain, charsets: charsets, origin: true)
    }()

    /// Every switch is where it is not at the start.
    private static let unusualModes: TerminalModes = {
        var modes = TerminalModes()
        modes.applicationCursorKeys = true
        modes.applicationKeypad = true
        modes.autowrap = false
        modes.origin = true
        modes.insert = true
        modes.newline = true
        modes.bracketedPaste = true
        modes.reverseVideo = true
        modes.focusReporting = true
        modes.mouse = .motion
        modes.mouseEncoding = .sgr
        modes.cursorVisible = false
        modes.cursorBlinks = true
        modes.cursorShape = .bar
        return modes
    }()
}
