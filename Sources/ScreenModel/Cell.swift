/// One column of one row: 16 bytes without references, so that a screen is copied as memory.
///
/// A wide character fills two cells: its own and a continuation. Combining marks are the row's (``Row/marks``).
/// An erased cell is a space.
package struct Cell: Hashable, Sendable {
    /// The scalar in the low 21 bits, then the flags.
    package var content: UInt32
    package var style: Style

    package static let wideFlag: UInt32 = 1 << 21
    package static let continuationFlag: UInt32 = 1 << 22

    package init(content: UInt32, style: Style) {
        self.content = content
        self.style = style
    }

    package init(_ scalar: Unicode.Scalar, isWide: Bool = false, style: Style = .plain) {
        content = isWide ? scalar.value | Self.wideFlag : scalar.value
        self.style = style
    }

    package static let blank = Cell(" ")

    /// The right half of a wide character.
    package static func continuation(_ style: Style) -> Cell { Cell(content: continuationFlag, style: style) }

    package static func erased(_ style: Style) -> Cell { Cell(content: 0x20, style: style.erased) }

    package var isWide: Bool { content & Self.wideFlag != 0 }
    package var isContinuation: Bool { content & Self.continuationFlag != 0 }
    /// Whether one reads nothing in it, whatever its style; so is the right half of a wide character.
    package var isBlank: Bool { content == 0x20 || isContinuation || scalar == " " }
    package var width: Int { isContinuation ? 0 : isWide ? 2 : 1 }

    /// A space stands for what is no scalar.
    package var scalar: Unicode.Scalar { Unicode.Scalar(content & 0x1F_FFFF) ?? " " }
}
