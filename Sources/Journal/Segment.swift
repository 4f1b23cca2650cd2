private import Glibc
import SessionModel
import SystemPackage
import Wire

/// What one file of a journal holds.
struct Segment {
    /// `nil`: the file ends before its header does.
    let header: JournalHeader?
    let entries: [JournalEntry]
    /// How many of the file's bytes are the header and whole entries.
    let wholeBytes: Int
    let size: Int
    /// What follows the last whole entry.
    private let end: ArraySlice<UInt8>

    /// The number of the entry that comes next, here or in the next segment.
    var nextNumber: EventNumber? { entries.last?.number.next ?? header?.firstNumber }

    var beginsWithGap: Bool { if case .gap = entries.first?.record { true } else { false } }

    /// The newest turn that is known at the segment's end.
    var lastTurn: TurnNumber? {
        (entries.compactMap(\.record.turn) + [header?.lastTurn].compactMap(\.self)).max()
    }

    /// Reads a whole segment. What the file ends in the middle of is left out; anything else that is wrong is damage.
    init(_ path: String) throws(JournalError) {
        let bytes = try Self.contents(of: path)
        size = bytes.count
        var reader = ByteReader(bytes)
        do throws(WireError) {
            header = try JournalHeader(decoding: &reader)
        } catch {
            guard error == .truncated, size < JournalHeader.lengthLimit else {
                throw .damaged(path: path, offset: 0, error)
            }
            (header, entries, wholeBytes, end) = (nil, [], 0, [])
            return
        }
        var entries: [JournalEntry] = []
        do throws(WireError) {
            while let entry = try JournalEntry(decoding: &reader) {
                guard entry.number == entries.last?.number.next ?? header?.firstNumber else {
                    throw .invalid("event number")
                }
                entries.append(entry)
            }
        } catch {
            throw .damaged(path: path, offset: bytes.count - reader.remaining, error)
        }
        self.entries = entries
        wholeBytes = bytes.count - reader.remaining
        end = bytes[wholeBytes...]
    }

    /// Whether later entries stand behind what looks like the beginning of one: then its length is wrong, and it is not
    /// what an interrupted writer left.
    var hasEntriesBehindItsEnd: Bool {
        end.indices.dropFirst().contains { start in
            var reader = ByteReader(Array(end[start...].prefix(JournalEntry.headerLength + 4)))
            guard let length = try? reader.number(UInt32.self), length > 0, length <= end.endIndex - start else {
                return false
            }
            reader = ByteReader(Array(end[start...].prefix(JournalEntry.headerLength + Int(length))))
            guard let entry = try? JournalEntry(decoding: &reader) else { return false }
            return entry.number > (nextNumber ?? entry.number)
        }
    }

    private static func contents(of path: String) throws(JournalError) -> [UInt8] {
        do throws(Errno) {
            let file = OwnedFile(try OwnedFile.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW))
            return try file.readAll()
        } catch {
            throw .io(path: path, error)
        }
    }
}

extension JournalRecord {
    /// The turn that a record is about. Not only its beginning names it: that may be what a full disk lost.
    var turn: TurnNumber? {
        switch self {
        case .turnBegan(let turn, _, _), .turnEnded(let turn, _, _), .inputCut(let turn, _),
            .pasteClosed(let turn), .lineDropped(let turn), .inputDelivered(let turn, _, _, _, _),
            .turnEndsSoon(let turn, _, _):
            turn
        case .input(let input): input.turn
        case .started, .attached, .detached, .output, .resized, .signalled, .spawned, .childExited, .filesMoved, .ended,
            .gap, .said,
            .steeringChanged, .commandBegan, .commandEnded, .frozen, .removed, .turnRequested, .requestEnded,
            .turnGranted, .ruled, .agentLimited, .proposed, .approved, .proposalEnded, .forwarded, .limitHit,
            .idleWarned, .turnAsked, .channelClosed, .roleChanged:
            nil
        }
    }
}
