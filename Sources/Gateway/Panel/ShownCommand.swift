import ScreenModel

/// A command as lines that hide nothing of it and steer no terminal.
///
/// Each line of the command has its number; what does not fit goes on below, without one. A tab stands as `⇥`, other
/// controls as `\x1b`, and what has no look of its own, or that of something else, as `\u{202e}`: also a letter of
/// another alphabet in a word where it passes for a Latin one.
struct ShownCommand: Hashable {
    private static let longestMarks = 4

    private(set) var lines: [PanelLine] = []
    /// Characters that stand escaped.
    private(set) var escaped = 0

    /// - Parameter width: columns of the window.
    init(_ command: String, width: Int) {
        let parts = command.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        let digits = "\(parts.count)".count
        let blank = String(repeating: " ", count: digits + 3)
        // A column stays free at the right, as at the left.
        let room = max(2, width - digits - 4)
        for (index, part) in parts.enumerated() {
            let number = "\(index + 1)"
            var begin = String(repeating: " ", count: digits + 1 - number.count) + number + "  "
            for row in Self.rows(of: cells(of: part), room: room) {
                lines.append(PanelLine(columns: [begin + row]))
                begin = blank
            }
        }
    }

    /// What stands in one or two columns each, or more where it is escaped.
    private mutating func cells(of line: Substring.UnicodeScalarView) -> [String] {
        var cells: [String] = []
        var marks = 0
        /// Whether a mark would stand on a letter.
        var isLetter = false
        let end = line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex
        let lookAlikes = LookAlikes.places(in: Array(line))
        for (place, index) in line.indices.enumerated() {
            let scalar = line[index]
            if index < end, Self.isMark(scalar), isLetter, marks < Self.longestMarks, let last = cells.indices.last {
                cells[last].unicodeScalars.append(scalar)
                marks += 1
                continue
            }
            isLetter = index < end && Self.isPlain(scalar) && !lookAlikes.contains(place)
            marks = 0
            cells.append(isLetter ? String(scalar) : Self.escape(scalar))
            if !isLetter, scalar != "\t" { escaped += 1 }
        }
        return cells
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        guard GlyphWidth.isMark(scalar.value), !scalar.properties.isDefaultIgnorableCodePoint else { return false }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark: return true
        default: return false
        }
    }

    /// Whether it shows as what it is. The arrow that stands for a tab would not.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (" "..."~").contains(scalar) }
        guard !GlyphWidth.isMark(scalar.value), !scalar.properties.isDefaultIgnorableCodePoint, scalar != "⇥" else {
            return false
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return !LookAlikes.isSymbol(scalar)
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        if scalar == "\t" { return "⇥" }
        let digits = String(scalar.value, radix: 16)
        guard scalar.isASCII else { return "\\u{\(digits)}" }
        return "\\x" + (digits.count < 2 ? "0" : "") + digits
    }

    private static func rows(of cells: [String], room: Int) -> [String] {
        var rows = [""]
        var used = 0
        for cell in cells {
            // One that is longer than a row is cut anywhere.
            let columns = TextRow.columns(of: cell)
            let pieces = columns <= room ? [cell] : cell.unicodeScalars.map { String($0) }
            for piece in pieces {
                let columns = TextRow.columns(of: piece)
                if used + columns > room {
                    rows.append("")
                    used = 0
                }
                rows[rows.count - 1] += piece
                used += columns
            }
        }
        return rows
    }
}
