/// What the sequences mean that terminals send for keys, as xterm and kitty write them.
enum KeySequence {
    /// After `ESC O`.
    static func key(singleShift final: UInt8) -> TypedKey {
        if final == UInt8(ascii: "M") { return .control(0x0D) }
        return movement(final) ?? .other
    }

    /// After `ESC [`.
    static func key(parameters: ArraySlice<UInt8>, final: UInt8) -> TypedKey {
        guard parameters.allSatisfy({ (0x30...0x3B).contains($0) }) else { return .report }
        let numbers = numbers(parameters)
        switch final {
        case UInt8(ascii: "~"):
            return numbers.first == 27 ? character(numbers.dropFirst().reversed()) : editing(numbers)
        case UInt8(ascii: "u"): return isRelease(parameters) ? .report : character(numbers)
        case UInt8(ascii: "I"), UInt8(ascii: "O"), UInt8(ascii: "M"), UInt8(ascii: "R"), UInt8(ascii: "c"),
            UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "y"):
            return .report
        default: return movement(final) ?? .other
        }
    }

    private static func movement(_ final: UInt8) -> TypedKey? {
        switch final {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        default: nil
        }
    }

    private static func editing(_ numbers: [Int]) -> TypedKey {
        switch numbers.first {
        case 1, 7: .home
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        default: .other
        }
    }

    /// A code point and its modifiers, one more than their bits: shift 1, alt 2, ctrl 4, others, locks 64 and 128.
    private static func character(_ numbers: [Int]) -> TypedKey {
        guard let code = numbers.first else { return .other }
        let modifiers = (max(1, numbers.dropFirst().first ?? 1) - 1) & 0x3F
        switch (code, modifiers) {
        case (27, _): return .escape
        case (9, _), (13, _), (127, _): return .control(UInt8(code))
        case (0x40...0x7E, 4), (0x40...0x7E, 5): return .control(UInt8(code & 0x1F))
        // Private: kitty's numbers of keys that are no characters.
        case (0xE000...0xF8FF, _): return .other
        case (0x20..., 0), (0x20..., 1):
            return UInt32(exactly: code).flatMap { Unicode.Scalar($0) }.map { .scalar($0) } ?? .other
        default: return .other
        }
    }

    /// The first number of each parameter; what is too large is no key.
    private static func numbers(_ parameters: ArraySlice<UInt8>) -> [Int] {
        parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { part in
            part.prefix { $0 != UInt8(ascii: ":") }.prefix(7).reduce(0) { $0 * 10 + Int($1) - 0x30 }
        }
    }

    private static func isRelease(_ parameters: ArraySlice<UInt8>) -> Bool {
        let parts = parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        return parts.count > 1 && parts[1].split(separator: UInt8(ascii: ":")).dropFirst().first == [0x33]
    }
}
