/// What a key means in the lobby, before it is known what it is for there.
enum LobbyKey: Hashable {
    case up, down, pageUp, pageDown, first, last
    case enter, escape, backspace, clear, leave
    case character(Character)
}

/// Makes keys of the bytes that a terminal sends for them, in whatever pieces they come.
struct LobbyKeyReader: Hashable {
    private static let escape: UInt8 = 0x1B
    /// Bytes of a sequence that is still read; a longer one is no key.
    private static let longest = 32

    private var begun: [UInt8] = []

    /// Whether more bytes decide what the last ones mean: an Escape key, or the begin of another's sequence.
    var isHolding: Bool { !begun.isEmpty }

    /// Nothing more comes: what is held is the Escape key, or nothing.
    mutating func flush() -> LobbyKey? {
        defer { begun = [] }
        return begun == [Self.escape] ? .escape : nil
    }

    /// The keys that the byte completes; unknown ones are none.
    mutating func take(_ byte: UInt8) -> [LobbyKey] {
        switch begun.count {
        case 0: return takeFirst(byte)
        case 1: return takeSecond(byte)
        default: return takeFurther(byte)
        }
    }

    private mutating func takeFirst(_ byte: UInt8) -> [LobbyKey] {
        guard byte == Self.escape else { return Self.key(byte).map { [$0] } ?? [] }
        begun = [byte]
        return []
    }

    private mutating func takeSecond(_ byte: UInt8) -> [LobbyKey] {
        switch byte {
        case Self.escape: return [.escape]
        case UInt8(ascii: "["), UInt8(ascii: "O"):
            begun.append(byte)
            return []
        case 0x20...0x7E:
            // A key together with Alt.
            begun = []
            return []
        default:
            begun = []
            return [.escape] + take(byte)
        }
    }

    private mutating func takeFurther(_ byte: UInt8) -> [LobbyKey] {
        switch byte {
        case 0x20...0x3F where begun.count < Self.longest:
            begun.append(byte)
            return []
        case 0x40...0x7E:
            defer { begun = [] }
            return Self.sequenceKey(begun.dropFirst(2), byte).map { [$0] } ?? []
        default:
            begun = []
            return byte < 0x20 ? take(byte) : []
        }
    }

    private static func key(_ byte: UInt8) -> LobbyKey? {
        switch byte {
        case 0x0D, 0x0A: .enter
        case 0x03, 0x04: .leave
        case 0x7F, 0x08: .backspace
        case 0x15: .clear
        case 0x10: .up
        case 0x0E: .down
        case 0x02: .pageUp
        case 0x06: .pageDown
        case 0x20...0x7E: .character(Character(Unicode.Scalar(byte)))
        default: nil
        }
    }

    /// What follows CSI or SS3; modifiers are ignored.
    private static func sequenceKey(_ parameters: ArraySlice<UInt8>, _ final: UInt8) -> LobbyKey? {
        switch final {
        case UInt8(ascii: "A"): return .up
        case UInt8(ascii: "B"): return .down
        case UInt8(ascii: "H"): return .first
        case UInt8(ascii: "F"): return .last
        case UInt8(ascii: "M") where parameters.isEmpty: return .enter
        case UInt8(ascii: "~"): break
        default: return nil
        }
        switch parameters.prefix(while: { $0 != UInt8(ascii: ";") }) {
        case [UInt8(ascii: "1")], [UInt8(ascii: "7")]: return .first
        case [UInt8(ascii: "4")], [UInt8(ascii: "8")]: return .last
        case [UInt8(ascii: "5")]: return .pageUp
        case [UInt8(ascii: "6")]: return .pageDown
        default: return nil
        }
    }
}
