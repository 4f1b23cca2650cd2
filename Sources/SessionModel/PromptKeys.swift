/// What the keys that were typed at a prompt tell of the line there.
///
/// A shell's keys can be bound anew: nothing is taken for empty by them alone, but only where the screen shows it, too.
package struct PromptKeys: Hashable, Sendable {
    package enum Line: Hashable, Sendable {
        /// So many characters stand there.
        case characters(Int)
        /// It was edited by keys of which the screen shows what they did.
        case edited
        /// It was entered or given up, and nothing stands there once another prompt does.
        case entered
        /// The same, and another prompt was drawn since.
        case drawnAnew
        /// Before the prompt stood something was typed, which a program may have read.
        case typedAhead
        /// Keys may have done anything, like waiting for another key.
        case unknown
    }

    private static let erasing: Set<UInt8> = [0x08, 0x7F]
    /// Ctrl-A, B, D, E, F, K, N, P and W.
    private static let editing: Set<UInt8> = [0x01, 0x02, 0x04, 0x05, 0x06, 0x0B, 0x0E, 0x10, 0x17]
    /// The finals of the cursor keys, of Home and of End.
    private static let moving = Set("ABCDFH".utf8)
    private static let pasteMarks = ["\u{1B}[200~", "\u{1B}[201~"].map { Array($0.utf8) }

    package private(set) var line: Line
    /// Whether something was typed that may stand there unseen.
    private var hasBlanks = false
    /// Whether a key was typed that draws the prompt anew.
    private var isRedrawn = false
    /// Whether something was typed behind what was entered: for the next line, which the shell may have read already.
    package private(set) var hasTypedAhead = false

    package init(isTypedAhead: Bool = false) { line = isTypedAhead ? .typedAhead : .characters(0) }

    /// Whether nothing stands there, as far as keys tell.
    package var mayBeEmpty: Bool {
        switch line {
        case .characters(let count): count == 0
        case .edited: !hasBlanks
        case .drawnAnew, .typedAhead: true
        case .entered, .unknown: false
        }
    }

    /// Another prompt was drawn, or the same once more.
    package mutating func notePrompt() {
        if line == .entered { line = .drawnAnew }
    }

    /// - Parameter isPaste: whether it is a part of a bracketed paste, its marks among it.
    package mutating func note(_ bytes: ArraySlice<UInt8>, isPaste: Bool) {
        var rest = bytes
        while let byte = rest.first {
            if line == .entered { hasTypedAhead = true }
            var length = 1
            switch byte {
            case 0x1B: length = noteSequence(rest, isPaste: isPaste)
            case 0x20...0x7E, 0x80...: noteText(byte)
            case _ where isPaste: line = .unknown
            case 0x0D, 0x0A: noteEnter()
            // It gives up whatever stands there, once the shell has read it.
            case 0x03: line = .entered
            case 0x0C: isRedrawn = true
            default: noteEdit(byte)
            }
            rest = rest.dropFirst(length)
        }
    }

    private mutating func noteText(_ byte: UInt8) {
        if byte == 0x20 || byte >= 0x80 { hasBlanks = true }
        switch line {
        case .characters(let count): line = .characters(count + (byte & 0xC0 == 0x80 ? 0 : 1))
        case .edited: break
        case .typedAhead: line = .edited
        case .entered, .drawnAnew, .unknown: line = .unknown
        }
    }

    private mutating func noteEdit(_ byte: UInt8) {
        switch line {
        case .characters(let count) where Self.erasing.contains(byte): line = .characters(max(0, count - 1))
        case .characters where byte == 0x15: line = .characters(0)
        case .characters where Self.editing.contains(byte): line = .edited
        case .typedAhead where byte == 0x15 || Self.erasing.contains(byte): line = .edited
        case .edited where byte == 0x15 || Self.erasing.contains(byte) || Self.editing.contains(byte): break
        default: line = .unknown
        }
    }

    private mutating func noteEnter() {
        switch line {
        case .characters, .edited: line = isRedrawn ? .unknown : .entered
        case .entered, .drawnAnew, .typedAhead, .unknown: line = .unknown
        }
    }

    /// A cursor key is one that edits, and so are Delete and its neighbours, also with Shift, Alt or Ctrl. The rest of
    /// any other sequence is not known.
    private mutating func noteSequence(_ bytes: ArraySlice<UInt8>, isPaste: Bool) -> Int {
        if isPaste, let mark = Self.pasteMarks.first(where: bytes.starts) { return mark.count }
        guard let length = Self.editingKey(bytes) else {
            line = .unknown
            return bytes.count
        }
        switch line {
        case .characters, .edited: line = .edited
        case .entered, .drawnAnew, .typedAhead, .unknown: line = .unknown
        }
        return length
    }

    /// How long the key is that the bytes begin with; `nil` for one that may do anything.
    private static func editingKey(_ bytes: ArraySlice<UInt8>) -> Int? {
        let rest = bytes.dropFirst()
        guard rest.first == 0x5B || rest.first == 0x4F else { return nil }
        let parameters = rest.dropFirst().prefix(5).prefix { (0x30...0x39).contains($0) || $0 == 0x3B }
        guard let final = rest.dropFirst(1 + parameters.count).first else { return nil }
        let number = parameters.prefix { $0 != 0x3B }
        let isEditing =
            final == UInt8(ascii: "~")
            ? number.count == 1 && number.allSatisfy(Self.numbered.contains)
            : Self.moving.contains(final) && (parameters.isEmpty || number.elementsEqual([0x31]))
        return isEditing ? 2 + parameters.count + 1 : nil
    }

    /// Home, Delete, End, Page Up, Page Down, and how others number Home and End: all but Insert.
    private static let numbered = Set("1345678".utf8)
}
