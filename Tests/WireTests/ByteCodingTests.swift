import Testing
import Wire

@Suite("Bytes of numbers, texts and lists")
struct ByteCodingTests {
    @Test("are big-endian, with lengths first")
    func order() {
        var writer = ByteWriter()
        writer.put(UInt8(0x01))
        writer.put(UInt16(0x0203))
        writer.put(UInt32(0x0405_0607))
        writer.put(UInt64(0x0809_0A0B_0C0D_0E0F))
        writer.put("é")
        writer.put([0xFF] as [UInt8])
        writer.put(true)
        writer.put(nil as UInt8?) { $0.put($1) }
        #expect(
            writer.bytes == Array(1...15) + [0, 2, 0xC3, 0xA9] + [0, 0, 0, 1, 0xFF] + [1] + [0])
    }

    @Test("of numbers come back at their ends")
    func extremes() throws {
        var writer = ByteWriter()
        writer.put(UInt8.max)
        writer.put(UInt16.max)
        writer.put(UInt32.max)
        writer.put(UInt64.max)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.number(UInt8.self) == .max)
        #expect(try reader.number(UInt16.self) == .max)
        #expect(try reader.number(UInt32.self) == .max)
        #expect(try reader.number(UInt64.self) == .max)
        try reader.finish()
        #expect(throws: WireError.truncated) { try reader.number(UInt8.self) }
    }

    @Test("of a text that is too long are cut at a character")
    func longText() throws {
        for (text, expected) in [
            (String(repeating: "a", count: 65_535), 65_535), (String(repeating: "a", count: 65_536), 65_535),
            (String(repeating: "世", count: 21_846), 65_535), (String(repeating: "é", count: 32_768), 65_534),
        ] {
            var writer = ByteWriter()
            writer.put(text)
            var reader = ByteReader(writer.bytes)
            let read = try reader.text()
            #expect(read.utf8.count == expected)
            #expect(text.hasPrefix(read))
            try reader.finish()
        }
    }

    @Test("of durations are whole milliseconds within the limits")
    func durations() throws {
        let longest = Duration.milliseconds(ByteReader.durationLimit)
        for (duration, expected) in [
            (.zero, .zero), (.milliseconds(1), .milliseconds(1)), (.microseconds(1_999), .milliseconds(1)),
            (.seconds(-5), .zero), (longest, longest), (.seconds(Int64.max), longest), (.seconds(Int64.min), .zero),
        ] as [(Duration, Duration)] {
            var writer = ByteWriter()
            writer.put(duration)
            var reader = ByteReader(writer.bytes)
            #expect(try reader.duration() == expected)
        }
        var reader = ByteReader([UInt8](repeating: 0xFF, count: 8))
        #expect(throws: WireError.invalid("duration")) { try reader.duration() }
    }

    @Test("that say nothing we know are refused by name")
    func invalid() {
        #expect(throws: WireError.invalid("flag")) {
            var reader = ByteReader([2])
            _ = try reader.flag()
        }
        #expect(throws: WireError.invalid("text")) {
            var reader = ByteReader([0, 2, 0xC3, 0x28])
            _ = try reader.text()
        }
        for size in [[0, 0, 0, 24], [0, 80, 0, 0], [3, 0xE9, 0, 24], [0xFF, 0xFF, 0xFF, 0xFF]] as [[UInt8]] {
            #expect(throws: WireError.invalid("terminal size")) {
                var reader = ByteReader(size)
                _ = try reader.terminalSize()
            }
        }
        for role in [0, 5, 255] as [UInt8] {
            #expect(throws: WireError.invalid("role")) {
                var reader = ByteReader([role])
                _ = try reader.role()
            }
        }
    }

    @Test("that claim a length nobody sent are refused before anything is allocated")
    func claims() {
        let claim: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3]
        #expect(throws: WireError.truncated) {
            var reader = ByteReader(claim)
            _ = try reader.chunk()
        }
        #expect(throws: WireError.truncated) {
            var reader = ByteReader(claim)
            _ = try reader.list { (reader) throws(WireError) in try reader.number(UInt8.self) }
        }
        #expect(throws: WireError.truncated) {
            var reader = ByteReader(claim)
            _ = try reader.raw(-1)
        }
    }
}
