private import Glibc
import SessionModel
private import SystemPackage
package import Wire

/// Reads a session's journal, also while its host is writing it.
package struct JournalReader: Sendable {
    private let directory: String

    package init(directory: String) { self.directory = directory }

    /// The paths of the segments, oldest first.
    package func segments() -> [String] { numbers().map(path(of:)) }

    func path(of segment: UInt32) -> String { "\(directory)/\(SegmentName.text(for: segment))" }

    /// The numbers of the segments that are there, in order.
    func numbers() -> [UInt32] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var numbers: [UInt32] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let number = SegmentName.number(of: name) { numbers.append(number) }
        }
        return numbers.sorted()
    }

    /// All entries in order. Stops without an error at an entry that is not whole yet. Where numbers are missing
    /// between two segments, the later one begins with the gap.
    package func entries() throws(JournalError) -> [JournalEntry] {
        var all: [JournalEntry] = []
        for path in segments() {
            let segment = try Segment(path)
            if let last = all.last, let first = segment.header?.firstNumber, first != last.number.next,
                first < last.number || !segment.beginsWithGap
            {
                throw .damaged(path: path, offset: 0, .invalid("event number"))
            }
            all += segment.entries
        }
        return all
    }

    /// The entries from the newest segment back to the one in which the wanted entry is, oldest first; all there are
    /// where none is. What a damaged segment holds is left out.
    package func entries(backTo isWanted: (JournalEntry) -> Bool) -> [JournalEntry] {
        var all: [JournalEntry] = []
        for path in segments().reversed() {
            guard let entries = try? Segment(path).entries else { continue }
            all = entries + all
            if entries.contains(where: isWanted) { break }
        }
        return all
    }
}
