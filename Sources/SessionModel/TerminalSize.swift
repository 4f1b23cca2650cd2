/// The character grid of a terminal.
///
/// SSH says columns first, `winsize` says rows first; here both have names, so neither order can be mistaken.
package struct TerminalSize: Hashable, Sendable {
    package let columns: Int
    package let rows: Int

    /// What a terminal has that nobody gave a size: a script's, or `ssh -tt` fed from a pipe.
    package static let standard = TerminalSize(unchecked: 80, rows: 24)

    /// Fails for a grid that no terminal has; 0 x 0 is one.
    package init?(columns: Int, rows: Int) {
        guard (1...1_000).contains(columns), (1...1_000).contains(rows) else { return nil }
        self.init(unchecked: columns, rows: rows)
    }

    private init(unchecked columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }
}
