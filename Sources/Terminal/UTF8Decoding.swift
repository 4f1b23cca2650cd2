/// What stands at a place in bytes that should be UTF-8 (Unicode, table 3-7).
enum UTF8Decoding {
    case scalar(UInt32, length: Int)
    /// The longest start of a character that can not become one: it counts as one replacement character.
    case invalid(length: Int)
    /// The bytes end within a character.
    case incomplete

    init(_ bytes: UnsafeRawBufferPointer, at index: Int) {
        let first = bytes[index]
        let length: Int
        var value: UInt32
        switch first {
        case 0xC2...0xDF: (length, value) = (2, UInt32(first & 0x1F))
        case 0xE0...0xEF: (length, value) = (3, UInt32(first & 0x0F))
        case 0xF0...0xF4: (length, value) = (4, UInt32(first & 0x07))
        default:
            self = .invalid(length: 1)
            return
        }
        for offset in 1..<length {
            guard index + offset < bytes.count else {
                self = .incomplete
                return
            }
            let next = bytes[index + offset]
            guard offset == 1 ? Self.second(after: first).contains(next) : (0x80...0xBF).contains(next) else {
                self = .invalid(length: offset)
                return
            }
            value = value << 6 | UInt32(next & 0x3F)
        }
        self = .scalar(value, length: length)
    }

    /// What stands at a place in bytes that are known to be whole and valid.
    @inline(__always)
    static func valid(_ bytes: UnsafeRawBufferPointer, at index: Int) -> (value: UInt32, length: Int) {
        let first = UInt32(bytes[index])
        func rest(_ offset: Int) -> UInt32 { UInt32(bytes[index + offset] & 0x3F) }
        if first < 0x80 { return (first, 1) }
        if first < 0xE0 { return ((first & 0x1F) << 6 | rest(1), 2) }
        if first < 0xF0 { return ((first & 0x0F) << 12 | rest(1) << 6 | rest(2), 3) }
        return ((first & 0x07) << 18 | rest(1) << 12 | rest(2) << 6 | rest(3), 4)
    }

    private static func second(after first: UInt8) -> ClosedRange<UInt8> {
        switch first {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
    }
}
