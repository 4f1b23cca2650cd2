import Foundation
import Journal
import SystemPackage
import TestKit
import Testing
import Wire

@Suite("Reading while a host writes")
struct ReadingWhileWritingTests {
    @Test("sees whole entries only, and more of them each time")
    func whole() async throws {
        let fixture = try JournalFixture()
        let count = 2_000
        let directory = fixture.directory
        let writing = Thread {
            guard
                let writer = try? JournalWriter(
                    directory: directory, session: JournalFixture.session, segmentLimit: 256 * 1_024)
            else { return }
            for number in 1...count { writer.append(JournalFixture.output(number, at: UInt64(number)), at: 0) }
        }
        writing.start()
        var seen = 0
        try await eventually("all entries are there", seen: { "\(seen)" }) {
            let entries = try fixture.entries()
            #expect(entries.count >= seen)
            #expect(entries.numbers == (0..<UInt64(entries.count)).map { $0 + 1 })
            seen = entries.count
            return seen == count
        }
        #expect(try fixture.entries().records == (1...count).map { JournalFixture.output($0, at: UInt64($0)) })
    }
}
