import JSONText

/// The keys of a keyboard by tmux's names, as xterm sends them.
enum NamedKey {
    private static let plain: [String: String] = [
        "Enter": "\r", "Tab": "\t", "BTab": "\u{1B}[Z", "Escape": "\u{1B}", "Space": " ", "BSpace": "\u{7F}",
        "Insert": "\u{1B}[2~", "Delete": "\u{1B}[3~", "PageUp": "\u{1B}[5~", "PageDown": "\u{1B}[6~",
        "F5": "\u{1B}[15~", "F6": "\u{1B}[17~", "F7": "\u{1B}[18~", "F8": "\u{1B}[19~", "F9": "\u{1B}[20~",
        "F10": "\u{1B}[21~", "F11": "\u{1B}[23~", "F12": "\u{1B}[24~", "F1": "\u{1B}OP", "F2": "\u{1B}OQ",
        "F3": "\u{1B}OR", "F4": "\u{1B}OS",
    ]
    private static let cursor: [String: Character] = [
        "Up": "A", "Down": "B", "Right": "C", "Left": "D", "Home": "H", "End": "F",
    ]

    /// - Parameter isApplication: whether the program asked for application cursor keys (DECCKM).
    static func bytes(of name: String, isApplication: Bool) -> [UInt8]? {
        if let text = plain[name] { return Array(text.utf8) }
        if let final = cursor[name] { return Array("\u{1B}\(isApplication ? "O" : "[")\(final)".utf8) }
        if name.hasPrefix("M-"), let rest = bytes(of: String(name.dropFirst(2)), isApplication: isApplication) {
            return [0x1B] + rest
        }
        if name.hasPrefix("C-") { return control(name.dropFirst(2)) }
        guard name.unicodeScalars.count == 1, let scalar = name.unicodeScalars.first, scalar.value >= 0x20,
            scalar.value != 0x7F
        else { return nil }
        return Array(name.utf8)
    }

    private static func control(_ name: Substring) -> [UInt8]? {
        guard name.utf8.count == 1 || name == "Space", let letter = name.uppercased().utf8.first else { return nil }
        if name == "Space" || letter == UInt8(ascii: "@") { return [0] }
        return (0x41...0x5F).contains(letter) ? [letter & 0x1F] : letter == UInt8(ascii: "?") ? [0x7F] : nil
    }
}
