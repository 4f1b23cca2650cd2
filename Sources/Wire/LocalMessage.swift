/// What an attached `cmdop` and the server say to each other on the local socket. See `Formats/local-socket.md`.
package enum LocalMessage: Hashable, Sendable {
    /// From the client: what was typed.
    case input([UInt8])
    /// From the client: the size of its terminal.
    case resize(columns: UInt16, rows: UInt16)
    /// From the server, for the terminal.
    case output([UInt8])
    /// From the server, for standard error.
    case errors([UInt8])
    /// From the server, as its last: the exit status. Where it is missing, the connection was lost.
    case ended(status: UInt8)

    /// The longest body that either side takes.
    package static let bodyLimit = 256 * 1_024

    package var encoded: [UInt8] {
        switch self {
        case .input(let bytes): Frame.bytes(kind: 1) { $0.putRaw(bytes) }
        case .resize(let columns, let rows):
            Frame.bytes(kind: 2) {
                $0.put(columns)
                $0.put(rows)
            }
        case .output(let bytes): Frame.bytes(kind: 3) { $0.putRaw(bytes) }
        case .errors(let bytes): Frame.bytes(kind: 4) { $0.putRaw(bytes) }
        case .ended(let status): Frame.bytes(kind: 5) { $0.put(status) }
        }
    }

    package init(decoding frame: Frame) throws(WireError) {
        var reader = ByteReader(frame.body)
        switch frame.kind {
        case 1: self = .input(Array(try reader.raw(reader.remaining)))
        case 2: self = .resize(columns: try reader.number(), rows: try reader.number())
        case 3: self = .output(Array(try reader.raw(reader.remaining)))
        case 4: self = .errors(Array(try reader.raw(reader.remaining)))
        case 5: self = .ended(status: try reader.number())
        default: throw .unknownKind(frame.kind)
        }
        try reader.finish()
    }
}
