import Testing
import Wire

@Suite("The checksum")
struct ChecksumTests {
    @Test(
        "is the CRC-32 of zlib",
        arguments: [
            ("", 0), ("a", 0xE8B7_BE43), ("123456789", 0xCBF4_3926),
            ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
        ] as [(String, UInt32)])
    func known(_ text: String, _ value: UInt32) {
        #expect(Checksum.crc32(of: Array(text.utf8)[...]) == value)
    }

    @Test("is of the slice alone")
    func slice() {
        #expect(Checksum.crc32(of: Array("xx123456789yy".utf8)[2..<11]) == 0xCBF4_3926)
        #expect(Checksum.crc32(of: [UInt8](repeating: 0, count: 32)[...]) == 0x190A_55AD)
    }
}
