/// One message on the socket between a front-end and a session host.
///
/// Layout: a big-endian `UInt32` body length, one byte of kind, then the body. See `Formats/host-protocol.md`.
package struct Frame: Hashable, Sendable {
    package var kind: UInt8
    package var body: ArraySlice<UInt8>

    package static let headerLength = 5

    package init(kind: UInt8, body: ArraySlice<UInt8>) {
        self.kind = kind
        self.body = body
    }

    /// The whole frame, ready to be sent.
    package static func bytes(kind: UInt8, _ write: (inout ByteWriter) -> Void) -> [UInt8] {
        var body = ByteWriter(reserving: 64)
        write(&body)
        var frame = ByteWriter(reserving: headerLength + body.bytes.count)
        frame.put(UInt32(body.bytes.count))
        frame.put(kind)
        frame.putRaw(body.bytes)
        return frame.bytes
    }
}

/// Turns a byte stream into frames; owns whatever has arrived of the next one.
package struct FrameDecoder: Sendable {
    private let bodyLimit: Int
    private var pending: [UInt8] = []
    private var start = 0

    /// - Parameter bodyLimit: bytes; a longer frame is refused before it is awaited.
    package init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

    package mutating func append(_ bytes: some Collection<UInt8>) {
        if start == pending.count {
            // Also gives back what a large frame took.
            pending = []
            start = 0
        } else if start > 0 {
            pending.removeFirst(start)
            start = 0
        }
        pending.append(contentsOf: bytes)
    }

    /// The next whole frame, or `nil` when more bytes are needed.
    package mutating func next() throws(WireError) -> Frame? {
        var header = ByteReader(pending[start...])
        guard header.remaining >= Frame.headerLength else { return nil }
        let length = Int(try header.number(UInt32.self))
        let kind = try header.number(UInt8.self)
        guard length <= bodyLimit else { throw .frameTooLong(length) }
        guard header.remaining >= length else { return nil }
        let body = try header.raw(length)
        start += Frame.headerLength + length
        return Frame(kind: kind, body: body)
    }
}
