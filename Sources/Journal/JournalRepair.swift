private import Glibc
import SessionModel
import SystemPackage
import Wire

/// A file of the journal that could not be read: what was wrong, and where it stands now as it was.
package struct JournalDamage: Hashable, Sendable, CustomStringConvertible {
    package let problem: JournalError
    package let keptAs: String

    package init(problem: JournalError, keptAs: String) {
        self.problem = problem
        self.keptAs = keptAs
    }

    /// For who attaches.
    package var summary: String { "the record was damaged: it is kept as \(keptAs)" }

    package var description: String {
        "\(problem); what can be read of it goes on, and the file as it was is kept as \(keptAs)"
    }
}

/// What others did to the files of a journal that is being written.
package enum JournalInterference: Hashable, Sendable, CustomStringConvertible {
    /// The newest segment was deleted, moved or replaced, and was written anew.
    case restored
    /// It was cut; so many of its records are lost.
    case cut(records: UInt64)

    package var description: String {
        switch self {
        case .restored: "the record's file was taken away; it is put back, and misses nothing"
        case .cut(let records): "the record's file was cut: \(records) records are lost; it goes on in a new one"
        }
    }
}

/// Finds where earlier writers stopped. What can not be read is set aside, beside a copy of what can.
struct JournalRepair {
    private let reader: JournalReader
    private let directory: String
    private(set) var damage: [JournalDamage] = []

    init(directory: String) {
        self.directory = directory
        reader = JournalReader(directory: directory)
    }

    /// Makes the directory where it is missing; what stands in its place is set aside.
    mutating func openDirectory() throws(JournalError) {
        for _ in 0..<2 {
            let failure = mkdir(directory, 0o700) == 0 ? 0 : errno
            var status = stat()
            if lstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
            let problem = JournalError.io(path: directory, Errno(rawValue: failure == 0 ? errno : failure))
            guard failure == EEXIST, let name = moveAside(directory) else { throw problem }
            damage.append(JournalDamage(problem: .io(path: directory, .notDirectory), keptAs: name))
        }
        throw .io(path: directory, .notDirectory)
    }

    /// Where an earlier writer stopped; cuts off what it did not finish.
    mutating func end() throws(JournalError) -> (segment: UInt32, lastNumber: EventNumber, lastTurn: TurnNumber) {
        let segments = reader.numbers()
        let newest = segments.last ?? 0
        for path in segments.reversed().map(reader.path(of:)) {
            guard let last = try readable(path) else { continue }
            if last.wholeBytes < last.size { Glibc.truncate(path, last.wholeBytes) }
            // One that has no header has no entries either: the one before it knows.
            guard let next = last.nextNumber, let turn = last.lastTurn else { continue }
            return (newest, EventNumber(rawValue: next.rawValue - 1), turn)
        }
        return (newest, EventNumber(rawValue: 0), TurnNumber(rawValue: 0))
    }

    /// The segment, or what is left of it; `nil` where that is nothing.
    private mutating func readable(_ path: String) throws(JournalError) -> Segment? {
        let problem: JournalError
        do throws(JournalError) {
            let segment = try Segment(path)
            guard segment.hasEntriesBehindItsEnd else { return segment }
            problem = .damaged(path: path, offset: segment.wholeBytes, .truncated)
        } catch {
            // That passes, and says nothing of the file.
            guard ![.tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory].contains(error.errno) else { throw error }
            problem = error
        }
        guard let name = moveAside(path) else { throw problem }
        damage.append(JournalDamage(problem: problem, keptAs: name))
        guard case .damaged(_, let offset, _) = problem, offset > 0 else { return nil }
        return copyPrefix(of: "\(directory)/\(name.split(separator: "/").last ?? "")", offset, to: path)
    }

    /// What came before the damage stays where readers look for it.
    private func copyPrefix(of damaged: String, _ length: Int, to path: String) -> Segment? {
        do throws(Errno) {
            let old = OwnedFile(try OwnedFile.open(damaged, O_RDONLY | O_CLOEXEC | O_NOFOLLOW))
            let new = OwnedFile(try OwnedFile.open(path, OwnedFile.newSegment))
            try old.copy(length, to: new)
        } catch {
            unlink(path)
            return nil
        }
        return try? Segment(path)
    }

    /// Takes something out of the way that stands where a segment belongs.
    mutating func setAside(_ path: String) -> Bool { moveAside(path) != nil }

    /// - Returns: the name that it has now, as people may look for it beside the session's other files.
    private func moveAside(_ path: String) -> String? {
        let parts = path.split(separator: "/")
        let folder = path == directory ? "" : "\(parts.dropLast().last ?? "")/"
        let stem = path.hasSuffix(SegmentName.suffix) ? String(path.dropLast(SegmentName.suffix.count)) : path
        for number in 1...1_000 {
            let target = "\(stem).damaged" + (number == 1 ? "" : "-\(number)")
            guard access(target, F_OK) != 0 else { continue }
            guard rename(path, target) == 0 else { return nil }
            return folder + (target.split(separator: "/").last ?? "")
        }
        return nil
    }
}
