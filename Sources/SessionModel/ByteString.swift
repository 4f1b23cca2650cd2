/// What is meant as text and need not be any: a command, an argument, a path. Programs get these bytes; people are
/// shown ``shown``.
package struct ByteString: Hashable, Sendable, ExpressibleByStringLiteral {
    package var bytes: [UInt8]

    package init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
    package init(_ text: String) { bytes = Array(text.utf8) }
    package init(stringLiteral text: String) { bytes = Array(text.utf8) }

    /// The bytes as text; `nil` where they are no UTF-8.
    package var text: String? { String(validating: bytes, as: UTF8.self) }

    /// No program can be given one: it ends a string.
    package var hasNUL: Bool { bytes.contains(0) }

    /// The bytes for people: what is no UTF-8 stands as `\xe9`, and a backslash as it is.
    package var shown: String {
        if let text { return text }
        return decoded { "\\x" + ($0 < 0x10 ? "0" : "") + String($0, radix: 16) }
    }

    private func decoded(_ stand: (UInt8) -> String) -> String {
        var text = ""
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var index = 0
        while true {
            switch parser.parseScalar(from: &rest) {
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                let length = UTF8.width(scalar)
                if Self.carriers.contains(scalar.value) {
                    for byte in bytes[index..<index + length] { text += stand(byte) }
                } else {
                    text.unicodeScalars.append(scalar)
                }
                index += length
            case .error(let length):
                for byte in bytes[index..<index + length] { text += stand(byte) }
                index += length
            case .emptyInput: return text
            }
        }
    }
}

// MARK: In a string

extension ByteString {
    /// Characters for private use that stand for bytes from 0x80 on.
    private static let carriers: ClosedRange<UInt32> = 0x10FF80...0x10FFFF

    /// A string that ``init(carried:)`` makes the same bytes of, for code that cuts strings into words. Text in it is
    /// as it is; each byte that is none stands as a character for private use.
    package var carried: String {
        decoded { byte in Unicode.Scalar(0x10FF00 + UInt32(byte)).map { String($0) } ?? "" }
    }

    package init(carried text: String) {
        bytes = []
        for scalar in text.unicodeScalars {
            if Self.carriers.contains(scalar.value) {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                bytes.append(contentsOf: String(scalar).utf8)
            }
        }
    }

    /// Whether there is something in it that is no text.
    package static func carriesBytes(_ text: String) -> Bool {
        text.unicodeScalars.contains { carriers.contains($0.value) }
    }
}

// MARK: For a shell

extension ByteString {
    /// A command in ASCII and text that has a shell run this one, for what passes arguments on as text only. Bytes that
    /// are no text are written by the shell's own `printf`.
    ///
    /// - Parameter shell: the shell's name.
    package func evaluated(by shell: Substring) -> ByteString {
        guard text == nil else { return self }
        var escaped: [UInt8] = []
        for scalar in carried.unicodeScalars {
            switch scalar {
            case "'", "\\", "%": escaped += Self.octal(UInt8(truncatingIfNeeded: scalar.value))
            case _ where Self.carriers.contains(scalar.value):
                escaped += Self.octal(UInt8(truncatingIfNeeded: scalar.value))
            default: escaped += Array(String(scalar).utf8)
            }
        }
        let written = Array("printf '%b' '".utf8) + escaped + Array("'".utf8)
        return shell == "fish"
            ? ByteString(Array("eval (".utf8) + written + Array(" | string collect)".utf8))
            : ByteString(Array("eval \"$(".utf8) + written + Array(")\"".utf8))
    }

    private static func octal(_ byte: UInt8) -> [UInt8] {
        let digits = String(byte, radix: 8)
        return Array(("\\0" + String(repeating: "0", count: 3 - digits.count) + digits).utf8)
    }
}
