/// The key that opens the operator panel: a control character, by the name of its key.
package struct PanelKey: Hashable, Sendable, CustomStringConvertible {
    /// What a terminal sends for it.
    package let byte: UInt8

    /// `Ctrl-]`
    package static let standard = PanelKey(byte: 0x1D)

    /// The keys that a configuration may name, as it names them.
    package static let names = "ctrl-a to ctrl-z (but h, i, j and m), ctrl-\\, ctrl-], ctrl-^ and ctrl-_"

    private init(byte: UInt8) { self.byte = byte }

    /// Reads `ctrl-a` and the like. Fails for what other keys send too: Backspace, Tab, Enter and Escape.
    package init?(name: String) {
        let characters = Array(name.utf8)
        guard characters.count == 6, name.hasPrefix("ctrl-") else { return nil }
        switch characters[5] {
        case UInt8(ascii: "h"), UInt8(ascii: "i"), UInt8(ascii: "j"), UInt8(ascii: "m"): return nil
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "\\")...UInt8(ascii: "_"):
            byte = characters[5] & 0x1F
        default: return nil
        }
    }

    /// As people read it.
    package var description: String { "Ctrl-\(Unicode.Scalar(byte + 0x40))" }

    /// What terminals send for it that were told to write keys in a protocol of theirs: as xterm does
    /// (`modifyOtherKeys`), and as kitty does, with whatever locks are on.
    var sequences: [[UInt8]] {
        let isLetter = (1...26).contains(byte)
        let code = isLetter ? byte + 0x60 : byte + 0x40
        // `^` and `_` are reached with shift on many keyboards.
        let modifiers = byte > 0x1D ? [5, 6] : [5]
        return modifiers.flatMap { modifier in
            [0, 64, 128, 192].map { Array("\u{1B}[\(code);\(modifier + $0)u".utf8) }
                + [Array("\u{1B}[27;\(modifier);\(code)~".utf8)]
        }
    }
}
