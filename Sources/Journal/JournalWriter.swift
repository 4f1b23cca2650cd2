private import Glibc
package import SessionModel
package import SystemPackage
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
    /// The number of the segment's first entry.
    private var firstNumber: EventNumber
    /// Bytes of the header and of whole entries.
    private var size: Int
    private var hasEntries = false
    /// Half an entry may stand at the file's end, because it could not be cut off.
    private var isTorn = false
    /// Whether the segment is lost, and a new one could not be begun yet.
    private var isLost = false
    private var gap: Gap?
    /// Output that was lost since the last entry that was written as it came.
    private var lostBytes: UInt64 = 0
    private var newestTurn: TurnNumber
    package private(set) var lastNumber: EventNumber
    /// The newest turn that an earlier incarnation recorded.
    package let lastTurn: TurnNumber
    /// What earlier incarnations left and could not be read, and was set aside at start.
    package let damage: [JournalDamage]
    /// Why the newest entry that is missing could not be written.
    package private(set) var failure = Errno.noSpace
    /// The gap that was written before the newest entry, or in its place.
    package private(set) var writtenGap: JournalEntry?
    private var interference: JournalInterference?
    /// When the segment could not be put back last.
    private var failedAttempt: UInt64?

    /// Opens a new segment after those that are there. A torn end of the last one is cut off; what can not be read is
    /// set aside, and never keeps a session from starting.
    ///
    /// - Parameter segmentLimit: bytes after which the next segment begins.
    package init(
        directory: String, session: SessionName, segmentLimit: Int = 64 * 1_024 * 1_024
    ) throws(JournalError) {
        var repair = JournalRepair(directory: directory)
        try repair.openDirectory()
        let end = try repair.end()
        damage = repair.damage
        self.directory = directory
        self.session = session
        self.segmentLimit = segmentLimit
        lastNumber = end.lastNumber
        lastTurn = end.lastTurn
        newestTurn = end.lastTurn
        segment = end.segment + 1
        firstNumber = end.lastNumber.next
        let header = JournalHeader(
            session: session, segment: segment, firstNumber: end.lastNumber.next, lastTurn: end.lastTurn)
        file = try Self.create(header, in: directory)
        size = file.size
    }

    /// - Parameter time: nanoseconds since 1970.
    @discardableResult
    package func append(_ record: JournalRecord, at time: UInt64) -> Outcome {
        newestTurn = max(newestTurn, record.turn ?? newestTurn)
        writtenGap = nil
        if isLost || file.status != OwnedFile.Status(size: size, isLinked: true) { recover(at: time) }
        let closed = gap
        guard writeGap(at: time) else {
            note(record)
            return .missing(isFirst: false)
        }
        guard write(record, at: time) else {
            note(record)
            return .missing(isFirst: closed == nil)
        }
        defer { lostBytes = 0 }
        return closed == nil ? .written : .writtenAfterGap(outputBytes: lostBytes)
    }

    /// Looks whether the segment is still where it belongs, and writes a gap down that is waited for no longer.
    ///
    /// - Returns: whether a gap has ended.
    package func inspect(at time: UInt64) -> Bool {
        writtenGap = nil
        let path = JournalReader(directory: directory).path(of: segment)
        if isLost || !file.isAt(path) || file.status != OwnedFile.Status(size: size, isLinked: true) {
            recover(at: time)
        }
        return gap != nil && writeGap(at: time)
    }

    /// What others did to the journal's files, once.
    package func takeInterference() -> JournalInterference? {
        defer { interference = nil }
        return interference
    }

    /// - Returns: false where there is a gap that could not be written.
    private func writeGap(at time: UInt64) -> Bool {
        guard let closed = gap else { return true }
        let record = JournalRecord.gap(records: closed.records, outputBytes: closed.outputBytes)
        guard write(record, at: time) else { return false }
        writtenGap = JournalEntry(number: lastNumber, time: time, record: record)
        gap = nil
        return true
    }

    /// The bytes that a gap counted are told when it has closed.
    package var lostOutput: UInt64 { lostBytes }

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
        do throws(Errno) {
            guard !isLost else { throw failure }
            if isTorn { try file.cut(to: size) }
            isTorn = false
            if hasEntries, size + bytes.count > segmentLimit { try roll() }
            try file.write(bytes)
        } catch {
            failure = error
            // A lost segment is left as it is: it would only grow zeros.
            if !isLost { isTorn = !file.truncate(to: size) }
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
            throw error.errno
        }
        size = file.size
        segment += 1
        firstNumber = lastNumber.next
        hasEntries = false
    }

    // MARK: What others do to its files

    /// The segment is not as it was left. A file that was deleted or moved away is still open here, and is put back; of
    /// one that was cut, what is gone is gone, and the next segment begins with the gap.
    private func recover(at time: UInt64) {
        if !isLost {
            let status = file.status
            if status.size > size { isTorn = true }
            if status.size >= size { return putBack(status, at: time) }
            isLost = true
            let kept = (try? Segment(path))?.nextNumber ?? firstNumber
            let lost = lastNumber.next.rawValue - min(kept.rawValue, lastNumber.next.rawValue)
            gap = Gap(records: (gap?.records ?? 0) + lost, outputBytes: gap?.outputBytes ?? 0)
            interference = .cut(records: lost)
        }
        do throws(Errno) {
            if mkdir(directory, 0o700) != 0, errno != EEXIST { throw Errno(rawValue: errno) }
            try roll()
            (isLost, isTorn) = (false, false)
        } catch {
            failure = error
        }
    }

    /// Until that succeeds it is written on without a name.
    private func putBack(_ status: OwnedFile.Status, at time: UInt64) {
        if status.isLinked, file.isAt(path) { return }
        if let last = failedAttempt, time >= last, time - last < Self.attemptPause { return }
        failedAttempt = restore() ? nil : time
    }

    /// Nanoseconds: it is copied whole, which takes its time.
    private static let attemptPause: UInt64 = 1_000_000_000

    private var path: String { JournalReader(directory: directory).path(of: segment) }

    /// Writes the segment anew from the file that is still open.
    private func restore() -> Bool {
        mkdir(directory, 0o700)
        var repair = JournalRepair(directory: directory)
        // Somebody else's file stands in its place.
        if access(path, F_OK) == 0, !repair.setAside(path) { return false }
        do throws(Errno) {
            let copy = OwnedFile(try OwnedFile.open(path, OwnedFile.newSegment))
            do throws(Errno) {
                try file.copy(size, to: copy)
            } catch {
                unlink(path)
                throw error
            }
            file = copy
        } catch {
            return false
        }
        isTorn = false
        interference = .restored
        return true
    }

    /// Makes a segment that was not there, with its header; or leaves nothing.
    private static func create(_ header: JournalHeader, in directory: String) throws(JournalError) -> OwnedFile {
        let path = JournalReader(directory: directory).path(of: header.segment)
        do throws(Errno) {
            let file = OwnedFile(
                try OwnedFile.open(path, OwnedFile.newSegment))
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
