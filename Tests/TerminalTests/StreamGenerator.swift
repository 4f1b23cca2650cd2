/// Pseudo-random program output: the same for the same seed.
struct StreamGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

    private static let words = [
        "hello", "x", " ", "    ", "漢字", "한글", "é", "e\u{301}", "a\u{308}\u{323}", "🎉", "🥳", "👨‍👩‍👧", "│─┘", "ﬁ",
        "The quick brown fox jumps over the lazy dog", "日本語テキスト", "\u{200B}", "\u{301}", "qqqxxxlmk", "#~_",
    ]
    private static let endings = Array("ABCDEFGHIJKLMPSTXZ`abdefgjkrsumhlm@".unicodeScalars)
    private static let modes = [1, 5, 6, 7, 12, 25, 47, 1_000, 1_002, 1_004, 1_006, 1_047, 1_048, 1_049, 2_004, 3, 69]
    private static let renditions = [
        "", "0", "1", "2", "3", "4", "4:3", "5", "7", "8", "9", "21", "22", "24", "27", "31", "44", "95", "103", "39",
        "49", "38;5;200", "48;5;17", "38;2;1;2;3", "48:2::9:8:7", "38:5:7", "1;31;48;5;9", "53", "58;5;1;4", "38;2",
    ]

    private static let escapes = ["7", "8", "D", "E", "M", "H", "=", ">", "(0", "(B", ")0", "(A", "#8", "c", "#3"]
    private static let controls = ["\r\n", "\r\n", "\n", "\r", "\t", "\u{8}", "\u{E}", "\u{F}", "\u{7}"]
    private static let others = [
        "]2;title\u{7}", "]0;täh\u{1B}\\", "[4h", "[4l", "[20h", "[20l", "[!p", "[5 q", "[2 q", "[0 q", "[6n", "[c",
        "P$qm\u{1B}\\", "[3J", "[3g", "]52;c;aGk=\u{7}",
    ]

    /// One word, control or sequence that a terminal should understand.
    mutating func token() -> [UInt8] {
        switch below(16) {
        case 0...5: return Array(pick(Self.words).utf8)
        case 6: return Array(pick(Self.controls).utf8)
        case 7: return escape(pick(Self.escapes))
        case 8...10:
            let parameters = (0..<below(3)).map { _ in String(below(30)) }.joined(separator: ";")
            return escape("[\(parameters)\(pick(Self.endings))")
        case 11: return escape("[?\(pick(Self.modes))\(pick(["h", "l"]))")
        case 12, 13: return escape("[\(pick(Self.renditions))m")
        default: return escape(pick(Self.others))
        }
    }

    private func escape(_ text: String) -> [UInt8] { [0x1B] + Array(text.utf8) }

    mutating func stream(tokens: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<tokens { bytes += token() }
        return bytes
    }

    /// Bytes that mean nothing, with enough escapes among them to mean something after all.
    mutating func noise(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            switch below(8) {
            case 0: bytes.append(0x1B)
            case 1: bytes += [0x1B, 0x5B]
            case 2: bytes += Array(pick(["?", ";", ":", "1", "99999999999", "$", " ", ">", "!", "\u{9B}"]).utf8)
            case 3: bytes += token()
            case 4: bytes.append(UInt8(0x80 + below(0x80)))
            default: bytes.append(UInt8(below(256)))
            }
        }
        return bytes
    }
}
