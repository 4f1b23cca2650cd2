/// Finds the panel's key in what a client types to its session.
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

    private let key: UInt8
    private let sequences: [[UInt8]]
    /// What may be the beginning of the key's sequence.
    private var held: [UInt8] = []

    init(_ key: PanelKey) {
        self.key = key.byte
        sequences = key.sequences
    }

    /// Whether there is surely no key in the bytes.
    func passes(_ bytes: [UInt8]) -> Bool {
        held.isEmpty && !bytes.contains { $0 == key || $0 == 0x1B }
    }

    mutating func read(_ byte: UInt8) -> Finding {
        let before = held
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
