/// How a cell is drawn: what SGR (ECMA-48, 8.3.117) sets.
package struct Style: Hashable, Sendable {
    package struct Attributes: OptionSet, Hashable, Sendable {
        package let rawValue: UInt16
        package init(rawValue: UInt16) { self.rawValue = rawValue }

        package static let bold = Attributes(rawValue: 1 << 0)
        package static let faint = Attributes(rawValue: 1 << 1)
        package static let italic = Attributes(rawValue: 1 << 2)
        package static let blink = Attributes(rawValue: 1 << 3)
        package static let reverse = Attributes(rawValue: 1 << 4)
        package static let conceal = Attributes(rawValue: 1 << 5)
        package static let strike = Attributes(rawValue: 1 << 6)
        package static let overline = Attributes(rawValue: 1 << 7)
    }

    /// The raw value is the subparameter of SGR 4.
    package enum Underline: UInt8, Hashable, Sendable {
        case none = 0
        case single = 1
        case double = 2
        case curly = 3
        case dotted = 4
        case dashed = 5
    }

    package var foreground: Color
    package var background: Color
    package var attributes: Attributes
    /// The raw value of ``underline``, as wide as what is left of a cell's 16 bytes: none of them is padding.
    package private(set) var underlineCode: UInt16

    package static let plain = Style()

    package init(
        foreground: Color = .default, background: Color = .default, attributes: Attributes = [],
        underline: Underline = .none
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
        underlineCode = UInt16(underline.rawValue)
    }

    package var underline: Underline {
        get { Underline(rawValue: UInt8(truncatingIfNeeded: underlineCode)) ?? .none }
        set { underlineCode = UInt16(newValue.rawValue) }
    }

    /// Written out, because what the compiler writes looks the conformance of ``Underline`` up for each cell.
    package static func == (one: Style, other: Style) -> Bool {
        one.foreground.rawValue == other.foreground.rawValue && one.background.rawValue == other.background.rawValue
            && one.attributes.rawValue == other.attributes.rawValue && one.underlineCode == other.underlineCode
    }

    /// What erasing leaves: the background and nothing else (terminfo's `bce`).
    package var erased: Style { Style(background: background) }
}
