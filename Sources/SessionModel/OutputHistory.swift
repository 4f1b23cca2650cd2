/// The newest output of a session, by its offsets; bounded in bytes.
package struct OutputHistory: Sendable {
    private let limit: Int
    private var bytes: [UInt8] = []
    private var first = 0
    /// Behind the newest byte.
    package private(set) var end = StreamOffset.start

    package init(limit: Int) { self.limit = limit }

    private var count: Int { bytes.count - first }

    /// The oldest byte that is kept.
    package var start: StreamOffset { StreamOffset(bytes: end.bytes - UInt64(count)) }

    package mutating func append(_ new: [UInt8]) {
        bytes.append(contentsOf: new.suffix(limit))
        end = end.advanced(by: new.count)
        if count > limit { first = bytes.count - limit }
        // What is dropped is moved away seldom, in large pieces.
        if first > limit / 2 {
            bytes.removeFirst(first)
            first = 0
        }
    }

    /// What is kept of a range; empty where nothing is.
    package func part(from: StreamOffset, to: StreamOffset) -> (start: StreamOffset, bytes: ArraySlice<UInt8>) {
        let low = min(max(from, start), end)
        let high = max(min(to, end), low)
        let base = bytes.startIndex + first
        let begin = base + Int(low.bytes - start.bytes)
        return (low, bytes[begin..<(begin + Int(high.bytes - low.bytes))])
    }
}
