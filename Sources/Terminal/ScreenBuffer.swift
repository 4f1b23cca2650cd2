import ScreenModel

/// The cells of one screen; rows move by their numbers, not by their cells.
///
/// A class over allocated memory: libvterm's callbacks write into it while Swift code is in a call to libvterm.
final class ScreenBuffer {
    static let marksPerCell = 8

    let columns: Int
    let rows: Int
    private let cells: UnsafeMutablePointer<Cell>
    /// The rows in their order, each by where it is stored.
    let lines: UnsafeMutablePointer<UnsafeMutablePointer<Cell>>
    private let wrapped: UnsafeMutablePointer<Bool>
    /// By stored row.
    private var marks: [Int: [Row.Mark]] = [:]
    /// What DECSC saved on this screen.
    var saved: CursorState?

    init(columns: Int, rows: Int, style: Style = .plain) {
        self.columns = columns
        self.rows = rows
        cells = .allocate(capacity: columns * rows)
        cells.initialize(repeating: .erased(style), count: columns * rows)
        lines = .allocate(capacity: rows)
        for row in 0..<rows { (lines + row).initialize(to: cells + row * columns) }
        wrapped = .allocate(capacity: rows)
        wrapped.initialize(repeating: false, count: rows)
    }

    deinit {
        cells.deallocate()
        lines.deallocate()
        wrapped.deallocate()
    }

    var hasMarks: Bool { !marks.isEmpty }

    func line(_ row: Int) -> UnsafeMutablePointer<Cell> { lines[row] }

    /// The row's number in storage, which stays its own when it moves.
    private func stored(_ row: Int) -> Int { (lines[row] - cells) / columns }

    func isWrapped(_ row: Int) -> Bool { wrapped[stored(row)] }

    func setWrapped(_ row: Int, _ isWrapped: Bool) { wrapped[stored(row)] = isWrapped }

    func marks(_ row: Int) -> [Row.Mark] { marks.isEmpty ? [] : marks[stored(row)] ?? [] }

    func row(_ row: Int) -> Row {
        let line = UnsafeBufferPointer(start: line(row), count: columns)
        return Row(cells: Array(line), marks: marks(row), isWrapped: isWrapped(row))
    }

    /// Whether there is nothing to read in the row; nothing is copied.
    func isBlank(_ row: Int) -> Bool {
        let line = UnsafeBufferPointer(start: line(row), count: columns)
        return line.allSatisfy(\.isBlank) && marks(row).isEmpty
    }

    // MARK: Writing

    /// Writes a glyph; what it cuts in half of other glyphs becomes blank.
    @inline(__always)
    func put(_ scalar: UInt32, width: Int, row: Int, column: Int, style: Style) {
        let line = line(row)
        if line[column].content >= Cell.wideFlag { split(line, at: column) }
        if !marks.isEmpty { clearMarks(row, column..<column + width) }
        line[column].style = style
        line[column].content = scalar
        guard width == 2 else { return }
        if line[column + 1].content >= Cell.wideFlag { split(line, at: column + 1) }
        line[column].content = scalar | Cell.wideFlag
        line[column + 1].style = style
        line[column + 1].content = Cell.continuationFlag
    }

    /// Writes printable ASCII, one byte a column.
    @inline(__always)
    func putASCII(
        _ bytes: UnsafeRawBufferPointer, from start: Int, row: Int, _ range: Range<Int>, style: Style
    ) {
        let line = line(row)
        if line[range.lowerBound].content >= Cell.wideFlag { split(line, at: range.lowerBound) }
        if line[range.upperBound - 1].content >= Cell.wideFlag { split(line, at: range.upperBound - 1) }
        if !marks.isEmpty { clearMarks(row, range) }
        let place = line + range.lowerBound
        // One cell whose content changes: no call for each.
        var cell = Cell(content: 0, style: style)
        for index in 0..<range.count {
            cell.content = UInt32(bytes[start + index])
            place[index] = cell
        }
    }

    /// Blanks the glyph at `column` if it is wide: both halves, in its own style.
    private func split(_ line: UnsafeMutablePointer<Cell>, at column: Int) {
        if line[column].isContinuation, column > 0 {
            line[column - 1].content = 0x20
            line[column].content = 0x20
        } else if line[column].isWide {
            line[column].content = 0x20
            if column + 1 < columns { line[column + 1].content = 0x20 }
        }
    }

    /// Blanks the glyph that `column` is the right half of: one that begins there is not cut.
    private func cut(_ line: UnsafeMutablePointer<Cell>, before column: Int) {
        if column < columns, line[column].isContinuation { split(line, at: column) }
    }

    func addMark(_ scalar: Unicode.Scalar, row: Int, column: Int) {
        var list = marks(row)
        let index = list.firstIndex { $0.column >= column } ?? list.endIndex
        if index < list.endIndex, list[index].column == column {
            guard list[index].scalars.count < Self.marksPerCell else { return }
            list[index].scalars.append(scalar)
        } else {
            list.insert(Row.Mark(column: column, scalars: [scalar]), at: index)
        }
        marks[stored(row)] = list
    }

    private func clearMarks(_ row: Int, _ range: Range<Int>) {
        guard var list = marks[stored(row)] else { return }
        list.removeAll { range.contains($0.column) }
        marks[stored(row)] = list.isEmpty ? nil : list
    }

