/// CRC-32 (ISO 3309, as in zlib): finds what a crash or a disk did to a record. It is no seal.
package enum Checksum {
    /// Four tables, so that four bytes go at once: output is checksummed as fast as it is printed.
    private struct Tables {
        var first: InlineArray<256, UInt32>
        var second: InlineArray<256, UInt32>
        var third: InlineArray<256, UInt32>
        var fourth: InlineArray<256, UInt32>

        init() {
            let basic = InlineArray<256, UInt32> { index in
                (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
            }
            func next(_ table: InlineArray<256, UInt32>) -> InlineArray<256, UInt32> {
                InlineArray { table[$0] >> 8 ^ basic[Int(table[$0] & 0xFF)] }
            }
            first = basic
            second = next(first)
            third = next(second)
            fourth = next(third)
        }
    }

    private static let tables = Tables()

    package static func crc32(of bytes: ArraySlice<UInt8>) -> UInt32 {
        let tables = tables
        let span = bytes.span
        var value: UInt32 = 0xFFFF_FFFF
        var index = 0
        while index + 4 <= span.count {
            value ^=
                UInt32(span[index]) | UInt32(span[index + 1]) << 8 | UInt32(span[index + 2]) << 16
                | UInt32(span[index + 3]) << 24
            value =
                tables.fourth[Int(value & 0xFF)] ^ tables.third[Int(value >> 8 & 0xFF)]
                ^ tables.second[Int(value >> 16 & 0xFF)] ^ tables.first[Int(value >> 24)]
            index += 4
        }
        while index < span.count {
            value = tables.first[Int((value ^ UInt32(span[index])) & 0xFF)] ^ value >> 8
            index += 1
        }
        return value ^ 0xFFFF_FFFF
    }
}
