/// What a preparation says to its host, each in one message. Format: `Formats/prepared.md`.
package enum PreparationReport: Hashable, Sendable {
    /// The shell's terminal comes along as a descriptor.
    case made(PreparedPlace)
    /// Why there is no place, or what went wrong behind it; for whoever wants to be there.
    case failed(sentence: String)

    /// The number that a failure begins with; a place begins with its version.
    private static let failure: UInt16 = 2

    package var encoded: [UInt8] {
        switch self {
        case .made(let place): return place.encoded
        case .failed(let sentence):
            var writer = ByteWriter()
            writer.put(Self.failure)
            writer.put(sentence)
            return writer.bytes
        }
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var reader = ByteReader(bytes[...])
        guard try reader.number(UInt16.self) == Self.failure else {
            self = .made(try PreparedPlace(decoding: bytes))
            return
        }
        self = .failed(sentence: try reader.text())
        try reader.finish()
    }
}
