package import SessionModel

/// What changed between two images of one session: made once by its host, at most 60 times a second.
package struct ScreenUpdate: Hashable, Sendable {
    package struct ChangedRow: Hashable, Sendable {
        package var index: Int
        package var row: Row

        package init(index: Int, row: Row) {
            self.index = index
            self.row = row
        }
    }

    package var size: TerminalSize
    package var isAlternate: Bool
    package var cursor: CursorState
    package var modes: TerminalModes
    package var offset: StreamOffset
    /// All rows, where size or screen changed; else those that differ.
    package var changed: [ChangedRow]
    /// What went off the top of the main screen, oldest first.
    package var scrolled: [Row]
    /// How many such rows before `scrolled` are left out.
    package var skippedRows: Int
    /// Whether nothing but the offset moved.
    package let isEmpty: Bool

    package init(
        size: TerminalSize, isAlternate: Bool, cursor: CursorState, modes: TerminalModes, offset: StreamOffset,
        changed: [ChangedRow], scrolled: [Row], skippedRows: Int
    ) {
        self.init(
            size: size, isAlternate: isAlternate, cursor: cursor, modes: modes, offset: offset, changed: changed,
            scrolled: scrolled, skippedRows: skippedRows, isEmpty: false)
    }

    /// The difference from one image to a later one of the same session.
    package init(from old: ScreenImage, to new: ScreenImage, scrolled: [Row], skippedRows: Int) {
        let isOther = old.size != new.size || old.isAlternate != new.isAlternate
        let changed = new.rows.indices.filter { isOther || old.rows[$0] != new.rows[$0] }
            .map { ChangedRow(index: $0, row: new.rows[$0]) }
        let isEmpty =
            changed.isEmpty && scrolled.isEmpty && skippedRows == 0 && old.cursor == new.cursor
            && old.modes == new.modes
        self.init(
            size: new.size, isAlternate: new.isAlternate, cursor: new.cursor, modes: new.modes, offset: new.offset,
            changed: changed, scrolled: scrolled, skippedRows: skippedRows, isEmpty: isEmpty)
    }

    private init(
        size: TerminalSize, isAlternate: Bool, cursor: CursorState, modes: TerminalModes, offset: StreamOffset,
        changed: [ChangedRow], scrolled: [Row], skippedRows: Int, isEmpty: Bool
    ) {
        self.size = size
        self.isAlternate = isAlternate
        self.cursor = cursor
        self.modes = modes
        self.offset = offset
        self.changed = changed
        self.scrolled = scrolled
        self.skippedRows = skippedRows
        self.isEmpty = isEmpty
    }
}
