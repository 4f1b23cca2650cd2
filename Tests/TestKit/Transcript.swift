private import Foundation
private import Synchronization

/// What was read from somewhere so far, filled from one thread and looked at from any.
package final class Transcript: Sendable {
    private struct Contents {
        var bytes: [UInt8] = []
        var hasEnded = false
    }

    private let contents = Mutex(Contents())

    package init() {}

    package var bytes: [UInt8] { contents.withLock { $0.bytes } }

    package var count: Int { contents.withLock { $0.bytes.count } }

    /// Everything as text; what is not UTF-8 is replaced.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The last part as text, for messages.
    package var tail: String { String(decoding: bytes.suffix(2_000), as: UTF8.self) }

    /// Whether nothing more will come.
    package var hasEnded: Bool { contents.withLock { $0.hasEnded } }

    /// Where the text begins at or after an offset, or nil.
    package func firstRange(of needle: String, from offset: Int = 0) -> Range<Int>? {
        contents.withLock { contents in
            guard offset < contents.bytes.count else { return nil }
            return Data(contents.bytes[offset...]).firstRange(of: Data(needle.utf8))
                .map { $0.lowerBound + offset..<$0.upperBound + offset }
        }
    }

    func append(_ more: UnsafeRawBufferPointer) { contents.withLock { $0.bytes.append(contentsOf: more) } }

    func end() { contents.withLock { $0.hasEnded = true } }
}
