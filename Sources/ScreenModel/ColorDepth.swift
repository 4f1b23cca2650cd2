/// How many colours a client's terminal has.
package enum ColorDepth: Hashable, Sendable {
    case none
    /// The sixteen of ECMA-48 and their bright ones.
    case basic
    /// The palette of 256, and any by its parts.
    case full

    /// The style as such a terminal can show it.
    func shown(_ style: Style) -> Style {
        guard self != .full else { return style }
        var shown = Style(attributes: style.attributes.intersection([.bold, .blink, .reverse]))
        shown.underline = style.underline == .none ? .none : .single
        if self == .basic {
            shown.foreground = Self.nearest(style.foreground)
            shown.background = Self.nearest(style.background)
        }
        return shown
    }

    private static func nearest(_ color: Color) -> Color {
        switch color.value {
        case .default: .default
        case .index(let index) where index < 16: color
        case .index(let index) where index >= 232: gray(8 + 10 * (Int(index) - 232))
        case .index(let index):
            nearest(level(Int(index - 16) / 36), level(Int(index - 16) / 6 % 6), level(Int(index - 16) % 6))
        case .rgb(let red, let green, let blue): nearest(Int(red), Int(green), Int(blue))
        }
    }

    /// The six steps of the palette's cube.
    private static func level(_ step: Int) -> Int { step == 0 ? 0 : 55 + 40 * step }

    private static func gray(_ value: Int) -> Color { nearest(value, value, value) }

    private static func nearest(_ red: Int, _ green: Int, _ blue: Int) -> Color {
        let brightest = max(red, green, blue)
        // One bit a part, of those that are strong beside the strongest.
        let bits = [red, green, blue].enumerated().reduce(0) { bits, part in
            part.element * 2 > brightest && part.element > 60 ? bits | 1 << part.offset : bits
        }
        if bits == 0 { return Color(index: brightest > 40 ? 8 : 0) }
        if bits == 7 { return Color(index: brightest > 220 ? 15 : brightest > 120 ? 7 : 8) }
        return Color(index: UInt8(bits + (brightest > 220 ? 8 : 0)))
    }
}
