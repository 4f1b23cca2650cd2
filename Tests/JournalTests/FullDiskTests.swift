import Foundation
import Journal
import SessionModel
import SystemPackage
import TestKit
import Testing
import Wire

/// A disk that takes nothing more: in a process of its own, whose files may not grow beyond a limit.
@Suite("On a full disk")
struct FullDiskTests {
    @Test("a journal says so once, counts what is missing, and writes the gap when there is room again")
    func gap() async {
        await #expect(processExitsWith: .success) {
            let fixture = try JournalFixture()
            let writer = try fixture.writer()
            #expect(writer.append(JournalFixture.output(1_000), at: 1) == .written)
            let before = try fixture.bytes(of: fixture.segments[0])
            limitFiles(to: before.count + 30)
            #expect(writer.append(JournalFixture.output(100), at: 2) == .missing(isFirst: true))
            #expect(try fixture.bytes(of: fixture.segments[0]) == before, "half an entry is taken back")
            #expect(writer.append(JournalFixture.turnBegan(1), at: 3) == .missing(isFirst: false))
            #expect(writer.append(JournalFixture.output(23), at: 4) == .missing(isFirst: false))
            #expect(try fixture.entries().count == 1)
            limitFiles(to: nil)
            #expect(writer.append(.resized(.standard), at: 5) == .writtenAfterGap(outputBytes: 123))
            #expect(writer.append(.resized(.standard), at: 6) == .written)
            let entries = try fixture.entries()
            #expect(
                entries.records == [
                    JournalFixture.output(1_000), .gap(records: 3, outputBytes: 123), .resized(.standard),
                    .resized(.standard),
                ])
            #expect(entries.numbers == [1, 2, 3, 4])
            #expect(entries.map(\.time) == [1, 5, 5, 6])
        }
    }

    @Test("with room for the gap alone, a journal counts on, and tells the whole loss at the end")
    func roomForTheGapAlone() async {
        await #expect(processExitsWith: .success) {
            let fixture = try JournalFixture()
            let writer = try fixture.writer()
            let start = try fixture.bytes(of: fixture.segments[0]).count
            limitFiles(to: start)
            #expect(writer.append(JournalFixture.output(10), at: 1) == .missing(isFirst: true))
            limitFiles(to: start + 60)
            #expect(writer.append(JournalFixture.output(200), at: 2) == .missing(isFirst: false))
            #expect(try fixture.entries().records == [.gap(records: 1, outputBytes: 10)])
            limitFiles(to: nil)
            #expect(writer.append(JournalFixture.output(1), at: 3) == .writtenAfterGap(outputBytes: 210))
            #expect(
                try fixture.entries().records == [
                    .gap(records: 1, outputBytes: 10), .gap(records: 1, outputBytes: 200), JournalFixture.output(1),
                ])
        }
    }

    @Test("a journal that can not begin its next segment leaves nothing of it, and tries again")
    func roll() async {
        await #expect(processExitsWith: .success) {
            let fixture = try JournalFixture()
            let writer = try fixture.writer(segmentLimit: 1_000)
            #expect(writer.append(JournalFixture.output(900), at: 1) == .written)
            limitFiles(to: 20)
            #expect(writer.append(JournalFixture.output(100), at: 2) == .missing(isFirst: true))
            #expect(writer.append(JournalFixture.output(100), at: 3) == .missing(isFirst: false))
            #expect(fixture.segments.count == 1)
            limitFiles(to: nil)
            #expect(writer.append(.resized(.standard), at: 4) == .writtenAfterGap(outputBytes: 200))
            #expect(fixture.segments.count == 2)
            #expect(try fixture.entries().numbers == [1, 2, 3])
        }
    }

    @Test("a journal that can not begin at all says so in a sentence")
    func start() async {
        await #expect(processExitsWith: .success) {
            let fixture = try JournalFixture()
            limitFiles(to: 20)
            let error = #expect(throws: JournalError.self) { try fixture.writer() }
            let sentence = String(describing: try #require(error))
            #expect(sentence.hasSuffix("/00000001.journal: File too large"), "\(sentence)")
            #expect(fixture.segments.isEmpty)
        }
    }

    @Test("a turn whose beginning was lost is not begun again")
    func lostTurn() async {
        await #expect(processExitsWith: .success) {
            let fixture = try JournalFixture()
            let writer = try fixture.writer()
            limitFiles(to: try fixture.bytes(of: fixture.segments[0]).count)
            writer.append(JournalFixture.turnBegan(7), at: 1)
            limitFiles(to: nil)
            writer.append(.inputCut(TurnNumber(rawValue: 7), count: 1), at: 2)
            #expect(try fixture.writer().lastTurn == TurnNumber(rawValue: 7))
        }
    }
}

/// A file of this process may not grow beyond so many bytes; `nil`: no limit again.
private func limitFiles(to bytes: Int?) {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
    #expect(getrlimit(resource, &limit) == 0)
    limit.rlim_cur = bytes.map { rlim_t($0) } ?? limit.rlim_max
    #expect(setrlimit(resource, &limit) == 0)
}
