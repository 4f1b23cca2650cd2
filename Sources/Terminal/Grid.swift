import ScreenModel

/// What libvterm's callbacks write into: both screens, and how the next glyph looks.
///
/// Reached through an unmanaged reference while a call to libvterm is under way. It notes and never calls back.
final class Grid {
    private(set) var main: ScreenBuffer
    private(set) var alternate: ScreenBuffer?
    private(set) var active: ScreenBuffer
    private(set) var scrollback: Scrollback
    /// Whether rows that scroll off now are kept: not those that a program deletes.
    var keepsScrolled = true
    let canvas: UnsafeMutablePointer<Canvas>

    init(columns: Int, rows: Int, scrollback: Scrollback) {
        main = ScreenBuffer(columns: columns, rows: rows)
        active = main
        self.scrollback = scrollback
        canvas = .allocate(capacity: 1)
        canvas.initialize(to: Canvas(grid: Unmanaged.passUnretained(self)))
        show(main)
    }

    deinit { canvas.deallocate() }

    private func show(_ buffer: ScreenBuffer) {
        active = buffer
        canvas.pointee.columns = buffer.columns
        canvas.pointee.rows = buffer.rows
        canvas.pointee.lines = buffer.lines
        canvas.pointee.hasMarks = buffer.hasMarks
    }

    var columns: Int { canvas.pointee.columns }
    var rows: Int { canvas.pointee.rows }
    var isWrapPending: Bool { canvas.pointee.isWrapPending }

    var style: Style {
        get { canvas.pointee.style }
        set { canvas.pointee.style = newValue }
    }

    func beginText(at column: Int) { canvas.pointee.textColumn = column }

    func cancelWrap() { canvas.pointee.isWrapPending = false }

    func addMark(_ scalar: Unicode.Scalar, row: Int, column: Int) {
        active.addMark(scalar, row: row, column: column)
        canvas.pointee.hasMarks = true
    }

    /// Writes printable UTF-8 from a place on, as much as ends before the last column.
    ///
    /// Answers where the rest of it begins, and the cursor's column then.
    func putRun(_ bytes: UnsafeRawBufferPointer, from start: Int, row: Int, column: Int) -> (next: Int, column: Int) {
        let (buffer, end) = (active, columns - 1)
        var (index, place) = (start, column)
        while index < bytes.count, place < end {
            if bytes[index] < 0x80 {
                let count = min(Tokenizer.endOfASCII(bytes, from: index) - index, end - place)
                buffer.putASCII(bytes, from: index, row: row, place..<place + count, style: style)
                index += count
                place += count
            } else {
                let (value, length) = UTF8Decoding.valid(bytes, at: index)
                let width = GlyphWidth.isOldWide(value) ? 2 : 1
                guard place + width <= end else { break }
                buffer.put(value, width: width, row: row, column: place, style: style)
                index += length
                place += width
            }
        }
        // Where one glyph fills the row, writing it again only renews a pending wrap.
        if column == 0, place > 0, columns > 2 { buffer.setWrapped(row, false) }
        return (index, place)
    }

    // MARK: What libvterm tells

    func put(_ scalar: UInt32, width: Int, row: Int, column: Int, isWrapping: Bool) {
        let style = style
        if canvas.pointee.isInserting { active.shift(row: row, column..<columns, by: -width, style: style) }
        // Where one glyph fills the row, writing it again only renews a pending wrap.
        if isWrapping || (column == 0 && columns > 2) { active.setWrapped(row, isWrapping) }
        active.put(scalar, width: width, row: row, column: column, style: style)
    }

    func erase(rows: Range<Int>, columns: Range<Int>) {
        let columns = columns.clamped(to: 0..<self.columns)
        for row in rows.clamped(to: 0..<self.rows) { active.erase(row: row, columns, style: style) }
    }

    func scroll(rows: Range<Int>, columns: Range<Int>, down: Int, right: Int) {
        let rows = rows.clamped(to: 0..<self.rows)
        let columns = columns.clamped(to: 0..<self.columns)
        if canvas.pointee.isMuted { return }
        if right != 0 {
            for row in rows { active.shift(row: row, columns, by: right, style: style) }
            return
        }
        let isKept = down > 0 && rows.lowerBound == 0 && keepsScrolled && active === main
        if isKept {
            for row in 0..<min(down, rows.count) { keep(row) }
        }
        active.scroll(rows, by: down, style: style)
        canvas.pointee.hasMarks = active.hasMarks
        // What lost the row above it continues nothing.
        if !isKept {
            let orphan = down > 0 ? rows.lowerBound : min(rows.lowerBound - down, self.rows - 1)
            active.setWrapped(orphan, false)
        }
        if rows.upperBound < self.rows { active.setWrapped(rows.upperBound, false) }
    }

    func clearScrollback() {
        scrollback.removeAll()
        main.setWrapped(0, false)
    }

    private func keep(_ row: Int) {
        let cells = UnsafeBufferPointer(start: main.line(row), count: main.columns)
        scrollback.append(cells, marks: main.marks(row), isWrapped: main.isWrapped(row))
    }

    // MARK: What the emulator does

    func showAlternate() {
        guard alternate == nil else { return }
        let buffer = ScreenBuffer(columns: columns, rows: rows, style: style)
        alternate = buffer
        show(buffer)
    }

    func showMain() {
        show(main)
        alternate = nil
    }

    /// Cuts or grows both screens; answers how many rows went off the top of the one that is shown.
    func resize(columns: Int, rows: Int, cursorRow: Int) -> Int {
        let mainCursor = alternate == nil ? cursorRow : main.saved?.position.row ?? 0
        let top = max(0, mainCursor - rows + 1)
        for row in 0..<top { keep(row) }
        main = main.resized(columns: columns, rows: rows, from: top)
        guard let old = alternate else {
            show(main)
            return top
        }
        let alternateTop = max(0, cursorRow - rows + 1)
        let new = old.resized(columns: columns, rows: rows, from: alternateTop)
        alternate = new
        show(new)
        return alternateTop
    }
}
