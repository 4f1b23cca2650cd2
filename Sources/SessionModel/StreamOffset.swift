/// A position in a session's output, counted in bytes since the incarnation began.
package struct StreamOffset: Hashable, Comparable, Sendable {
    package let bytes: UInt64
    package init(bytes: UInt64) { self.bytes = bytes }
    package static let start = StreamOffset(bytes: 0)
    package static func < (a: Self, b: Self) -> Bool { a.bytes < b.bytes }
    package func advanced(by count: Int) -> StreamOffset { StreamOffset(bytes: bytes + UInt64(count)) }
}
