/// Strings and numbers.
extension JSONParser {
    mutating func string() throws(JSONError) -> String {
        position += 1
        var text = ""
        while true {
            text += try plainPart()
            if skip(UInt8(ascii: "\"")) { return text }
            guard skip(UInt8(ascii: "\\")) else { throw failure(next == nil ? .unexpectedEnd : .controlCharacter) }
            text.unicodeScalars.append(try escaped())
        }
    }

    /// Everything up to what needs a closer look.
    private mutating func plainPart() throws(JSONError) -> String {
        let start = position
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
        guard let part = String(validating: bytes[start..<position], as: UTF8.self) else {
            throw JSONError(.invalidUTF8, at: start - bytes.startIndex)
        }
        return part
    }

    private mutating func escaped() throws(JSONError) -> Unicode.Scalar {
        guard let letter = next else { throw failure(.unexpectedEnd) }
        let meant: Unicode.Scalar
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): meant = Unicode.Scalar(letter)
        case UInt8(ascii: "b"): meant = "\u{8}"
        case UInt8(ascii: "f"): meant = "\u{C}"
        case UInt8(ascii: "n"): meant = "\n"
        case UInt8(ascii: "r"): meant = "\r"
        case UInt8(ascii: "t"): meant = "\t"
        case UInt8(ascii: "u"):
            position += 1
            return try escapedUnits()
        default: throw failure(.invalidEscape)
        }
        position += 1
        return meant
    }

    /// `\u` and four digits, or two of them that are a surrogate pair; the first `\u` is behind us.
    private mutating func escapedUnits() throws(JSONError) -> Unicode.Scalar {
        let start = position
        let first = try fourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        let lone = JSONError(.loneSurrogate, at: start - bytes.startIndex)
        guard first < 0xDC00, skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else { throw lone }
        let second = try fourDigits()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x1_0000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw lone }
        return scalar
    }

    private mutating func fourDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next else { throw failure(.unexpectedEnd) }
            guard let digit = Self.hexadecimal(byte) else { throw failure(.invalidEscape) }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }

    mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        let isNegative = skip(UInt8(ascii: "-"))
        if !skip(UInt8(ascii: "0")) { try digits() }
        guard next.map(Self.isDigit) != true else { throw failure(.invalidNumber) }
        var isWhole = true
        if skip(UInt8(ascii: ".")) {
            isWhole = false
            try digits()
        }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            isWhole = false
            if !skip(UInt8(ascii: "+")) { _ = skip(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        // There is a negative zero among the doubles only.
        if isWhole, let value = Int64(text), value != 0 || !isNegative { return .integer(value) }
        guard let value = Double(text) else { throw JSONError(.invalidNumber, at: start - bytes.startIndex) }
        guard value.isFinite else { throw JSONError(.numberTooLarge, at: start - bytes.startIndex) }
        return .number(value)
    }

    private mutating func digits() throws(JSONError) {
        guard let first = next else { throw failure(.unexpectedEnd) }
        guard Self.isDigit(first) else { throw failure(.invalidNumber) }
        while let byte = next, Self.isDigit(byte) { position += 1 }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
