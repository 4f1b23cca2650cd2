import SessionModel
import Testing
import Wire

@Suite("A journal entry")
struct JournalEntryTests {
    private let bytes = Samples.entry(.resized(Samples.window)).encoded

    @Test("with any one bit changed is refused, or not whole yet")
    func flippedBits() throws {
        for place in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << bit
                var reader = ByteReader(changed)
                let entry = try? JournalEntry(decoding: &reader)
                #expect(entry == nil, "bit \(bit) of byte \(place)")
                #expect(reader.remaining == bytes.count, "the reader stays where the entry begins")
                guard place >= 4 else { continue }
                #expect(throws: WireError.badChecksum) { try JournalEntry(decoding: &reader) }
            }
        }
    }

    @Test("that is not whole is awaited, and then read")
    func notWhole() throws {
        for count in bytes.indices {
            var reader = ByteReader(bytes[..<count])
            #expect(try JournalEntry(decoding: &reader) == nil)
            #expect(reader.remaining == count)
        }
        var reader = ByteReader(bytes + bytes.dropLast())
        #expect(try JournalEntry(decoding: &reader) == Samples.entry(.resized(Samples.window)))
        #expect(try JournalEntry(decoding: &reader) == nil)
    }

    @Test("of zeros, as a power cut leaves them, is damage")
    func zeros() {
        var reader = ByteReader([UInt8](repeating: 0, count: 64))
        #expect(throws: WireError.truncated) { try JournalEntry(decoding: &reader) }
    }

    @Test("over the limit is refused by its length alone")
    func tooLong() {
        var reader = ByteReader([0, 0x10, 0, 1, 0, 0, 0, 0])
        #expect(throws: WireError.frameTooLong(JournalEntry.bodyLimit + 1)) { try JournalEntry(decoding: &reader) }
    }

    @Test("header of another version, or of no journal, is refused")
    func headers() throws {
        var newer = Samples.header.encoded
        newer[JournalHeader.magic.count + 1] = 6
        var other = Samples.header.encoded
        other[0] ^= 1
        var fromZero = Samples.header
        fromZero.firstNumber = EventNumber(rawValue: 0)
        var fromTheEnd = Samples.header
        fromTheEnd.firstNumber = EventNumber(rawValue: .max)
        var otherTurn = Samples.header.encoded
        otherTurn[otherTurn.count - 5] ^= 1
        for (bytes, error) in [
            (otherTurn, .badChecksum),
            (newer, .unsupportedVersion(6)), (other, .invalid("journal magic")),
            (fromZero.encoded, .invalid("event number")), (fromTheEnd.encoded, .invalid("event number")),
        ] as [([UInt8], WireError)] {
            #expect(throws: error) { try Coding.journalHeader.decode(bytes) }
        }
        var longest = Samples.header
        longest.session = Samples.name(String(repeating: "x", count: 63))
        #expect(longest.encoded.count == JournalHeader.lengthLimit)
    }
}
