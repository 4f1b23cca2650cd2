import ScreenModel
import SessionModel
import Terminal

/// What tmux can tell of a pane.
struct TmuxScreen {
    static let format =
        ["cursor_x", "cursor_y", "alternate_on", "cursor_flag", "insert_flag", "keypad_cursor_flag", "keypad_flag"]
        + ["wrap_flag", "origin_flag", "scroll_region_upper", "scroll_region_lower", "pane_tabs"]

    /// By the names of `format`.
    private let facts: [String: String]
    /// The rows that are shown.
    private let rows: [Row]
    /// The rows of the main screen, while the other one is shown.
    private let hiddenRows: [Row]

    /// - Parameters:
    ///   - facts: the values of `format`.
    ///   - captured: what `capture-pane -e -N` printed, and for the main screen while it is hidden with `-a`.
    init(facts: String, captured: [String], hidden: [String], size: TerminalSize) {
        let values = facts.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        self.facts = Dictionary(zip(Self.format, values)) { $1 }
        rows = Self.rows(captured, size)
        hiddenRows = self.facts["alternate_on"] == "1" ? Self.rows(hidden, size) : []
    }

    /// Reads the sequences that tmux writes for styles, and SO and SI for its line drawing; they go on from row to row.
    private static func rows(_ captured: [String], _ size: TerminalSize) -> [Row] {
        let screen = Screen(size: size, scrollbackLimit: 0)
        screen.feed(Array("\u{1B})0".utf8))
        for (row, line) in captured.enumerated() { screen.feed(Array("\u{1B}[\(row + 1)H\(line)".utf8)) }
        return screen.snapshot(at: .start, scrollbackRows: 0).main.rows.map(comparable)
    }

    /// What tmux tells of a row: not whether it is wrapped, and nothing of what was erased at its end.
    private static func comparable(_ row: Row) -> Row {
        let end = row.cells.lastIndex { $0 != .erased($0.style) } ?? -1
        return Row(cells: Array(row.cells[...end]), marks: row.marks)
    }

    init(_ snapshot: ScreenSnapshot) {
        let (cursor, modes) = (snapshot.cursor, snapshot.modes)
        let pending = cursor.isWrapPending ? 1 : 0
        let flags = [
            snapshot.isAlternate, modes.cursorVisible, modes.insert, modes.applicationCursorKeys,
            modes.applicationKeypad, modes.autowrap, cursor.origin,
        ]
        let values =
            [cursor.position.column + pending, cursor.position.row].map(String.init) + flags.map { $0 ? "1" : "0" }
            + [String(snapshot.region.top), String(snapshot.region.bottom)]
            + [snapshot.tabStops.map(String.init).joined(separator: ",")]
        facts = Dictionary(zip(Self.format, values)) { $1 }
        rows = snapshot.shown.rows.map(Self.comparable)
        hiddenRows = snapshot.isAlternate ? snapshot.main.rows.map(Self.comparable) : []
    }

    /// What differs, in words; nothing if nothing does.
    func difference(from other: TmuxScreen) -> String? {
        for name in Self.format where facts[name] != other.facts[name] {
            return "\(name) \(facts[name] ?? "-") / \(other.facts[name] ?? "-")"
        }
        guard rows.count == other.rows.count, hiddenRows.count == other.hiddenRows.count else { return "rows" }
        for (index, (mine, theirs)) in zip(rows + hiddenRows, other.rows + other.hiddenRows).enumerated() {
            if mine.text != theirs.text {
                return "row \(index): \(mine.text.debugDescription) / \(theirs.text.debugDescription)"
            }
            guard mine != theirs else { continue }
            let column = zip(mine.cells, theirs.cells).enumerated().first { $1.0 != $1.1 }
            let what = column.map { "column \($0) \(Self.text($1.0)) / \(Self.text($1.1))" } ?? "marks or length"
            return "row \(index) \(mine.text.debugDescription): \(what)"
        }
        return nil
    }

    private static func text(_ cell: Cell) -> String {
        let style = cell.style
        return "\(cell.scalar) \(style.foreground.value) \(style.background.value) \(style.attributes.rawValue) "
            + "\(style.underline)"
    }
}
