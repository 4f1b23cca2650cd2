/// Finds the panel's key in what a client types to its session. What is pasted (between the marks of a bracketed paste)
/// is no choice of a key, unless it is that key alone.
struct PanelKeyFinder: Hashable {
    enum Finding: Hashable {
        /// Nothing to be said yet.
        case nothing
        /// Bytes that are the session's.
        case input([UInt8])
        /// The panel's key, after bytes that are the session's.
        case key(after: [UInt8])
    }

    /// A beginning of this length is no key by itself: its rest is on its way.
    private static let leastHeld = 3

    private static let pasteBegins = Array("\u{1B}[200~".utf8)
    private static let pasteEnds = Array("\u{1B}[201~".utf8)

    private let key: UInt8
    private let sequences: [[UInt8]]
    /// What may be the beginning of the key's sequence.
    private var held: [UInt8] = []
    private var isPasting = false
    /// How much of a mark of a paste was read.
    private var mark: [UInt8] = []

    init(_ key: PanelKey) {
        self.key = key.byte
        sequences = key.sequences
    }

    /// Whether there is surely no key in the bytes.
    func passes(_ bytes: [UInt8]) -> Bool {
        guard held.isEmpty, mark.isEmpty, bytes != [key] else { return false }
        return !bytes.contains { ($0 == key && !isPasting) || $0 == 0x1B }
    }

    /// A paste whose end never comes must not take the key away: alone, it is typed by hand.
    mutating func beginChunk(_ bytes: [UInt8]) {
        if bytes == [key] { isPasting = false }
    }

    /// Follows the marks of pastes.
    private mutating func noteMark(_ byte: UInt8) {
        mark = byte == 0x1B ? [byte] : mark.isEmpty ? [] : mark + [byte]
        if mark == Self.pasteBegins { isPasting = true }
        if mark == Self.pasteEnds { isPasting = false }
        let isBegun = Self.pasteBegins.starts(with: mark) || Self.pasteEnds.starts(with: mark)
        if !isBegun || mark.count == Self.pasteBegins.count { mark = [] }
    }

    mutating func read(_ byte: UInt8) -> Finding {
        noteMark(byte)
        let before = held
        guard !isPasting else {
            held = []
            return .input(before + [byte])
        }
        held.append(byte)
        for sequence in sequences where sequence.starts(with: held) {
            guard sequence.count == held.count else { return .nothing }
            held = []
            return .key(after: [])
        }
        held = []
        if byte == key { return .key(after: before) }
        guard byte == 0x1B else { return .input(before + [byte]) }
        held = [byte]
        return before.isEmpty ? .nothing : .input(before)
    }

    /// What must not wait for the next bytes, which may never come: `Escape` is a key.
    mutating func endOfChunk() -> [UInt8] {
        guard held.count < Self.leastHeld else { return [] }
        let input = held
        held = []
        return input
    }
}
