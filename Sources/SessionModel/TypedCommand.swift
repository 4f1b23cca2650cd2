/// A command that was typed whole at a prompt, until the next prompt stands.
///
/// By its order alone what the shell runs could be another line: a `Ctrl-C` drops what was typed and not read, and what
/// the shell said of a new prompt with it. So what the shell says of a text has to be that of the line.
struct TypedCommand: Hashable, Sendable {
    let origin: CommandOrigin
    let turn: TurnNumber
    /// Of each line that the shell has not begun, what both spellings have in common.
    private var lines: [[UInt8]]
    /// Whether `Ctrl-C` was typed since.
    var isInterrupted = false

    init(_ text: [UInt8], origin: CommandOrigin, turn: TurnNumber) {
        self.origin = origin
        self.turn = turn
        lines = text.split { $0 == 0x0A || $0 == 0x0D }.map { Self.bare($0) }
    }

    /// What the shell says of a longer text is cut.
    private static let textLimit = 3_000

    /// Whether the shell may run a line of it with that text, which is empty where it keeps it to itself.
    mutating func begins(_ text: String) -> Bool {
        let wanted = Self.bare(Array(text.utf8)[...])
        guard !wanted.isEmpty else { return !isInterrupted }
        // A comment is a line that it does not run; behind Ctrl-C, a line may be what was left of what was typed.
        for first in isInterrupted ? lines.indices.prefix(1) : lines.indices[...] {
            guard let next = end(of: wanted, from: first, isCut: text.utf8.count >= Self.textLimit) else { continue }
            lines.removeFirst(next)
            return true
        }
        return false
    }

    /// Behind which line a command ends that begins with one; `nil` where it is another.
    private func end(of wanted: [UInt8], from first: Int, isCut: Bool) -> Int? {
        var rest = wanted[...]
        for index in first..<lines.count {
            guard rest.starts(with: lines[index]) else {
                // It ends within the line: another command stands behind it, or the text is cut.
                return lines[index].starts(with: rest) ? (isCut ? index + 1 : index) : nil
            }
            rest = rest.dropFirst(lines[index].count)
            if rest.isEmpty { return index + 1 }
        }
        return nil
    }

    /// A shell may say several lines as one, with other blanks, with backslashes that its line editor put before
    /// characters, and characters that it does not know as others.
    private static func bare(_ text: ArraySlice<UInt8>) -> [UInt8] {
        text.filter {
            (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\\")
                && $0 != UInt8(ascii: "?")
        }
    }
}
