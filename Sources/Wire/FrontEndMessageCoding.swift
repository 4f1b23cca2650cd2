import SessionModel

extension FrontEndMessage {
    /// The whole frame.
    package var encoded: [UInt8] { Frame.bytes(kind: kind) { write(to: &$0) } }

    private func write(to writer: inout ByteWriter) {
        if let reference { writer.put(reference.rawValue) }
        switch self {
        case .hello(let version): writer.put(version)
        case .attach(_, let request): writer.put(request)
        case .input(_, let bytes): writer.putRaw(bytes)
        case .resize(_, let size): writer.put(size)
        case .signal(_, let name): writer.put(name)
        case .changeRole(_, let role): writer.put(role.rawValue)
        case .detach, .release, .take, .refresh, .describe: break
        case .end(_, let who, let transport):
            writer.put(who)
            writer.put(transport)
        case .spawn(_, let request): writer.put(request)
        case .signalChild(let child, let name):
            writer.put(child.rawValue)
            writer.put(name)
        case .hangUp(let child): writer.put(child.rawValue)
        case .show(_, let asUpdates): writer.put(asUpdates)
        case .onlyWatch(_, let isWatching): writer.put(isWatching)
        case .hideLine: break
        case .say(_, let text): writer.put(text)
        case .control(_, let question): writer.put(question)
        case .limit(_, let limits): writer.put(limits)
        case .serveFiles(_, let who, let transport):
            writer.put(who)
            writer.put(transport)
        case .connect(_, let request), .listen(_, let request): writer.put(request)
        case .closeSocket(_, let count): writer.put(count)
        case .announce(_, let who, let transport):
            writer.put(who)
            writer.put(transport)
        case .revoke: break
        }
    }

    /// What the body begins with, if the message is about an attachment or a request.
    private var reference: Reference? {
        switch self {
        case .attach(let reference, _), .detach(let reference), .input(let reference, _), .resize(let reference, _),
            .signal(let reference, _), .release(let reference), .take(let reference), .changeRole(let reference, _),
            .refresh(let reference), .describe(let reference), .end(let reference, _, _), .spawn(let reference, _),
            .show(let reference, _), .onlyWatch(let reference, _), .hideLine(let reference), .say(let reference, _),
            .control(let reference, _), .limit(let reference, _), .connect(let reference, _),
            .listen(let reference, _), .closeSocket(let reference, _), .serveFiles(let reference, _, _),
            .announce(let reference, _, _), .revoke(let reference):
            reference
        case .hello, .signalChild, .hangUp: nil
        }
    }

    private var kind: UInt8 {
        switch self {
        case .hello: 1
        case .attach: 2
        case .detach: 3
        case .input: 4
        case .resize: 5
        case .signal: 6
        case .release: 7
        case .take: 8
        case .changeRole: 9
        case .refresh: 10
        case .describe: 11
        case .end: 12
        case .spawn: 13
        case .signalChild: 14
        case .hangUp: 15
        case .show: 16
        case .onlyWatch: 17
        case .hideLine: 18
        case .say: 19
        case .control: 20
        case .limit: 21
        case .serveFiles: 22
        case .connect: 23
        case .listen: 24
        case .closeSocket: 25
        case .announce: 26
        case .revoke: 27
        }
    }

    package init(decoding frame: Frame) throws(WireError) {
        var reader = ByteReader(frame.body)
        self = try Self.read(frame.kind, &reader)
        try reader.finish()
    }

    private static func read(_ kind: UInt8, _ reader: inout ByteReader) throws(WireError) -> FrontEndMessage {
        switch kind {
        case 1: return .hello(version: try reader.number())
        case 14: return .signalChild(ChildID(rawValue: try reader.number()), name: try reader.text())
        case 15: return .hangUp(ChildID(rawValue: try reader.number()))
        case 2...13, 16...27: return try readReferenced(kind, Reference(rawValue: try reader.number()), &reader)
        default: throw .unknownKind(kind)
        }
    }

    private static func readReferenced(
        _ kind: UInt8, _ reference: Reference, _ reader: inout ByteReader
    ) throws(WireError) -> FrontEndMessage {
        switch kind {
        case 2: .attach(reference, try reader.attachRequest())
        case 3: .detach(reference)
        case 4: .input(reference, Array(try reader.raw(reader.remaining)))
        case 5: .resize(reference, try reader.terminalSize())
        case 6: .signal(reference, name: try reader.text())
        case 7: .release(reference)
        case 8: .take(reference)
        case 9: .changeRole(reference, try reader.role())
        case 10: .refresh(reference)
        case 11: .describe(reference)
        case 12: .end(reference, by: try reader.vouchedOperator(), transport: try reader.text())
        case 13: .spawn(reference, try reader.spawnRequest())
        case 16: .show(reference, asUpdates: try reader.flag())
        case 17: .onlyWatch(reference, try reader.flag())
        case 18: .hideLine(reference)
        case 19: .say(reference, try reader.text())
        case 20: .control(reference, try reader.controlQuestion())
        case 21: .limit(reference, try reader.agentLimits())
        case 22: .serveFiles(reference, by: try reader.vouchedOperator(), transport: try reader.text())
        case 23: .connect(reference, try reader.forwardRequest())
        case 24: .listen(reference, try reader.forwardRequest())
        case 25: .closeSocket(reference, try reader.forwardCount())
        case 26: .announce(reference, by: try reader.vouchedOperator(), transport: try reader.text())
        case 27: .revoke(reference)
        default: throw .unknownKind(kind)
        }
    }
}

extension ByteWriter {
    fileprivate mutating func put(_ request: AttachRequest) {
        put(request.who)
        put(request.role.rawValue)
        put(request.isSteering)
        put(request.transport)
        put(request.size) { $0.put($1) }
        put(UInt32(clamping: request.scrollback))
    }

    fileprivate mutating func put(_ request: SpawnRequest) {
        put(request.who)
        put(request.transport)
        put(request.command) { $0.put($1) }
        put(request.terminal) { $0.put($1) }
        put(request.variables) { $0.put($1) }
    }
}

extension ByteReader {
    fileprivate mutating func attachRequest() throws(WireError) -> AttachRequest {
        AttachRequest(
            who: try vouchedOperator(), role: try role(), isSteering: try flag(), transport: try text(),
            size: try optional { (reader) throws(WireError) in try reader.terminalSize() },
            scrollback: Int(try number(UInt32.self)))
    }

    fileprivate mutating func spawnRequest() throws(WireError) -> SpawnRequest {
        SpawnRequest(
            who: try vouchedOperator(), transport: try text(),
            command: try optional { (reader) throws(WireError) in Array(try reader.chunk()) },
            terminal: try optional { (reader) throws(WireError) in try reader.terminalSize() },
            variables: try list { (reader) throws(WireError) in try reader.variable() })
    }
}
