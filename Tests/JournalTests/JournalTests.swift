import Foundation
import Journal
import SessionModel
import SystemPackage
import TestKit
import Testing
import Wire

@Suite("A journal")
struct JournalTests {
    private let fixture: JournalFixture

    init() throws { fixture = try JournalFixture() }

    @Test("gives back what was appended, in order, numbered from 1")
    func order() throws {
        let writer = try fixture.writer()
        let records: [JournalRecord] = (1...50).flatMap { turn in
            [JournalFixture.turnBegan(turn), JournalFixture.output(Int(turn), at: turn)]
        }
        for (time, record) in records.enumerated() { #expect(writer.append(record, at: UInt64(time)) == .written) }
        let entries = try fixture.entries()
        #expect(entries.records == records)
        #expect(entries.numbers == Array(1...100))
        #expect(entries.map(\.time) == Array(0..<100))
        #expect(writer.lastNumber == EventNumber(rawValue: 100))
    }

    @Test("is continued by the next writer, which knows the newest turn")
    func continued() throws {
        let first = try fixture.writer()
        #expect(first.lastTurn == TurnNumber(rawValue: 0))
        first.append(JournalFixture.turnBegan(41), at: 1)
        first.append(.turnEnded(TurnNumber(rawValue: 41), AttachmentID(rawValue: 1), .ended), at: 2)
        let second = try fixture.writer()
        #expect(second.lastNumber == EventNumber(rawValue: 2))
        #expect(second.lastTurn == TurnNumber(rawValue: 41))
        second.append(.resized(.standard), at: 3)
        #expect(try fixture.entries().numbers == [1, 2, 3])
        #expect(fixture.segments.count == 2)
    }

    @Test("forgets neither number nor turn over writers that wrote nothing")
    func idleWriters() throws {
        try fixture.writer().append(JournalFixture.turnBegan(5), at: 1)
        for _ in 0..<3 {
            let idle = try fixture.writer()
            #expect(idle.lastNumber == EventNumber(rawValue: 1))
            #expect(idle.lastTurn == TurnNumber(rawValue: 5))
        }
        try fixture.writer().append(.resized(.standard), at: 2)
        #expect(try fixture.entries().numbers == [1, 2])
        #expect(try fixture.writer().lastTurn == TurnNumber(rawValue: 5), "a segment ago no turn was named")
    }

    @Test("goes on in the next segment at the limit, and is read across them")
    func segments() throws {
        let writer = try fixture.writer(segmentLimit: 4_096)
        let records = (1...100).map { JournalFixture.output(300, at: UInt64($0)) }
        for record in records { #expect(writer.append(record, at: 0) == .written) }
        #expect(try fixture.entries().records == records)
        #expect(try fixture.entries().numbers == Array(1...100))
        #expect(fixture.segments.count > 7)
        #expect(fixture.segments.map { $0.suffix(17) }.prefix(2) == ["/00000001.journal", "/00000002.journal"])
        for path in fixture.segments { #expect(try fixture.bytes(of: path).count <= 4_096) }
    }

    @Test("has an entry over a segment's limit in a segment of its own")
    func largeEntry() throws {
        let writer = try fixture.writer(segmentLimit: 100)
        for count in [500, 1, 500] { #expect(writer.append(JournalFixture.output(count), at: 0) == .written) }
        #expect(try fixture.entries().numbers == [1, 2, 3])
        #expect(fixture.segments.count == 3)
    }

    @Test("counts an entry that nobody could read again as a gap, and goes on")
    func hugeEntry() throws {
        let writer = try fixture.writer()
        let huge = JournalEntry.bodyLimit
        #expect(writer.append(JournalFixture.output(huge), at: 0) == .missing(isFirst: true))
        #expect(writer.append(.resized(.standard), at: 0) == .writtenAfterGap(outputBytes: UInt64(huge)))
        #expect(try fixture.entries().records == [.gap(records: 1, outputBytes: UInt64(huge)), .resized(.standard)])
    }

    @Test("leaves files alone that are no segments of it")
    func otherFiles() throws {
        try fixture.writer().append(.resized(.standard), at: 0)
        for name in ["notes", "1.journal", "x.journal", "00000009.journal.bak", "99999999999.journal"] {
            try fixture.write([1, 2, 3], to: "\(fixture.directory)/\(name)")
        }
        #expect(try fixture.entries().count == 1)
        #expect(try fixture.writer().lastNumber == EventNumber(rawValue: 1))
    }

    @Test("never writes over an old segment, also when the oldest were taken away")
    func oldestRemoved() throws {
        for _ in 1...3 { try fixture.writer().append(.resized(.standard), at: 0) }
        try FileManager.default.removeItem(atPath: fixture.segments[0])
        try fixture.writer().append(.resized(.standard), at: 0)
        #expect(fixture.segments.map { $0.suffix(10) } == ["02.journal", "03.journal", "04.journal"])
        #expect(try fixture.entries().numbers == [2, 3, 4])
    }

    @Test("that can not be made says so in a sentence")
    func impossible() throws {
        let place = try fixture.writer()
        withExtendedLifetime(place) {}
        for (directory, reason) in [
            ("/proc/cmdop", "No such file or directory"), ("\(fixture.segments[0])/a", "Not a directory"),
            ("\(fixture.directory)/a/b", "No such file or directory"),
        ] {
            let error = #expect(throws: JournalError.self) {
                try JournalWriter(directory: directory, session: JournalFixture.session)
            }
            let sentence = String(describing: try #require(error))
            #expect(sentence.hasPrefix("can not use the journal \(directory)"), "\(sentence)")
            #expect(sentence.hasSuffix(": \(reason)"), "\(sentence)")
        }
        #expect(try JournalReader(directory: "/proc/cmdop").entries() == [], "where nothing was written, nothing is")
    }

    @Test("is its owner's alone")
    func modes() throws {
        try fixture.writer().append(.resized(.standard), at: 0)
        for (path, mode) in [(fixture.directory, 0o700), (fixture.segments[0], 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode)
        }
    }
}
