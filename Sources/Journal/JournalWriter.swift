private import Glibc
package import SessionModel
private import SystemPackage
package import Wire

/// Appends a session's events to its journal, in order.
///
/// Each entry is one `write(2)`: what was appended survives the host, though not a power cut.
/// A full disk never stops the session: what could not be kept is counted, and the count is the next thing written.
package final class JournalWriter {
    /// What became of an entry.
    package enum Outcome: Equatable, Sendable {
        case written
        /// The first entry that could not be written, or one more.
        case missing(isFirst: Bool)
        /// Written, and so was the gap before it.
        case writtenAfterGap(outputBytes: UInt64)
    }

    private struct Gap {
        var records: UInt64 = 0
        var outputBytes: UInt64 = 0
    }

    private let directory: String
    private let session: SessionName
    private let segmentLimit: Int
    private var file: OwnedFile
    private var segment: UInt32
    /// Bytes of the header and of whole entries.
    private var size: Int
    private var hasEntries = false
    /// Half an entry may stand at the file's end, because it could not be cut off.
    private var isTorn = false
    private var gap: Gap?
    /// Output that was lost since the last entry that was written as it came.
    private var lostBytes: UInt64 = 0
    private var newestTurn: TurnNumber
    package private(set) var lastNumber: EventNumber
    /// The newest turn that an earlier incarnation recorded.
    package let lastTurn: TurnNumber

    /// Opens a new segment after those that are there. A torn end of the last one is cut off.
    ///
    /// - Parameter segmentLimit: bytes after which the next segment begins.
    package init(
        directory: String, session: SessionName, segmentLimit: Int = 64 * 1_024 * 1_024
    ) throws(JournalError) {
        if mkdir(directory, 0o700) != 0, errno != EEXIST { throw .io(path: directory, Errno(rawValue: errno)) }
        let end = try Self.end(of: directory)
        self.directory = directory
        self.session = session
        self.segmentLimit = segmentLimit
        lastNumber = end.lastNumber
        lastTurn = end.lastTurn
        newestTurn = end.lastTurn
        segment = end.segment + 1
        let header = JournalHeader(
            session: session, segment: segment, firstNumber: end.lastNumber.next, lastTurn: end.lastTurn)
        file = try Self.create(header, in: directory)
        size = file.size
    }

    /// - Parameter time: nanoseconds since 1970.
    @discardableResult
    package func append(_ record: JournalRecord, at time: UInt64) -> Outcome {
        newestTurn = max(newestTurn, record.turn ?? newestTurn)
        let closed = gap
        if let closed, !write(.gap(records: closed.records, outputBytes: closed.outputBytes), at: time) {
            note(record)
            return .missing(isFirst: false)
        }
        gap = nil
        guard write(record, at: time) else {
            note(record)
            return .missing(isFirst: closed == nil)
        }
        defer { lostBytes = 0 }
        return closed == nil ? .written : .writtenAfterGap(outputBytes: lostBytes)
    }

    private func note(_ record: JournalRecord) {
        var counted = gap ?? Gap()
        counted.records += 1
        if case .output(_, let bytes) = record {
            counted.outputBytes += UInt64(bytes.count)
            lostBytes += UInt64(bytes.count)
        }
        gap = counted
    }

    private func write(_ record: JournalRecord, at time: UInt64) -> Bool {
        let bytes = JournalEntry(number: lastNumber.next, time: time, record: record).encoded
        // A longer one could not be read again, and would hide all that comes after it.
        guard bytes.count <= JournalEntry.headerLength + JournalEntry.bodyLimit else { return false }
        if isTorn {
            guard file.truncate(to: size) else { return false }
            isTorn = false
        }
        do throws(Errno) {
            if hasEntries, size + bytes.count > segmentLimit { try roll() }
            try file.write(bytes)
        } catch {
            isTorn = !file.truncate(to: size)
            return false
        }
        lastNumber = lastNumber.next
        size += bytes.count
        hasEntries = true
        return true
    }

    private func roll() throws(Errno) {
        let header = JournalHeader(
            session: session, segment: segment + 1, firstNumber: lastNumber.next, lastTurn: newestTurn)
        do throws(JournalError) {
            file = try Self.create(header, in: directory)
        } catch {
            throw .noSpace
        }
        size = file.size
        segment += 1
        hasEntries = false
    }

    /// Where an earlier writer stopped; cuts off what it did not finish.
    private static func end(
        of directory: String
    ) throws(JournalError) -> (segment: UInt32, lastNumber: EventNumber, lastTurn: TurnNumber) {
        let reader = JournalReader(directory: directory)
        let segments = reader.numbers()
        let newest = segments.last ?? 0
        for path in segments.reversed().map(reader.path(of:)) {
            let last = try Segment(path)
            if last.wholeBytes < last.size { Glibc.truncate(path, last.wholeBytes) }
            // One that has no header has no entries either: the one before it knows.
            guard let next = last.nextNumber, let turn = last.lastTurn else { continue }
            return (newest, EventNumber(rawValue: next.rawValue - 1), turn)
        }
        return (newest, EventNumber(rawValue: 0), TurnNumber(rawValue: 0))
    }

    /// Makes a segment that was not there, with its header; or leaves nothing.
    private static func create(_ header: JournalHeader, in directory: String) throws(JournalError) -> OwnedFile {
        let path = JournalReader(directory: directory).path(of: header.segment)
        do throws(Errno) {
            let file = OwnedFile(
                try OwnedFile.open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW))
            do throws(Errno) {
                try file.write(header.encoded)
            } catch {
                unlink(path)
                throw error
            }
            return file
        } catch {
            throw .io(path: path, error)
        }
    }
}
