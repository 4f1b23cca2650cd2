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
    ///
    /// The end is found first, and the text made of bytes: rows are read for each key at a prompt, and by the screen.
    package var text: String {
        let end = textEnd
        var bytes: [UInt8] = []
        bytes.reserveCapacity(end)
        var nextMark = marks.startIndex
        for column in 0..<end where !cells[column].isContinuation {
            Self.append(cells[column].scalar, to: &bytes)
            while nextMark < marks.endIndex, marks[nextMark].column <= column {
                for scalar in marks[nextMark].scalars { Self.append(scalar, to: &bytes) }
                nextMark += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether there is nothing to read in the row.
    package var isBlank: Bool { textEnd == 0 }

    /// The column behind the last that shows something.
    private var textEnd: Int {
        let marked = marks.last.map { min($0.column + 1, cells.count) } ?? 0
        var end = cells.count
        while end > marked, cells[end - 1].isBlank { end -= 1 }
        return end
    }

    private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        if scalar.value < 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        } else if let encoded = UTF8.encode(scalar) {
            bytes.append(contentsOf: encoded)
        }
    }
}
