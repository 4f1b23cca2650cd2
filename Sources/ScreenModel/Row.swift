/// One row of a screen or of its scrollback.
package struct Row: Hashable, Sendable {
    /// The combining marks on one cell.
    package struct Mark: Hashable, Sendable {
        package var column: Int
        package var scalars: [Unicode.Scalar]

        package init(column: Int, scalars: [Unicode.Scalar]) {
            self.column = column
            self.scalars = scalars
        }
    }

    package var cells: [Cell]
    /// In the order of their columns; nearly always empty.
    package var marks: [Mark]
    /// Whether the row continues the one above, which was too long for the screen.
    package var isWrapped: Bool

    package init(cells: [Cell], marks: [Mark] = [], isWrapped: Bool = false) {
        self.cells = cells
        self.marks = marks
        self.isWrapped = isWrapped
    }

    /// What one reads in the row, without the blanks at its end.
    package var text: String {
        var scalars = String.UnicodeScalarView()
        var nextMark = marks.startIndex
        for (column, cell) in cells.enumerated() where !cell.isContinuation {
            scalars.append(cell.scalar)
            while nextMark < marks.endIndex, marks[nextMark].column <= column {
                scalars.append(contentsOf: marks[nextMark].scalars)
                nextMark += 1
            }
        }
        while scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }
}
