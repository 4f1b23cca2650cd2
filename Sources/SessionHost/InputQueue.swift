import SessionModel

/// Delivered input that the PTY has not taken yet, in pieces of at most 1 KiB.
struct InputQueue {
    /// Bytes of one write, so that what was not written yet can stop at once.
    static let pieceLimit = 1_024

    enum Source: Hashable {
        case attachment(AttachmentID, TurnNumber)
        /// The session's own terminal answering a program's query.
        case terminal
    }

    struct Piece {
        let source: Source
        var bytes: ArraySlice<UInt8>
        var isJournalled = false
    }

    private var pieces: [Piece] = []
    private var first = 0

    var isEmpty: Bool { first == pieces.count }
    var count: Int { pieces[first...].reduce(0) { $0 + $1.bytes.count } }

    func count(from id: AttachmentID) -> Int {
        pieces[first...].reduce(0) {
            guard case .attachment(id, _) = $1.source else { return $0 }
            return $0 + $1.bytes.count
        }
    }

    mutating func append(_ bytes: [UInt8], from source: Source) {
        var rest = bytes[...]
        while !rest.isEmpty {
            pieces.append(Piece(source: source, bytes: rest.prefix(Self.pieceLimit)))
            rest = rest.dropFirst(Self.pieceLimit)
        }
    }

    var head: Piece? {
        get { isEmpty ? nil : pieces[first] }
        set {
            guard let newValue, !newValue.bytes.isEmpty else {
                first += 1
                if isEmpty { removeAll() }
                return
            }
            pieces[first] = newValue
        }
    }

    /// Takes out what a turn's holder typed and was not written.
    mutating func cut(_ turn: TurnNumber) -> (dropped: [AttachmentID: Int], journalled: Int) {
        var (dropped, journalled): ([AttachmentID: Int], Int) = ([:], 0)
        let kept = pieces[first...].filter { piece in
            guard case .attachment(let id, turn) = piece.source else { return true }
            dropped[id, default: 0] += piece.bytes.count
            if piece.isJournalled { journalled += piece.bytes.count }
            return false
        }
        pieces = Array(kept)
        first = 0
        return (dropped, journalled)
    }

    private mutating func removeAll() {
        pieces = []
        first = 0
    }
}
