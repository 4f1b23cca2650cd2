import Foundation
import Journal
import SessionModel
import TestKit
import Testing
import Wire

@Suite("A journal whose files others change while it is written")
struct InterferenceTests {
    private let fixture: JournalFixture
    private let writer: JournalWriter
    private let path: String

    init() throws {
        fixture = try JournalFixture()
        writer = try fixture.writer()
        for turn in 1...3 as ClosedRange<UInt64> { writer.append(JournalFixture.turnBegan(turn), at: turn) }
        path = fixture.segments[0]
    }

    @Test("puts a file back that was deleted, before the next entry")
    func deleted() throws {
        try FileManager.default.removeItem(atPath: path)
        #expect(writer.append(JournalFixture.turnBegan(4), at: 4) == .written)
        #expect(writer.takeInterference() == .restored)
        #expect(writer.takeInterference() == nil)
        #expect(try fixture.entries().numbers == [1, 2, 3, 4])
    }

    @Test("puts back a whole directory, and a file that was moved or replaced, when it looks")
    func moved() throws {
        try FileManager.default.removeItem(atPath: fixture.directory)
        #expect(!writer.inspect(at: 4))
        #expect(writer.takeInterference() == .restored)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        _ = writer.inspect(at: 5)
        #expect(writer.takeInterference() == .restored)
        try FileManager.default.removeItem(atPath: path)
        try fixture.write([1, 2, 3], to: path)
        _ = writer.inspect(at: 6)
        #expect(writer.takeInterference() == .restored)
        #expect(try fixture.bytes(of: fixture.directory + "/00000001.damaged") == [1, 2, 3])
        #expect(writer.append(JournalFixture.turnBegan(4), at: 7) == .written)
        #expect(try fixture.entries().numbers == [1, 2, 3, 4])
        _ = writer.inspect(at: 8)
        #expect(writer.takeInterference() == nil)
    }

    @Test("begins a new file with the gap where one was cut, wherever that was")
    func cut() throws {
        let whole = try fixture.bytes(of: path).count
        for count in [0, 20, whole - 1] {
            let fixture = try JournalFixture()
            let writer = try fixture.writer()
            for turn in 1...3 as ClosedRange<UInt64> { writer.append(JournalFixture.turnBegan(turn), at: turn) }
            truncate(fixture.segments[0], count)
            #expect(writer.append(JournalFixture.turnBegan(4), at: 4) == .writtenAfterGap(outputBytes: 0))
            let lost: UInt64 = count == whole - 1 ? 1 : 3
            #expect(writer.takeInterference() == .cut(records: lost))
            let entries = try fixture.entries()
            #expect(entries.records.suffix(2) == [.gap(records: lost, outputBytes: 0), JournalFixture.turnBegan(4)])
            #expect(entries.numbers.suffix(2) == [4, 5])
            #expect(try fixture.writer().lastNumber.rawValue == 5)
        }
    }

    @Test("cuts off what others appended")
    func appended() throws {
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("not mine".utf8))
        #expect(writer.append(JournalFixture.turnBegan(4), at: 4) == .written)
        #expect(try fixture.entries().numbers == [1, 2, 3, 4])
    }
}
