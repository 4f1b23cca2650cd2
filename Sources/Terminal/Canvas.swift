import ScreenModel

/// What writing one glyph needs, in allocated memory: libvterm keeps its address, and every glyph goes through it.
struct Canvas {
    /// Where everything goes that is not a plain glyph on a plain place.
    let grid: Unmanaged<Grid>
    var columns = 0
    var rows = 0
    /// The shown screen's rows, in their order.
    var lines: UnsafeMutablePointer<UnsafeMutablePointer<Cell>>?
    var style = Style.plain
    var autowrap = true
    var isInserting = false
    /// Whether glyphs are written: not those that only move libvterm's cursor.
    var isMuted = false
    /// Whether the shown screen has combining marks.
    var hasMarks = false
    /// Replaces the glyph that libvterm is given in place of one that it does not know.
    var substitute: UInt32?
    var isWrapPending = false
    /// Where the next glyph goes if no line is wrapped.
    var textColumn = 0

    /// Whether a glyph is only a cell.
    var isPlain: Bool { !(isInserting || isMuted || hasMarks) && substitute == nil }
}

extension UnsafeMutablePointer<Canvas> {
    /// A glyph from libvterm; what it says is checked, not believed.
    ///
    /// Of the pointer, not of the value: no access to the value is held while the grid is called.
    @inline(__always)
    func put(_ scalar: UInt32, width: Int, row: Int, column: Int) {
        guard row >= 0, row < pointee.rows, column >= 0, column < pointee.columns, let lines = pointee.lines else {
            return
        }
        let cell = lines[row] + column
        let end = column + width
        guard column > 0, width >= 1, width <= 2, end <= pointee.columns, cell.pointee.content < Cell.wideFlag,
            cell[width - 1].content < Cell.wideFlag, pointee.isPlain
        else { return slowPut(scalar, width: width, row: row, column: column) }
        pointee.textColumn = end
        pointee.isWrapPending = pointee.autowrap && end == pointee.columns
        if width == 1 {
            cell.pointee = Cell(content: scalar, style: pointee.style)
        } else {
            cell.pointee = Cell(content: scalar | Cell.wideFlag, style: pointee.style)
            cell[1] = .continuation(pointee.style)
        }
    }

    private func slowPut(_ scalar: UInt32, width: Int, row: Int, column: Int) {
        let width = Swift.min(Swift.max(width, 1), Swift.min(2, pointee.columns - column))
        let isWrapping = column == 0 && (pointee.isWrapPending || pointee.textColumn != 0)
        pointee.textColumn = column + width
        pointee.isWrapPending = pointee.autowrap && pointee.textColumn >= pointee.columns
        if pointee.isMuted { return }
        pointee.grid.takeUnretainedValue().put(
            pointee.substitute ?? scalar, width: width, row: row, column: column, isWrapping: isWrapping)
    }
}
