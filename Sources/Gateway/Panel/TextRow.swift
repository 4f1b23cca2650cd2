import ScreenModel

/// Text made into a row of cells of a given width.
struct TextRow {
    let width: Int
    let style: Style
    private(set) var cells: [Cell] = []
    private var marks: [Row.Mark] = []
    private var isFull = false

    init(width: Int, style: Style = .plain) {
        self.width = width
        self.style = style
    }

    /// A row of the text and blanks; what does not fit is cut, and says so by its last character.
    static func row(_ text: String, width: Int, style: Style = .plain) -> Row {
        var line = TextRow(width: width, style: style)
        line.append(columns(of: text) > width && width > 8 ? cut(text, to: width) : text)
        return line.row
    }

    /// How many columns the text takes.
    static func columns(of text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + columns(of: $1) } }

    static func columns(of scalar: Unicode.Scalar) -> Int {
        GlyphWidth.isMark(scalar.value) ? 0 : GlyphWidth.isWide(scalar.value) ? 2 : 1
    }

    /// The text in at most so many columns, with an ellipsis where something is missing.
    static func cut(_ text: String, to width: Int) -> String {
        guard columns(of: text) > width else { return text }
        var result = String.UnicodeScalarView()
        var columns = 1
        for scalar in text.unicodeScalars {
            columns += Self.columns(of: scalar)
            guard columns <= width else { break }
            result.append(scalar)
        }
        return width > 0 ? String(result) + "…" : ""
    }

    mutating func append(_ text: String) {
        for scalar in text.unicodeScalars where !isFull { append(scalar) }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        let columns = Self.columns(of: scalar)
        guard columns > 0 else { return mark(scalar) }
        // What comes after a wide character that does not fit would stand in the wrong place.
        guard cells.count + columns <= width else { return isFull = true }
        cells.append(Cell(scalar, isWide: columns == 2, style: style))
        if columns == 2 { cells.append(.continuation(style)) }
    }

    private mutating func mark(_ scalar: Unicode.Scalar) {
        guard let last = cells.lastIndex(where: { !$0.isContinuation }) else { return }
        if marks.last?.column == last {
            marks[marks.count - 1].scalars.append(scalar)
        } else {
            marks.append(Row.Mark(column: last, scalars: [scalar]))
        }
    }

    /// The row, blank to its end.
    var row: Row {
        let blank = Cell(" ", style: style)
        return Row(cells: cells + Array(repeating: blank, count: max(0, width - cells.count)), marks: marks)
    }
}
