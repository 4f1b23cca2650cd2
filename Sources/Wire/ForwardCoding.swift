import SessionModel

extension ByteWriter {
    mutating func put(_ request: ForwardRequest) {
        put(request.who)
        put(request.transport)
        put(request.host)
        put(request.port)
        put(request.isPublic)
        put(request.serverPorts) { $0.put($1) }
    }

    mutating func put(_ count: ForwardCount) {
        put(count.connections)
        put(count.bytesIn)
        put(count.bytesOut)
    }

    mutating func put(_ record: ForwardRecord) {
        put(record.who)
        put(record.transport)
        put(record.direction.rawValue)
        put(record.host)
        put(record.port)
        put(record.count) { $0.put($1) }
    }
}

extension ByteReader {
    mutating func forwardRequest() throws(WireError) -> ForwardRequest {
        let who = try vouchedOperator()
        let transport = try text()
        let host = try text()
        let port = try number(UInt16.self)
        return ForwardRequest(
            who: who, transport: transport, host: host, port: port, isPublic: try flag(),
            serverPorts: try list { (reader) throws(WireError) in try reader.number() })
    }

    mutating func forwardCount() throws(WireError) -> ForwardCount {
        ForwardCount(connections: try number(), bytesIn: try number(), bytesOut: try number())
    }

    mutating func forwardRecord() throws(WireError) -> ForwardRecord {
        let who = try vouchedOperator()
        let transport = try text()
        guard let direction = ForwardDirection(rawValue: try number()) else { throw .invalid("direction") }
        return ForwardRecord(
            who: who, transport: transport, direction: direction, host: try text(), port: try number(),
            count: try optional { (reader) throws(WireError) in try reader.forwardCount() })
    }

    mutating func socketFailure() throws(WireError) -> SocketFailure {
        guard let failure = SocketFailure(rawValue: try number()) else { throw .invalid("socket failure") }
        return failure
    }
}

extension SocketAnswer {
    /// One message of a socket that keeps their boundaries.
    package var encoded: [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .made(let port):
            writer.put(UInt8(0))
            writer.put(port)
        case .failed(let failure, let sentence):
            writer.put(failure.rawValue)
            writer.put(sentence)
        }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var reader = ByteReader(bytes)
        if bytes.first == 0 {
            _ = try reader.number(UInt8.self)
            self = .made(port: try reader.number())
        } else {
            self = .failed(try reader.socketFailure(), sentence: try reader.text())
        }
        try reader.finish()
    }
}
