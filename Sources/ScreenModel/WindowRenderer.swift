import SessionModel

/// Writes the difference between what a client's terminal shows and what it is to show.
///
/// It holds what the terminal shows, and assumes nothing of it at first. After the last column the cursor's place is
/// never relied on.
package struct WindowRenderer: Sendable {
    /// Bytes above which a visible cursor is hidden while they are drawn.
    private static let hidingLimit = 160

    private let colors: ColorDepth
    /// What the terminal shows; `nil` where that is not known.
    private var held: [Row?] = []
    /// What its main screen shows while the alternate one is up.
    private var heldMain: [Row?] = []
    private var size: TerminalSize?
    private var isAlternate = false
    private var modes = TerminalModes()
    /// Where the terminal's cursor is, if that is known.
    private var position: Position?
    private var out = EscapeWriter()

    package init(colors: ColorDepth = .full) { self.colors = colors }

    /// Whether the next frame begins with a reset of the terminal, which turns off what it reports.
    package func resets(for frame: WindowFrame) -> Bool { size != frame.size }

    /// From now on nothing is known of the terminal.
    package mutating func forget() { size = nil }

    /// The bytes that make the terminal show the frame.
    ///
    /// - Parameters:
    ///   - scrolled: rows that went off the top since the last frame, for the terminal's own scrollback.
    ///   - skippedRows: how many rows before them are left out.
    package mutating func bytes(for frame: WindowFrame, scrolled: [Row] = [], skippedRows: Int = 0) -> [UInt8] {
        out = EscapeWriter()
        if size != frame.size { begin(frame.size) }
        if !isAlternate { scroll(scrolled, skippedRows, in: frame.size) }
        if isAlternate != frame.isAlternate {
            changeScreen()
            // They went off the main screen, which was not shown until now.
            if !isAlternate { scroll(scrolled, skippedRows, in: frame.size) }
        }
        for (index, row) in frame.rows.enumerated() where held[index] != row { draw(row, at: index) }
        out.set(.plain)
        let drawn = out.bytes.count
        set(frame.modes)
        finish(frame.cursor)
        guard drawn > Self.hidingLimit, frame.cursor != nil else { return out.bytes }
        return Array("\u{1B}[?25l".utf8) + out.bytes + Array("\u{1B}[?25h".utf8)
    }

    private mutating func begin(_ size: TerminalSize) {
        for byte in TerminalReset.state { out.byte(byte) }
        self.size = size
        held = Array(repeating: nil, count: size.rows)
        heldMain = held
        isAlternate = false
        modes = TerminalModes()
        position = nil
    }

    private mutating func changeScreen() {
        isAlternate.toggle()
        out.set(.plain)
        out.privateMode(1_049, isAlternate)
        if isAlternate {
            heldMain = held
            held = Array(repeating: nil, count: held.count)
        } else {
            held = heldMain
        }
        position = nil
    }

    // MARK: Scrolling

    /// Makes the terminal's top rows those that went off, and moves them into its own scrollback.
    ///
    /// Mostly they are there already, and only line feeds are sent.
    private mutating func scroll(_ scrolled: [Row], _ skippedRows: Int, in window: TerminalSize) {
        guard !scrolled.isEmpty || skippedRows > 0 else { return }
        var pieces: [Row] = skippedRows > 0 ? [Self.gap(skippedRows).cut(columns: window.columns)] : []
        for row in scrolled { pieces += Self.pieces(of: row, columns: window.columns) }
        var rest = pieces[...]
        while !rest.isEmpty {
            let part = rest.prefix(window.rows)
            rest = rest.dropFirst(part.count)
            for (index, row) in part.enumerated() where held[index] != row { draw(row, at: index) }
            // A row that comes in has the background of the moment.
            out.set(.plain)
            move(to: Position(row: window.rows - 1, column: 0))
            for _ in part { out.raw("\n") }
            held.removeFirst(part.count)
            let blank: Row? = Row(cells: Array(repeating: .blank, count: window.columns))
            held += repeatElement(blank, count: part.count)
        }
    }

    /// A row that is longer than the window takes several, so that nothing of it is lost.
    private static func pieces(of row: Row, columns: Int) -> [Row] {
        var end = row.cells.count
        while end > 0, row.cells[end - 1] == .blank { end -= 1 }
        return stride(from: 0, to: max(end, 1), by: columns).map { start in
            var piece = row.cut(from: start, columns: columns)
            piece.isWrapped = false
            return piece
        }
    }

    private static func gap(_ rows: Int) -> Row {
        let text = "[cmdop] \(rows) \(rows == 1 ? "line is" : "lines are") not shown here"
        return Row(cells: text.unicodeScalars.map { Cell($0, style: Style(attributes: .faint)) })
    }

    // MARK: Rows

    private mutating func draw(_ row: Row, at index: Int) {
        let end = Self.end(of: row)
        if let old = held[index], old.marks.isEmpty, row.marks.isEmpty, !Self.isMostlyNew(row, old, end: end) {
            drawChanges(from: old, to: row, end: end, at: index)
        } else if held[index]?.cells != row.cells || held[index]?.marks != row.marks {
            print(row, 0..<end, at: index)
            eraseRest(from: end, of: row, at: index)
        }
        held[index] = row
    }

    /// Whether so much of the row changed that it is written whole: that costs no more, and one who listens to the
    /// terminal hears words.
    private static func isMostlyNew(_ row: Row, _ old: Row, end: Int) -> Bool {
        let changed = row.cells.indices.count { row.cells[$0] != old.cells[$0] }
        return changed > 8 && changed * 3 > end
    }

    /// Where the plain blanks at the row's end begin.
    private static func end(of row: Row) -> Int {
        var end = row.cells.count
        while end > 0, row.cells[end - 1] == .blank { end -= 1 }
        return max(end, (row.marks.last?.column ?? -1) + 1)
    }

    private mutating func drawChanges(from old: Row, to row: Row, end: Int, at index: Int) {
        let width = row.cells.count
        var column = 0
        while column < width {
            guard old.cells[column] != row.cells[column] else {
                column += 1
                continue
            }
            let start = Self.wholeStart(column, old, row)
            if start >= end { return eraseRest(from: max(start, end), of: row, at: index) }
            let stop = Self.runEnd(from: column, old, row)
            print(row, start..<min(stop, max(end, start)), at: index)
            if stop > end { return eraseRest(from: end, of: row, at: index) }
            column = stop
        }
    }

    /// Equal cells that are written again rather than jumped over: a jump costs about as much.
    private static let gapLimit = 6

    /// Where a run of changes ends: before more than a few equal cells, and never within a wide character.
    private static func runEnd(from start: Int, _ old: Row, _ row: Row) -> Int {
        let width = row.cells.count
        var (end, column) = (start + 1, start + 1)
        while column < width, column - end <= gapLimit {
            if old.cells[column] != row.cells[column] { end = column + 1 }
            column += 1
        }
        while end < width, row.cells[end].isContinuation || old.cells[end].isContinuation { end += 1 }
        return end
    }

    private static func wholeStart(_ column: Int, _ old: Row, _ row: Row) -> Int {
        var start = column
        while start > 0, row.cells[start].isContinuation || old.cells[start].isContinuation { start -= 1 }
        return start
    }

    private mutating func print(_ row: Row, _ columns: Range<Int>, at index: Int) {
        guard !columns.isEmpty else { return }
        move(to: Position(row: index, column: columns.lowerBound))
        var nextMark = row.marks.firstIndex { $0.column >= columns.lowerBound } ?? row.marks.endIndex
        for column in columns {
            let cell = row.cells[column]
            if cell.isContinuation { continue }
            out.set(colors.shown(cell.style))
            out.scalar(cell.scalar)
            while nextMark < row.marks.endIndex, row.marks[nextMark].column <= column {
                for scalar in row.marks[nextMark].scalars { out.scalar(scalar) }
                nextMark += 1
            }
        }
        // Where the cursor is after the last column differs between terminals.
        position = columns.upperBound < row.cells.count ? Position(row: index, column: columns.upperBound) : nil
    }

    private mutating func eraseRest(from column: Int, of row: Row, at index: Int) {
        guard column < row.cells.count else { return }
        out.set(.plain)
        move(to: Position(row: index, column: column))
        out.raw("\u{1B}[K")
    }

    private mutating func move(to target: Position) {
        guard position != target else { return }
        out.move(to: target)
        position = target
    }

    // MARK: Cursor and modes

    private mutating func set(_ new: TerminalModes) {
        if modes.applicationCursorKeys != new.applicationCursorKeys { out.privateMode(1, new.applicationCursorKeys) }
        if modes.applicationKeypad != new.applicationKeypad { out.escape(new.applicationKeypad ? "=" : ">") }
        if modes.reverseVideo != new.reverseVideo { out.privateMode(5, new.reverseVideo) }
        if modes.bracketedPaste != new.bracketedPaste { out.privateMode(2_004, new.bracketedPaste) }
        if modes.cursorShape != new.cursorShape || modes.cursorBlinks != new.cursorBlinks {
            let shape = Int(new.cursorShape.rawValue)
            out.sequence([shape == 0 ? 0 : shape + (new.cursorBlinks ? 0 : 1)], " q")
            out.privateMode(12, new.cursorBlinks)
        }
        let visible = modes.cursorVisible
        modes = new
        modes.cursorVisible = visible
    }

    private mutating func finish(_ cursor: Position?) {
        if modes.cursorVisible != (cursor != nil) {
            modes.cursorVisible = cursor != nil
            out.privateMode(25, modes.cursorVisible)
        }
        if let cursor { move(to: cursor) }
    }
}
