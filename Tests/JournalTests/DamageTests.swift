import Foundation
import Journal
import SessionModel
import SystemPackage
import TestKit
import Testing
import Wire

@Suite("A damaged journal")
struct DamageTests {
    private let fixture: JournalFixture
    private let path: String
    private let whole: [UInt8]
    /// Where each entry begins, and the end of the last.
    private let boundaries: [Int]

    init() throws {
        fixture = try JournalFixture()
        let writer = try fixture.writer()
        var boundaries = [try fixture.bytes(of: fixture.segments[0]).count]
        for turn in 1...3 as ClosedRange<UInt64> {
            writer.append(JournalFixture.turnBegan(turn), at: turn)
            boundaries.append(try fixture.bytes(of: fixture.segments[0]).count)
        }
        path = fixture.segments[0]
        whole = try fixture.bytes(of: path)
        self.boundaries = boundaries
    }

    @Test("that is cut anywhere keeps its whole entries, and the next writer cuts off the rest")
    func torn() throws {
        for count in 0..<whole.count {
            try fixture.write(Array(whole[..<count]), to: path)
            let kept = max(0, boundaries.lastIndex { $0 <= count } ?? 0)
            #expect(try fixture.entries().numbers == (0..<UInt64(kept)).map { $0 + 1 }, "cut at \(count)")
            let writer = try fixture.writer()
            let end = count < boundaries[0] ? 0 : boundaries[kept]
            #expect(try fixture.bytes(of: path).count == end, "cut at \(count)")
            #expect(writer.lastNumber.rawValue == UInt64(kept))
            #expect(writer.lastTurn.rawValue == UInt64(kept))
            writer.append(.resized(.standard), at: 9)
            #expect(try fixture.entries().numbers == (0...UInt64(kept)).map { $0 + 1 })
            try FileManager.default.removeItem(atPath: fixture.segments[1])
        }
    }

    @Test("names the file and the entry where a byte is flipped, and goes on beside the file as it was")
    func flipped() throws {
        for place in whole.indices {
            var bytes = whole
            bytes[place] ^= 0x40
            try fixture.write(bytes, to: path)
            let entry = place < boundaries[0] ? 0 : boundaries.last { $0 <= place } ?? 0
            // A length that says too much looks like an entry that is still being written.
            if entry > 0, place - entry < 4, let entries = try? fixture.entries() {
                #expect(entries.count == boundaries.firstIndex(of: entry))
                continue
            }
            let error = try #require(#expect(throws: JournalError.self) { try fixture.entries() })
            guard case .damaged(path, entry, _) = error else {
                Issue.record(error, "byte \(place)")
                continue
            }
            let writer = try fixture.writer()
            #expect(writer.damage == [JournalDamage(problem: error, keptAs: "journal/00000001.damaged")])
            let aside = fixture.directory + "/00000001.damaged"
            #expect(try fixture.bytes(of: aside) == bytes, "damage is evidence: it stays")
            writer.append(.resized(.standard), at: 9)
            let kept = entry == 0 ? 0 : UInt64(boundaries.firstIndex(of: entry) ?? 0)
            #expect(try fixture.entries().numbers == (0...kept).map { $0 + 1 }, "byte \(place)")
            for name in fixture.segments + [aside] { try FileManager.default.removeItem(atPath: name) }
        }
    }

    @Test("says what is wrong in a sentence")
    func sentence() throws {
        var bytes = whole
        bytes[boundaries[1] + 10] ^= 1
        try fixture.write(bytes, to: path)
        let error = try #require(#expect(throws: JournalError.self) { try fixture.entries() })
        #expect(
            String(describing: error)
                == "the journal \(path) is damaged at byte \(boundaries[1]): the checksum does not match")
    }

    @Test("with zeros at its end, as a power cut leaves them, is not cut off silently")
    func zeros() throws {
        for kept in [boundaries[0], boundaries[2]] {
            try fixture.write(Array(whole[..<kept]) + [UInt8](repeating: 0, count: 100), to: path)
            let error = JournalError.damaged(path: path, offset: kept, .truncated)
            #expect(throws: error) { try fixture.entries() }
            #expect(try fixture.writer().damage.map(\.problem) == [error])
            #expect(try fixture.entries().count == boundaries.firstIndex(of: kept))
            for name in fixture.segments { try FileManager.default.removeItem(atPath: name) }
        }
    }

    @Test("with a length that says too much does not lose what comes after it without a word")
    func length() throws {
        var bytes = whole
        bytes[boundaries[1] + 1] ^= 1
        try fixture.write(bytes, to: path)
        let writer = try fixture.writer()
        #expect(writer.damage.map(\.keptAs) == ["journal/00000001.damaged"])
        #expect(try fixture.bytes(of: fixture.directory + "/00000001.damaged") == bytes)
        #expect(writer.lastNumber.rawValue == 1)
    }

    @Test("that is none of a journal any more keeps nothing from starting")
    func kinds() throws {
        let link = fixture.directory + "/00000002.journal"
        for what in ["directory", "link"] {
            try what == "link"
                ? FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/nowhere")
                : FileManager.default.createDirectory(atPath: link, withIntermediateDirectories: false)
            let writer = try fixture.writer()
            #expect(writer.damage.count == 1 && writer.lastNumber.rawValue == 3, "\(what): \(writer.damage)")
            for name in fixture.segments.dropFirst() { try FileManager.default.removeItem(atPath: name) }
        }
        try FileManager.default.removeItem(atPath: fixture.directory)
        try fixture.write([1, 2, 3], to: fixture.directory)
        #expect(try fixture.writer().damage.map(\.keptAs) == ["journal.damaged"])
    }

    @Test("with a segment missing in the middle says so")
    func missingSegment() throws {
        for _ in 2...3 { try fixture.writer().append(.resized(.standard), at: 0) }
        let (second, third) = (fixture.segments[1], fixture.segments[2])
        try FileManager.default.removeItem(atPath: second)
        #expect(throws: JournalError.damaged(path: third, offset: 0, .invalid("event number"))) {
            try fixture.entries()
        }
    }

    @Test("of a later version is refused")
    func version() throws {
        var bytes = whole
        bytes[JournalHeader.magic.count + 1] = 6
        try fixture.write(bytes, to: path)
        #expect(throws: JournalError.damaged(path: path, offset: 0, .unsupportedVersion(6))) { try fixture.entries() }
    }

    @Test("of whatever bytes never traps")
    func fuzzed() throws {
        var state: UInt64 = 7
        func number(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<3_000 {
            var bytes = whole
            for _ in 0...number(below: 3) {
                let place = number(below: bytes.count)
                switch number(below: 4) {
                case 0: bytes[place] = UInt8(number(below: 256))
                case 1: bytes.insert(contentsOf: repeatElement(0xFF, count: number(below: 9)), at: place)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + number(below: 8)))
                default: bytes += bytes[place...]
                }
                if bytes.isEmpty { bytes = [0] }
            }
            try fixture.write(bytes, to: path)
            do throws(JournalError) {
                let count = try fixture.entries().count
                #expect(count <= 2 * boundaries.count)
            } catch {
                guard case .damaged(path, let offset, _) = error else {
                    Issue.record(error)
                    continue
                }
                #expect((0...bytes.count).contains(offset))
            }
        }
    }
}
