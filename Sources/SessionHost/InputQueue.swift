import SessionModel
import Wire

/// Delivered input that the PTY has not taken yet, in pieces of at most 1 KiB.
struct InputQueue {
    /// Bytes of one write, so that what was not written yet can stop at once.
    static let pieceLimit = 1_024
    /// Where a piece would cut a key's sequence, it ends before it, if the sequence began as close as this.
    private static let sequenceLimit = 32

    /// Who typed, in which turn; all that the record needs, even when the attachment is gone.
    struct Author {
        let attachment: AttachmentID
        let turn: TurnNumber
        let who: Operator
        let transport: String
    }

    enum Source {
        case attachment(Author)
        /// The session's own terminal answering a program's query.
        case terminal
        /// The session ends what the turn left open: a paste, or a command.
        case closing(TurnNumber)
    }

    struct Piece {
        let source: Source
        let kind: InputClassifier.Kind
        /// Whether its author asked that it be recorded as a count.
        let isHidden: Bool
        var bytes: ArraySlice<UInt8>
        var isJournalled = false

        /// Whether `Ctrl-C` is in it.
        var isInterrupt: Bool { kind == .keys && bytes.contains(0x03) }

        var turn: TurnNumber? {
            switch source {
            case .attachment(let author): author.turn
            case .closing(let turn): turn
            case .terminal: nil
            }
        }

        var author: Author? {
            guard case .attachment(let author) = source else { return nil }
            return author
        }
    }

    /// What became of a turn's input that was not written when the turn ended.
    struct Cut {
        /// Bytes dropped, by attachment.
        var dropped: [AttachmentID: Int] = [:]
        /// How many of them were journalled.
        var journalled = 0
    }

    private var pieces: [Piece] = []
    private var first = 0

    var isEmpty: Bool { first == pieces.count }
    var hasInterrupt: Bool { pieces[first...].contains(where: \.isInterrupt) }
    var count: Int { pieces[first...].reduce(0) { $0 + $1.bytes.count } }

    func count(from id: AttachmentID) -> Int {
        pieces[first...].reduce(0) { $1.author?.attachment == id ? $0 + $1.bytes.count : $0 }
    }

    mutating func append(
        _ bytes: ArraySlice<UInt8>, from source: Source, kind: InputClassifier.Kind = .keys, isHidden: Bool = false
    ) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Self.pieceLength(of: rest)
            pieces.append(Piece(source: source, kind: kind, isHidden: isHidden, bytes: rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
    }

    /// What is to be written next.
    var head: Piece? { isEmpty ? nil : pieces[first] }

    /// The head is in the journal.
    mutating func noteJournalled() { pieces[first].isJournalled = true }

    /// The terminal took so many bytes of the head.
    mutating func consume(_ count: Int) {
        pieces[first].bytes = pieces[first].bytes.dropFirst(count)
        guard pieces[first].bytes.isEmpty else { return }
        first += 1
        if isEmpty { removeAll() }
    }

    /// Takes out what was typed in a turn and was not written, but for what completes a character or a sequence.
    mutating func cut(_ turn: TurnNumber, after delivered: DeliveredInput) -> Cut {
        let next = pieces[first...].lazy.filter { $0.author?.turn == turn }.flatMap(\.bytes)
        var left = writtenOut(before: turn, delivered).completion(in: Array(next.prefix(256)), of: turn)
        var cut = Cut()
        pieces = pieces[first...].compactMap { piece in
            guard let author = piece.author, author.turn == turn else { return piece }
            var kept = piece
            kept.bytes = piece.bytes.prefix(left)
            left -= kept.bytes.count
            let dropped = piece.bytes.count - kept.bytes.count
            if dropped > 0 { cut.dropped[author.attachment, default: 0] += dropped }
            if piece.isJournalled { cut.journalled += dropped }
            return kept.bytes.isEmpty ? nil : kept
        }
        first = 0
        return cut
    }

    /// A turn's input that is still to be written and was not journalled; from now on it was.
    mutating func takeUnjournalled(of turn: TurnNumber) -> [Piece] {
        let indices = pieces.indices[first...].filter { pieces[$0].author?.turn == turn && !pieces[$0].isJournalled }
        for index in indices { pieces[index].isJournalled = true }
        return indices.map { pieces[$0] }
    }

    /// Where the program will stand when everything here was written.
    func writtenOut(_ delivered: DeliveredInput) -> DeliveredInput { noting(pieces[first...], delivered) }

    private func writtenOut(before turn: TurnNumber, _ delivered: DeliveredInput) -> DeliveredInput {
        noting(pieces[first...].prefix { $0.turn != turn }, delivered)
    }

    private func noting(_ pieces: ArraySlice<Piece>, _ delivered: DeliveredInput) -> DeliveredInput {
        pieces.reduce(into: delivered) { delivered, piece in
            if let turn = piece.turn { delivered.note(piece.bytes, in: turn) }
        }
    }

    /// How long the next piece is: it ends behind a character, and not within a key's sequence, where that can be.
    private static func pieceLength(of bytes: ArraySlice<UInt8>) -> Int {
        guard bytes.count > pieceLimit else { return bytes.count }
        let piece = bytes.prefix(pieceLimit)
        let turn = TurnNumber(rawValue: 0)
        for index in piece.indices.suffix(sequenceLimit).reversed() where piece[index] == 0x1B {
            var sequence = DeliveredInput()
            sequence.note(piece[index...], in: turn)
            let isWhole = sequence.completion(in: bytes[piece.endIndex...].prefix(sequenceLimit), of: turn) == 0
            if !isWhole { return index - piece.startIndex }
            break
        }
        guard bytes[piece.endIndex] & 0xC0 == 0x80 else { return pieceLimit }
        let tail = piece.suffix(4).lastIndex { $0 & 0xC0 != 0x80 }
        return tail.map { $0 - piece.startIndex } ?? pieceLimit
    }

    private mutating func removeAll() {
        pieces = []
        first = 0
    }
}
