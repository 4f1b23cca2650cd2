/// A cell's colour as the program asked for it; what it looks like is the client's palette's business.
///
/// One word, so that a cell stays small: 0 is the default, else a kind in the top byte.
package struct Color: Hashable, Sendable {
    package let rawValue: UInt32

    package static let `default` = Color(rawValue: 0)

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// One of the 256 colours of the client's palette.
    package init(index: UInt8) { rawValue = 0x0100_0000 | UInt32(index) }

    package init(red: UInt8, green: UInt8, blue: UInt8) {
        rawValue = 0x0200_0000 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
    }

    package enum Value: Hashable, Sendable {
        case `default`
        case index(UInt8)
        case rgb(red: UInt8, green: UInt8, blue: UInt8)
    }

    package var value: Value {
        let low = UInt8(truncatingIfNeeded: rawValue)
        switch rawValue >> 24 {
        case 1: return .index(low)
        case 2:
            let red = UInt8(truncatingIfNeeded: rawValue >> 16)
            return .rgb(red: red, green: UInt8(truncatingIfNeeded: rawValue >> 8), blue: low)
        default: return .default
        }
    }
}
