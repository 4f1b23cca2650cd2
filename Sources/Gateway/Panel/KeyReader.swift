/// A key that somebody pressed while the panel was open.
enum TypedKey: Hashable {
    case scalar(Unicode.Scalar)
    /// A control character, DEL among them.
    case control(UInt8)
    case escape
    case up
    case down
    case pageUp
    case pageDown
    case home
    case end
    /// A key that the panel has no use for.
    case other
    /// No key, but an answer of the terminal, or what the mouse does.
    case report
}

/// Makes keys of bytes, however they are cut. Holds at most a few bytes.
struct KeyReader: Hashable {
    private enum State: Hashable {
        case ground
        case character(value: UInt32, rest: Int, least: UInt32)
        case escape
        case sequence([UInt8])
        case singleShift
        /// An OSC, DCS or the like, of which so many bytes came.
        case string(count: Int, endsNext: Bool)
        case mouse(rest: Int)
    }

    private static let longestSequence = 64
    private static let longestString = 4_096

    private var state = State.ground
    /// Whether what comes is text from a clipboard.
    private(set) var isPasting = false

    mutating func read(_ byte: UInt8) -> TypedKey? {
        if case .mouse(let rest) = state {
            state = rest > 1 ? .mouse(rest: rest - 1) : .ground
            return rest > 1 ? nil : .report
        }
        if byte == 0x1B { return readEscape() }
        if case .string = state, byte == 0x07 {
            state = .ground
            return .report
        }
        if byte < 0x20 {
            // Whatever was begun is broken off: the keyboard always gets through.
            state = .ground
            return .control(byte)
        }
        switch state {
        case .ground, .mouse: return readGround(byte)
        case .character(let value, let rest, let least): return readRest(byte, of: value, rest: rest, least: least)
        case .escape: return readAfterEscape(byte)
        case .sequence(let bytes): return readSequence(bytes + [byte])
        case .singleShift:
            state = .ground
            return KeySequence.key(singleShift: byte)
        case .string(let count, let endsNext): return readString(byte, count: count, endsNext: endsNext)
        }
    }

    /// `Escape` alone is a key; so are Alt and what else begins a sequence, when nothing follows.
    mutating func endOfChunk() -> TypedKey? {
        switch state {
        // In a paste it begins the sequence that ends it.
        case .escape where !isPasting:
            state = .ground
            return .escape
        case .string(count: 0, _):
            state = .ground
            return .other
        default: return nil
        }
    }

    private mutating func readEscape() -> TypedKey? {
        let before = state
        state = .escape
        switch before {
        case .escape: return .escape
        case .string(let count, _):
            state = .string(count: count, endsNext: true)
            return nil
        default: return nil
        }
    }

    private mutating func readGround(_ byte: UInt8) -> TypedKey? {
        switch byte {
        case 0x20..<0x7F: return .scalar(Unicode.Scalar(byte))
        case 0x7F: return .control(byte)
        case 0xC2...0xDF: state = .character(value: UInt32(byte & 0x1F), rest: 1, least: 0x80)
        case 0xE0...0xEF: state = .character(value: UInt32(byte & 0x0F), rest: 2, least: 0x800)
        case 0xF0...0xF4: state = .character(value: UInt32(byte & 0x07), rest: 3, least: 0x1_0000)
        default: return .other
        }
        return nil
    }

    private mutating func readRest(_ byte: UInt8, of value: UInt32, rest: Int, least: UInt32) -> TypedKey? {
        state = .ground
        guard byte & 0xC0 == 0x80 else { return readGround(byte) }
        let value = value << 6 | UInt32(byte & 0x3F)
        guard rest == 1 else {
            state = .character(value: value, rest: rest - 1, least: least)
            return nil
        }
        guard value >= least, let scalar = Unicode.Scalar(value) else { return .other }
        return .scalar(scalar)
    }

    private mutating func readAfterEscape(_ byte: UInt8) -> TypedKey? {
        switch byte {
        case UInt8(ascii: "["): state = .sequence([])
        case UInt8(ascii: "O"): state = .singleShift
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"), UInt8(ascii: "X"):
            state = .string(count: 0, endsNext: false)
        default:
            state = .ground
            return .other
        }
        return nil
    }

    private mutating func readSequence(_ bytes: [UInt8]) -> TypedKey? {
        guard let final = bytes.last, (0x40...0x7E).contains(final) else {
            state = bytes.count < Self.longestSequence ? .sequence(bytes) : .ground
            return nil
        }
        state = .ground
        if bytes == Array("M".utf8) {
            state = .mouse(rest: 3)
            return nil
        }
        if bytes == Array("200~".utf8) || bytes == Array("201~".utf8) {
            isPasting = bytes == Array("200~".utf8)
            return .report
        }
        return KeySequence.key(parameters: bytes.dropLast(), final: final)
    }

    private mutating func readString(_ byte: UInt8, count: Int, endsNext: Bool) -> TypedKey? {
        if endsNext || count == Self.longestString {
            state = .ground
            return byte == UInt8(ascii: "\\") || !endsNext ? .report : readGround(byte)
        }
        state = .string(count: count + 1, endsNext: false)
        return nil
    }
}