    /// Makes place for glyphs of one column each: no half and no mark of what was there stays.
    func clear(row: Int, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        split(lines[row], at: range.lowerBound)
        split(lines[row], at: range.upperBound - 1)
        if !marks.isEmpty { clearMarks(row, range) }
    }

    // MARK: Erasing and moving

    func erase(row: Int, _ range: Range<Int>, style: Style) {
        guard !range.isEmpty else { return }
        clear(row: row, range)
        Self.fill(lines[row] + range.lowerBound, count: range.count, with: .erased(style))
        if range.count == columns { wrapped[stored(row)] = false }
    }

    /// Most of what programs do is erasing; so a cell is written as what it is in memory, 16 bytes without padding.
    private static func fill(_ start: UnsafeMutablePointer<Cell>, count: Int, with cell: Cell) {
        precondition(MemoryLayout<Cell>.size == MemoryLayout<SIMD4<UInt32>>.size)
        start.pointee = cell
        let raw = UnsafeMutableRawPointer(start)
        let words = raw.loadUnaligned(as: SIMD4<UInt32>.self)
        let two = SIMD8(lowHalf: words, highHalf: words)
        let four = SIMD16(lowHalf: two, highHalf: two)
        var index = 0
        while index + 4 <= count {
            raw.storeBytes(of: four, toByteOffset: index * MemoryLayout<Cell>.size, as: SIMD16<UInt32>.self)
            index += 4
        }
        while index < count {
            raw.storeBytes(of: words, toByteOffset: index * MemoryLayout<Cell>.size, as: SIMD4<UInt32>.self)
            index += 1
        }
    }

    func eraseAll(style: Style) {
        for row in 0..<rows { erase(row: row, 0..<columns, style: style) }
    }

    /// Moves whole rows; the ones that come in are blank. `distance` is positive where text moves up.
    func scroll(_ range: Range<Int>, by distance: Int, style: Style) {
        let count = min(abs(distance), range.count)
        guard count > 0 else { return }
        let kept = range.count - count
        let place = lines + range.lowerBound
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Cell>.self, capacity: count) { moved in
            let from = distance > 0 ? place : place + kept
            for index in 0..<count { moved[index] = from[index] }
            (distance > 0 ? place : place + count).update(from: distance > 0 ? place + count : place, count: kept)
            for index in 0..<count { (distance > 0 ? place + kept : place)[index] = moved[index] }
        }
        let fresh = distance > 0 ? range.suffix(count) : range.prefix(count)
        for row in fresh { erase(row: row, 0..<columns, style: style) }
    }

    /// Moves the cells of part of a row; `distance` is positive where text moves left.
    func shift(row: Int, _ range: Range<Int>, by distance: Int, style: Style) {
        let count = min(abs(distance), range.count)
        guard count > 0 else { return }
        let line = line(row)
        cut(line, before: range.lowerBound)
        cut(line, before: range.upperBound)
        let kept = range.count - count
        let start = line + range.lowerBound
        if distance > 0 {
            cut(line, before: range.lowerBound + count)
            start.update(from: start + count, count: kept)
        } else {
            cut(line, before: range.upperBound - count)
            (start + count).update(from: start, count: kept)
        }
        shiftMarks(row, range, by: distance)
        let emptied = distance > 0 ? range.suffix(count) : range.prefix(count)
        Self.fill(line + emptied.lowerBound, count: count, with: .erased(style))
        repair(line)
    }

    private func shiftMarks(_ row: Int, _ range: Range<Int>, by distance: Int) {
        guard !marks.isEmpty, let list = marks[stored(row)] else { return }
        let moved = list.compactMap { mark -> Row.Mark? in
            guard range.contains(mark.column) else { return mark }
            let column = mark.column - distance
            return range.contains(column) ? Row.Mark(column: column, scalars: mark.scalars) : nil
        }
        marks[stored(row)] = moved.isEmpty ? nil : moved.sorted { $0.column < $1.column }
    }

    /// Blanks halves of wide characters that lost their other half.
    private func repair(_ line: UnsafeMutablePointer<Cell>) {
        for column in 0..<columns {
            let isOrphan =
                line[column].isContinuation
                ? column == 0 || !line[column - 1].isWide
                : line[column].isWide && (column + 1 == columns || !line[column + 1].isContinuation)
            if isOrphan { line[column].content = 0x20 }
        }
    }

    /// The same screen in another size: the rows from `top` on, cut or filled with blanks.
    func resized(columns newColumns: Int, rows newRows: Int, from top: Int) -> ScreenBuffer {
        let new = ScreenBuffer(columns: newColumns, rows: newRows)
        for row in 0..<min(newRows, rows - top) {
            new.line(row).update(from: line(top + row), count: min(columns, newColumns))
            new.setWrapped(row, isWrapped(top + row))
            new.repair(new.line(row))
            let kept = marks(top + row).filter { $0.column < newColumns }
            if !kept.isEmpty { new.marks[new.stored(row)] = kept }
        }
        if let saved {
            new.saved = saved
            new.saved?.isWrapPending = false
            new.saved?.position.row = min(max(saved.position.row - top, 0), newRows - 1)
            new.saved?.position.column = min(saved.position.column, newColumns - 1)
        }
        return new
    }
}
