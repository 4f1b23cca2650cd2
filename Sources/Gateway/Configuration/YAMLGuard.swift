/// Refuses, before a YAML parser sees it, what could make one work for ever.
///
/// What it lets pass is small, UTF-8, and without anchors. So there are no aliases either, and a document is as large
/// as it looks. It does not parse: where it is unsure (an ampersand that begins a word in a comment) it refuses.
struct YAMLGuard {
    struct Refusal: Error, Equatable {
        let line: Int
        let column: Int
        let sentence: String
    }

    static let largest = 256 * 1_024
    /// Keys that are themselves lists or mappings nest only through `? `; a few may stand in comments.
    private static let mostQuestions = 16

    private var line = 1
    private var column = 1
    private var previous: UInt8 = 0x0A
    private var questions = 0

    /// The text of the bytes, if a parser may see it.
    static func text(of bytes: [UInt8]) throws(Refusal) -> String {
        guard bytes.count <= largest else {
            throw Refusal(line: 1, column: 1, sentence: "the file is larger than \(largest) bytes")
        }
        var scan = YAMLGuard()
        for (index, byte) in bytes.enumerated() {
            try scan.look(at: byte, next: index + 1 < bytes.count ? bytes[index + 1] : 0x0A)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Refusal(line: 1, column: 1, sentence: "the file is not UTF-8")
        }
        return text
    }

    private mutating func look(at byte: UInt8, next: UInt8) throws(Refusal) {
        if byte < 0x20 && ![0x09, 0x0A, 0x0D].contains(byte) || byte == 0x7F {
            throw refusal("there is a control character here")
        }
        if byte == 0x26, canBeginToken, Self.isWordByte(next) {
            throw refusal("anchors and aliases are not supported (an ampersand before a word is taken for one)")
        }
        if byte == 0x3F, canBeginToken {
            questions += 1
            guard questions <= Self.mostQuestions else { throw refusal("keys of the form \"? key\" are not supported") }
        }
        if byte == 0x0A {
            line += 1
            column = 1
        } else if byte & 0xC0 != 0x80 {
            column += 1
        }
        previous = byte
    }

    /// Whether YAML could see the beginning of a token here, going by the character before.
    private var canBeginToken: Bool {
        previous <= 0x20 || previous >= 0x80 || [0x5B, 0x5D, 0x7B, 0x7D, 0x2C, 0x3A, 0x3F].contains(previous)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
            || byte == 0x2D || byte >= 0x80
    }

    private func refusal(_ sentence: String) -> Refusal { Refusal(line: line, column: column, sentence: sentence) }
}
