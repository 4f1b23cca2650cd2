/// JSON as people write it: with comments and trailing commas; and where in the text each value stands.
package struct JSONDocument: Sendable {
    /// A place in a text, counted from 1.
    package struct Place: Hashable, Sendable, CustomStringConvertible {
        package let line: Int
        /// In characters.
        package let column: Int

        package var description: String { "line \(line), column \(column)" }
    }

    package let value: JSONValue
    private let bytes: [UInt8]
    private let offsets: [[String]: Int]

    package init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var parser = JSONParser(bytes[...], limits: limits, hasComments: true)
        value = try parser.document()
        self.bytes = bytes
        offsets = parser.offsets
    }

    /// Where a value begins; the nearest around it where there is none of this path.
    package func place(of path: [String]) -> Place {
        for count in stride(from: path.count, through: 0, by: -1) {
            if let offset = offsets[Array(path.prefix(count))] { return Self.place(of: offset, in: bytes) }
        }
        return Place(line: 1, column: 1)
    }

    package static func place(of offset: Int, in bytes: [UInt8]) -> Place {
        let before = bytes.prefix(max(0, offset))
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return Place(
            line: before.count { $0 == 0x0A } + 1,
            column: String(decoding: before[start...], as: UTF8.self).count + 1)
    }
}
