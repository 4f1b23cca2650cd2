package import SessionModel

/// What a session's terminal shows at one offset: the shown screen without scrollback.
///
/// - Invariant: it has `size.rows` rows of `size.columns` cells.
package struct ScreenImage: Hashable, Sendable {
    package private(set) var size: TerminalSize
    package private(set) var rows: [Row]
    package private(set) var isAlternate: Bool
    package private(set) var cursor: CursorState
    package private(set) var modes: TerminalModes
    package private(set) var offset: StreamOffset

    package init(_ snapshot: ScreenSnapshot) {
        size = snapshot.size
        rows = snapshot.shown.rows
        isAlternate = snapshot.isAlternate
        cursor = snapshot.cursor
        modes = snapshot.modes
        offset = snapshot.offset
        fit()
    }

    /// Becomes what the update leads to. What is missing in an update is blank.
    package mutating func apply(_ update: ScreenUpdate) {
        let isOther = size != update.size || isAlternate != update.isAlternate
        if isOther { rows = [] }
        size = update.size
        isAlternate = update.isAlternate
        cursor = update.cursor
        modes = update.modes
        offset = update.offset
        fit()
        for changed in update.changed where rows.indices.contains(changed.index) {
            rows[changed.index] = changed.row.fitted(to: size.columns)
        }
    }

    private mutating func fit() {
        if rows.count > size.rows { rows.removeLast(rows.count - size.rows) }
        for index in rows.indices where rows[index].cells.count != size.columns {
            rows[index] = rows[index].fitted(to: size.columns)
        }
        let blank = Row(cells: Array(repeating: .blank, count: size.columns))
        while rows.count < size.rows { rows.append(blank) }
    }
}

extension Row {
    /// The part of the row from `start` on, as wide as it has to be; a character that the cut halves is a blank.
    func cut(from start: Int = 0, columns: Int) -> Row {
        var part = Array(cells.dropFirst(start).prefix(columns))
        part += repeatElement(.blank, count: columns - part.count)
        if part.first?.isContinuation == true { part[0].content = Cell.blank.content }
        if part.last?.isWide == true { part[part.count - 1].content = Cell.blank.content }
        let marks: [Mark] = marks.compactMap { mark in
            let column = mark.column - start
            guard part.indices.contains(column), !part[column].isContinuation else { return nil }
            return Mark(column: column, scalars: mark.scalars)
        }
        return Row(cells: part, marks: marks, isWrapped: isWrapped)
    }

    fileprivate func fitted(to columns: Int) -> Row { cells.count == columns ? self : cut(columns: columns) }
}
