/// CRC-32 (ISO 3309, as in zlib): finds what a crash or a disk did to a record. It is no seal.
package enum Checksum {
    /// Four tables of 256, one behind the other, so that four bytes go at once.
    ///
    /// An array: what is read of an `InlineArray` in a global is copied to the stack whole, at every look-up.
    private static let tables: [UInt32] = {
        var tables: [UInt32] = (0..<256).map { (index: UInt32) -> UInt32 in
            (0..<8).reduce(index) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        for index in 256..<1_024 {
            let before = tables[index - 256]
            tables.append(before >> 8 ^ tables[Int(before & 0xFF)])
        }
        return tables
    }()

    package static func crc32(of bytes: ArraySlice<UInt8>) -> UInt32 {
        let tables = tables.span
        let span = bytes.span
        var value: UInt32 = 0xFFFF_FFFF
        var index = 0
        while index + 4 <= span.count {
            value ^=
                UInt32(span[index]) | UInt32(span[index + 1]) << 8 | UInt32(span[index + 2]) << 16
                | UInt32(span[index + 3]) << 24
            value =
                tables[768 + Int(value & 0xFF)] ^ tables[512 + Int(value >> 8 & 0xFF)]
                ^ tables[256 + Int(value >> 16 & 0xFF)] ^ tables[Int(value >> 24)]
            index += 4
        }
        while index < span.count {
            value = tables[Int((value ^ UInt32(span[index])) & 0xFF)] ^ value >> 8
            index += 1
        }
        return value ^ 0xFFFF_FFFF
    }
}
