import SessionModel

extension SnapshotRenderer {
    /// Prints rows one below the other, from where the cursor is; the last one is not ended.
    ///
    /// A new row at the bottom of a screen gets the background of the moment, so it is plain at every row's end.
    mutating func print(_ rows: [Row]) {
        for (index, row) in rows.enumerated() {
            let continues = index + 1 < rows.count && rows[index + 1].isWrapped
            let isFilled = row.isWrapped && row.cells.first?.style.background != .default
            // A wrap happens only when something is printed after it.
            let least = row.isWrapped ? 1 : 0
            let end = continues || isFilled ? snapshot.size.columns : max(printedColumns(of: row), least)
            print(row, columns: 0..<end)
            if index + 1 < rows.count, !continues {
                out.set(.plain)
                out.raw("\r\n")
            }
        }
    }

    /// Prints what `columns` hold; where the row is shorter, blanks.
    mutating func print(_ row: Row, columns: Range<Int>) {
        var nextMark = row.marks.firstIndex { $0.column >= columns.lowerBound } ?? row.marks.endIndex
        for column in columns {
            let cell = column < row.cells.count ? row.cells[column] : .blank
            if cell.isContinuation { continue }
            out.set(cell.style)
            // A row from a wider screen may be cut within a character, which would wrap.
            out.scalar(cell.isWide && column + 1 >= snapshot.size.columns ? " " : cell.scalar)
            while nextMark < row.marks.endIndex, row.marks[nextMark].column <= column {
                for scalar in row.marks[nextMark].scalars { out.scalar(scalar) }
                nextMark += 1
            }
        }
    }

    /// How many columns have to be printed; the blanks after them are there already.
    private func printedColumns(of row: Row) -> Int {
        var end = min(row.cells.count, snapshot.size.columns)
        while end > 0, row.cells[end - 1] == .blank { end -= 1 }
        // A mark on a blank is something to see.
        return max(end, min((row.marks.last?.column ?? -1) + 1, snapshot.size.columns))
    }
}
