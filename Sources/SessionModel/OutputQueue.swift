/// Bytes on their way to one viewer, never more than `limit` of them.
///
/// A viewer that can not keep up loses its backlog, not its place: it is brought up to date by a snapshot.
package struct OutputQueue: ~Copyable {
    package enum Admission: Equatable, Sendable {
        case queued
        case overflowed(discarded: Int)
    }

    private var bytes: [UInt8] = []
    private var start = 0
    private let limit: Int

    package init(limit: Int) {
        precondition(limit > 0, "a queue that can hold nothing is a bug in the caller")
        self.limit = limit
    }

    package var count: Int { bytes.count - start }
    package var isEmpty: Bool { count == 0 }

    /// Takes the chunk, or drops it and everything before it.
    package mutating func enqueue(_ chunk: some Collection<UInt8>) -> Admission {
        guard count + chunk.count <= limit else {
            let discarded = count + chunk.count
            removeAll()
            return .overflowed(discarded: discarded)
        }
        append(chunk)
        return .queued
    }

    /// Takes what must not be dropped: a snapshot, an end. Whatever its size.
    package mutating func append(_ chunk: some Collection<UInt8>) { bytes.append(contentsOf: chunk) }

    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: false)
        start = 0
    }

    /// Offers what is first to `write`, which says how much of it it took.
    package mutating func drain(_ write: (ArraySlice<UInt8>) -> Int) {
        guard !isEmpty else { return }
        start += write(bytes[start...])
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= 64 * 1_024)
            start = 0
        } else if start > 256 * 1_024 {
            bytes.removeFirst(start)
            start = 0
        }
    }
}
