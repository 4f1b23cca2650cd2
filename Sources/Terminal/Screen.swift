package import ScreenModel
package import SessionModel

/// One terminal: a program's output goes in; what it shows, and what it answers, comes out.
///
/// Not `Sendable`: libvterm has no locks, so a screen belongs to the thread that made it. It does no I/O and never
/// fails: whatever is fed, memory stays bounded by the size and the scrollback's limits.
package final class Screen {
    private let emulator: Emulator
    private var tokenizer = Tokenizer()
    package private(set) var size: TerminalSize

    /// - Parameters:
    ///   - scrollbackLimit: how many rows are kept that scrolled off the main screen.
    ///   - scrollbackBytes: how much memory they may take, whatever their number.
    package init(size: TerminalSize, scrollbackLimit: Int, scrollbackBytes: Int = 16 * 1_024 * 1_024) {
        self.size = size
        let scrollback = Scrollback(rowLimit: scrollbackLimit, byteLimit: scrollbackBytes)
        emulator = Emulator(columns: size.columns, rows: size.rows, scrollback: scrollback)
    }

    /// Shows a piece of the program's output, cut anywhere.
    package func feed(_ bytes: UnsafeRawBufferPointer) {
        var sink = emulator
        tokenizer.consume(bytes, into: &sink)
    }

    package func feed(_ bytes: [UInt8]) { bytes.withUnsafeBytes { feed($0) } }

    /// Whether no character and no sequence is half-fed.
    package var isGround: Bool { tokenizer.isGround }

    /// Gives the screen another size. Rows that do not fit go off the top; nothing is wrapped anew.
    package func resize(to size: TerminalSize) {
        guard size != self.size else { return }
        self.size = size
        emulator.resize(columns: size.columns, rows: size.rows)
    }

    /// What the terminal answers to the program; each answer is given once.
    package func takeReplies() -> [UInt8] { emulator.takeReplies() }

    package var modes: TerminalModes { emulator.modes }
    package var title: String { emulator.titles.title }
    package var cursor: Position { emulator.cursor }
    package var isAlternate: Bool { emulator.grid.alternate != nil }
    package var scrollbackCount: Int { emulator.grid.scrollback.count }
    /// How many rows ever went off the top of the main screen.
    package var scrolledRows: UInt64 { emulator.grid.scrollback.appended }

    /// The rows that went off since there were `count` of them: at most the newest `limit` that are still kept, and how
    /// many before these are left out.
    package func scrolled(since count: UInt64, limit: Int) -> (rows: [Row], skipped: Int) {
        emulator.grid.scrollback.rows(since: count, limit: limit)
    }

    package var scrollbackBytes: Int { emulator.grid.scrollback.byteCount }

    /// A row of what is shown, without the blanks at its end.
    package func text(row: Int) -> String { emulator.grid.active.row(row).text }

    /// Whether there is nothing to read in a row of what is shown.
    package func isBlank(row: Int) -> Bool { emulator.grid.active.isBlank(row) }

    /// All rows of what is shown.
    package var text: [String] { (0..<size.rows).map { text(row: $0) } }

    /// Everything that is shown now, and the newest `scrollbackRows` of what is not shown any more.
    ///
    /// `offset` says how much of the output was fed; in the middle of a sequence the rest of it is still to come.
    package func snapshot(at offset: StreamOffset, scrollbackRows: Int) -> ScreenSnapshot {
        let grid = emulator.grid
        var scrollback = grid.scrollback.suffix(scrollbackRows)
        var main = screen(grid.main)
        // What the first row continues is not there.
        if scrollback.isEmpty { main.rows[0].isWrapped = false } else { scrollback[0].isWrapped = false }
        var alternate = grid.alternate.map(screen)
        alternate?.rows[0].isWrapped = false
        return ScreenSnapshot(
            size: size, main: main, alternate: alternate, cursor: emulator.cursorState, modes: modes,
            region: emulator.region, tabStops: emulator.tabStops.indices.filter { emulator.tabStops[$0] },
            title: title, scrollback: scrollback, offset: offset)
    }

    private func screen(_ buffer: ScreenBuffer) -> ScreenSnapshot.Screen {
        ScreenSnapshot.Screen(rows: (0..<buffer.rows).map(buffer.row), saved: buffer.saved)
    }
}
