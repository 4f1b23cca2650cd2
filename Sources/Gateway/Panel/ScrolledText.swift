import SessionModel

/// A titled text of more or fewer lines than there is room for.
struct ScrolledText: Hashable {
    var title: String
    /// What the keys do, where that is more than to read and to close: a row of its own below the title.
    var keys: String?
    var lines: [PanelLine]
    /// The first line that is shown.
    private(set) var top = 0

    init(title: String, keys: String? = nil, lines: [PanelLine]) {
        self.title = title
        self.keys = keys
        self.lines = lines
    }

    /// Rows that stay while the lines scroll.
    var headings: Int { keys == nil ? 1 : 2 }

    /// Other words of the same kind, at the same place.
    mutating func replace(with other: ScrolledText) {
        let top = top
        self = other
        self.top = max(0, min(top, lines.count - 1))
    }

    /// Moves by a key; whether it is one that moves.
    mutating func scroll(_ pressed: TypedKey, in window: TerminalSize) -> Bool {
        // A row for a notice.
        let height = max(1, window.rows - headings - 1)
        let last = max(0, lines.count - height)
        let target: Int
        switch pressed {
        case .up, .scalar("k"): target = top - 1
        case .down, .scalar("j"): target = top + 1
        case .pageUp, .scalar("b"): target = top - height
        case .pageDown, .scalar(" "): target = top + height
        case .home, .scalar("g"): target = 0
        case .end, .scalar("G"): target = last
        default: return false
        }
        top = max(0, min(last, target))
        return true
    }

    /// Whether the last line is among those that are shown where there is room for so many.
    func showsEnd(fitting height: Int) -> Bool { height > 0 && lines(fitting: height).endIndex == lines.endIndex }

    /// The lines that are shown where there is room for so many.
    func lines(fitting height: Int) -> ArraySlice<PanelLine> {
        lines[max(0, min(top, lines.count - height))...].prefix(max(0, height))
    }
}

/// A line of a page: cells that stand below each other, of which the first gives way where there is little room.
struct PanelLine: Hashable {
    var columns: [String]
    /// Columns of the terminal that each takes, one that is not the last.
    var widths: [Int] = []
    var isHeading = false
    /// Columns that the first keeps; the last are cut off where there is no room for that.
    private static let leastFirst = 10

    /// The line as text of at most so many columns.
    func text(width: Int) -> String {
        guard !widths.isEmpty else { return columns.joined(separator: "  ") }
        let rest = widths.dropFirst().reduce(0) { $0 + $1 + 2 }
        let first = min(widths[0], max(Self.leastFirst, width - rest))
        let all = [first] + widths.dropFirst()
        return zip(columns, all).map { text, width in
            let text = TextRow.cut(text, to: width)
            return text + String(repeating: " ", count: max(0, width - TextRow.columns(of: text)))
        }.joined(separator: "  ")
    }
}
