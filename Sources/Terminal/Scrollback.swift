import ScreenModel

/// Rows that scrolled off, the newest last; bounded in rows and in bytes.
struct Scrollback {
    private enum Line {
        /// One byte a column: what most lines are.
        case plain([UInt8], isWrapped: Bool)
        case styled(Row)

        var size: Int {
            switch self {
            case .plain(let bytes, _): bytes.count + 48
            case .styled(let row): row.cells.count * MemoryLayout<Cell>.stride + row.marks.count * 64 + 96
            }
        }

        var row: Row {
            switch self {
            case .plain(let bytes, let isWrapped):
                Row(cells: bytes.map { Cell(content: UInt32($0), style: .plain) }, isWrapped: isWrapped)
            case .styled(let row): row
            }
        }
    }

    private let rowLimit: Int
    private let byteLimit: Int
    private var lines: [Line] = []
    private var start = 0
    private(set) var byteCount = 0
    /// Rows ever appended, those that are gone again among them.
    private(set) var appended: UInt64 = 0

    init(rowLimit: Int, byteLimit: Int) {
        self.rowLimit = max(rowLimit, 0)
        self.byteLimit = byteLimit
    }

    var count: Int { lines.count - start }

    func suffix(_ count: Int) -> [Row] { lines[start...].suffix(max(count, 0)).map(\.row) }

    /// What was appended since there were `count`: at most the newest `limit`, and how many before them are left out.
    func rows(since count: UInt64, limit: Int) -> (rows: [Row], skipped: Int) {
        let new = Int(clamping: appended - min(count, appended))
        let rows = suffix(min(new, limit))
        return (rows, new - rows.count)
    }

    /// Keeps a row without the blanks at its end.
    mutating func append(_ cells: UnsafeBufferPointer<Cell>, marks: [Row.Mark], isWrapped: Bool) {
        appended += 1
        guard rowLimit > 0 else { return }
        var end = cells.count
        while end > 0, cells[end - 1].content == 0x20, cells[end - 1].isUnstyled { end -= 1 }
        let kept = UnsafeBufferPointer(rebasing: cells[0..<end])
        let line: Line =
            marks.isEmpty && Self.isPlain(kept)
            ? .plain(Self.bytes(kept), isWrapped: isWrapped)
            : .styled(Row(cells: Array(kept), marks: marks, isWrapped: isWrapped))
        byteCount += line.size
        lines.append(line)
        while count > rowLimit || (byteCount > byteLimit && count > 0) { removeFirst() }
    }

    private static func isPlain(_ cells: UnsafeBufferPointer<Cell>) -> Bool {
        // All are looked at, because that is done several at a time.
        var isPlain = true
        for cell in cells { isPlain = isPlain && cell.content < 0x80 && cell.isUnstyled }
        return isPlain
    }

    private static func bytes(_ cells: UnsafeBufferPointer<Cell>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: cells.count) { bytes, count in
            for (index, cell) in cells.enumerated() { bytes[index] = UInt8(truncatingIfNeeded: cell.content) }
            count = cells.count
        }
    }

    mutating func removeAll() {
        lines = []
        start = 0
        byteCount = 0
    }

    private mutating func removeFirst() {
        byteCount -= lines[start].size
        lines[start] = .plain([], isWrapped: false)
        start += 1
        if start > 1_024, start > lines.count / 2 {
            lines.removeFirst(start)
            start = 0
        }
    }
}

extension Cell {
    /// Whether the style is the plain one; every cell that scrolls off is asked.
    @inline(__always)
    fileprivate var isUnstyled: Bool {
        style.foreground.rawValue | style.background.rawValue | UInt32(style.attributes.rawValue)
            | UInt32(style.underlineCode) == 0
    }
}
