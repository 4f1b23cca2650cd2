/// A place on the screen, from 0.
package struct Position: Hashable, Sendable {
    package var row: Int
    package var column: Int

    package static let home = Position(row: 0, column: 0)

    package init(row: Int, column: Int) {
        self.row = row
        self.column = column
    }
}

/// A character set that G0 or G1 can name; the raw value is the final byte of its designation.
package enum Charset: UInt8, Hashable, Sendable {
    case ascii = 0x42
    case british = 0x41
    case lineDrawing = 0x30
}

/// Which character sets are in force.
package struct Charsets: Hashable, Sendable {
    package var g0 = Charset.ascii
    package var g1 = Charset.ascii
    /// Whether GL is G1 (after SO).
    package var isShifted = false

    package init() {}

    package var active: Charset { isShifted ? g1 : g0 }
}

/// Where and how the next character is written: what DECSC saves.
package struct CursorState: Hashable, Sendable {
    package var position: Position
    /// Whether the last column was written and the next character goes to the next row.
    package var isWrapPending: Bool
    package var style: Style
    package var charsets: Charsets
    package var origin: Bool

    package init(
        position: Position = .home, isWrapPending: Bool = false, style: Style = .plain,
        charsets: Charsets = Charsets(), origin: Bool = false
    ) {
        self.position = position
        self.isWrapPending = isWrapPending
        self.style = style
        self.charsets = charsets
        self.origin = origin
    }
}
