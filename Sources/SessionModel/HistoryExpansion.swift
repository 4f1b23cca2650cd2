/// Shells replace `!…` and `^…^…` in what they read by parts of earlier commands, before they run it: what runs is
/// then another command than the one that was typed. A value that tells where that may be, and rather says so once too
/// often: of quotes it trusts only those whose end it knows.
package struct HistoryExpansion {
    /// A shell that does that where it is not told otherwise.
    package enum Shell: Hashable, Sendable, CaseIterable {
        case bash
        case zsh

        /// - Parameter program: as the system names its process.
        package init?(program: String) {
            switch program {
            case "bash", "rbash", "sh": self = .bash
            case "zsh", "rzsh": self = .zsh
            default: return nil
            }
        }
    }

    private enum Quote {
        case none
        case single
        /// `$'…'`, in which backslashes count.
        case escaped
        case double
    }

    private let bytes: [UInt8]
    private let shell: Shell
    /// Behind which a part of the history is meant, and which begins a line that edits the last one; `nil`: neither.
    private let event: UInt8?
    private let quick: UInt8?
    private var index = 0
    private var quote = Quote.none
    /// Where the line begins that is read: shells take a command line by line.
    private var lineStart = 0
    /// Whether it is known which quotes are quotes; not behind comments, here-documents and what is nested in quotes.
    private var knowsQuotes = true

    /// Whether the shell may run something else than that command.
    ///
    /// - Parameter characters: which stand for `!` and `^`; none where the shell was told to leave lines as they are.
    package static func isIn(_ command: String, for shell: Shell, characters: [UInt8]? = nil) -> Bool {
        var reading = Self(Array(command.utf8), shell, characters ?? Array("!^".utf8))
        return reading.find()
    }

    private init(_ bytes: [UInt8], _ shell: Shell, _ characters: [UInt8]) {
        self.bytes = bytes
        self.shell = shell
        event = characters.first
        quick = characters.dropFirst().first
    }

    private func byte(_ distance: Int) -> UInt8? {
        let place = index + distance
        return place >= lineStart && place < bytes.count ? bytes[place] : nil
    }

    private mutating func find() -> Bool {
        while index < bytes.count {
            switch bytes[index] {
            case quick where index == lineStart && (quote == .none || !knowsQuotes): return true
            case event where isReplaced: return true
            case UInt8(ascii: "\\") where quote != .single || !knowsQuotes:
                index += 1
                if byte(0) == 0x0A { lineStart = index + 1 }
            case 0x0A: lineStart = index + 1
            default: readQuote()
            }
            index += 1
        }
        return false
    }

    private mutating func readQuote() {
        switch (bytes[index], quote) {
        case (UInt8(ascii: "'"), .none): quote = byte(-1) == UInt8(ascii: "$") ? .escaped : .single
        case (UInt8(ascii: "'"), .single), (UInt8(ascii: "'"), .escaped): quote = .none
        case (UInt8(ascii: "\""), .none): quote = .double
        case (UInt8(ascii: "\""), .double): quote = .none
        case (UInt8(ascii: "#"), .none): if byte(-1).map(Self.isDelimiter) != false { knowsQuotes = false }
        case (UInt8(ascii: "<"), .none): if byte(1) == UInt8(ascii: "<") { knowsQuotes = false }
        case (UInt8(ascii: "`"), .double): knowsQuotes = false
        case (UInt8(ascii: "$"), .double): if isNested { knowsQuotes = false }
        default: break
        }
    }

    /// Whether quotes within these quotes may be others: `"$(…)"`, and `"${…}"` with some in it.
    private var isNested: Bool {
        guard byte(1) == UInt8(ascii: "{") else { return byte(1) == UInt8(ascii: "(") }
        let word = bytes[(index + 2)...].prefix { $0 != UInt8(ascii: "}") }
        return word.contains { "'\"`$\\".utf8.contains($0) }
    }

    private static func isDelimiter(_ byte: UInt8) -> Bool { " \t;&|()".utf8.contains(byte) }

    private var isReplaced: Bool {
        if quote == .single, knowsQuotes { return false }
        guard let next = byte(1), !" \t\n\r=".utf8.contains(next) else { return false }
        return shell == .zsh || !isSpared(before: next)
    }

    /// What bash leaves as it is: `"…!"`, `$!`, `${!name}`, and `[!a]`.
    private func isSpared(before next: UInt8) -> Bool {
        if next == UInt8(ascii: "\""), quote == .double, knowsQuotes { return true }
        let rest = bytes[(index + 1)...].prefix { $0 != 0x0A }
        switch byte(-1) {
        case UInt8(ascii: "$"): return index - lineStart > 1
        case UInt8(ascii: "{"): return byte(-2) == UInt8(ascii: "$") && rest.contains(UInt8(ascii: "}"))
        case UInt8(ascii: "["): return rest.dropFirst().contains(UInt8(ascii: "]"))
        default: return false
        }
    }
}
