package import SessionModel

/// What one window is to show: exactly its rows and columns.
package struct WindowFrame: Hashable, Sendable {
    package var size: TerminalSize
    package var rows: [Row]
    /// `nil`: hidden.
    package var cursor: Position?
    package var modes: TerminalModes
    package var isAlternate: Bool

    package init(size: TerminalSize, rows: [Row], cursor: Position?, modes: TerminalModes, isAlternate: Bool) {
        self.size = size
        self.rows = rows
        self.cursor = cursor
        self.modes = modes
        self.isAlternate = isAlternate
    }
}

/// Which part of a session's screen a window of another size shows: the cursor is always in it.
///
/// A larger window has the screen in its top left corner, with a border; a smaller one moves no more than it must.
package struct Viewport: Hashable, Sendable {
    package private(set) var origin = Position.home

    package init() {}

    package mutating func frame(of image: ScreenImage, in window: TerminalSize) -> WindowFrame {
        let cursor = image.cursor.position
        follow(cursor, isVisible: image.modes.cursorVisible, in: window, of: image.size)
        var rows = image.rows[origin.row...].prefix(window.rows).map {
            $0.cut(from: origin.column, columns: window.columns)
        }
        let blank = Row(cells: Array(repeating: .blank, count: window.columns))
        rows += repeatElement(blank, count: window.rows - rows.count)
        Self.drawBorder(of: image.size, in: &rows)
        let place = Position(row: cursor.row - origin.row, column: cursor.column - origin.column)
        let isShown =
            image.modes.cursorVisible && (0..<window.rows).contains(place.row)
            && (0..<window.columns).contains(place.column)
        return WindowFrame(
            size: window, rows: rows, cursor: isShown ? place : nil, modes: image.modes, isAlternate: image.isAlternate)
    }

    /// A cursor that is hidden is on its way while a program draws, or nowhere: it is not followed.
    private mutating func follow(_ cursor: Position, isVisible: Bool, in window: TerminalSize, of size: TerminalSize) {
        let place = isVisible ? cursor : origin
        origin.row = Self.place(origin.row, following: place.row, window.rows, of: size.rows, margin: 0)
        // Lines are read from their beginning, as long as the cursor is seen there; a longer one moves by a part of the
        // window, not with every character.
        if isVisible, cursor.column < window.columns { origin.column = 0 }
        origin.column = Self.place(
            origin.column, following: max(place.column, origin.column), window.columns, of: size.columns,
            margin: window.columns / 4)
    }

    private static func place(
        _ origin: Int, following cursor: Int, _ shown: Int, of all: Int, margin: Int
    ) -> Int {
        var place = origin
        if cursor < place { place = cursor - margin }
        if cursor >= place + shown { place = cursor - shown + 1 + margin }
        return max(0, min(place, all - shown))
    }

    /// Lines along the edges of a screen that does not fill the window.
    private static func drawBorder(of size: TerminalSize, in rows: inout [Row]) {
        let style = Style(attributes: .faint)
        let (right, bottom) = (size.columns, size.rows)
        let hasRight = rows.first.map { right < $0.cells.count } ?? false
        if hasRight {
            for row in rows.indices.prefix(bottom) { rows[row].cells[right] = Cell("│", style: style) }
        }
        guard rows.indices.contains(bottom) else { return }
        for column in rows[bottom].cells.indices.prefix(right) { rows[bottom].cells[column] = Cell("─", style: style) }
        if hasRight { rows[bottom].cells[right] = Cell("┘", style: style) }
    }
}
