import SessionModel

extension HostMessage {
    /// The whole frame.
    package var encoded: [UInt8] { Frame.bytes(kind: kind) { write(to: &$0) } }

    private func write(to writer: inout ByteWriter) {
        if let reference { writer.put(reference.rawValue) }
        switch self {
        case .welcome(let version, let session, let incarnation):
            writer.put(version)
            writer.put(session.text)
            writer.put(incarnation.rawValue)
        case .attached(_, let id, let turn, let snapshot):
            writer.put(id.rawValue)
            writer.put(turn)
            writer.put(snapshot)
        case .refreshed(_, let snapshot): writer.put(snapshot)
        case .output(let offset, let bytes):
            writer.put(offset.bytes)
            writer.putRaw(bytes)
        case .turn(let notice): writer.put(notice)
        case .refused(_, let refusal, let notice):
            writer.put(refusal.rawValue)
            writer.put(notice)
        case .inputTaken(_, let count): writer.put(count)
        case .resized(let size): writer.put(size)
        case .description(_, let description): writer.put(description)
        case .spawned(_, let child, let descriptors):
            writer.put(child.rawValue)
            writer.put(descriptors)
        case .spawnFailed(_, let sentence): writer.put(sentence)
        case .childExited(let child, let status, let signal):
            writer.put(child.rawValue)
            writer.putExit(status, signal)
        case .journalGap(let isOpen, let detail):
            writer.put(isOpen)
            writer.put(detail)
        case .ended(let status, let signal, let by):
            writer.putExit(status, signal)
            writer.put(by) { $0.put($1) }
        case .screen, .properties, .presence, .said, .absence, .lineStands, .idle, .control, .shell, .happened,
            .removed, .queue, .news, .proposals, .socket, .socketFailed, .condition, .shows, .opened:
            writeLater(to: &writer)
        }
    }

    /// What later versions added.
    private func writeLater(to writer: inout ByteWriter) {
        switch self {
        case .screen(let update): writer.put(update)
        case .properties(let properties): writer.put(properties)
        case .presence(let presence): writer.put(presence)
        case .said(let name, let kind, let text):
            writer.put(name)
            writer.put(kind.rawValue)
            writer.put(text)
        case .absence(_, let absence): writer.put(absence)
        case .lineStands(_, let name): writer.put(name)
        case .idle(_, let duration): writer.put(duration)
        case .control(_, let answer): writer.put(answer)
        case .shell(let state): writer.put(state)
        case .happened(let entry): writer.put(entry.encoded)
        case .removed(_, let name): writer.put(name)
        case .queue(let queue): writer.put(queue)
        case .news(_, let news): writer.put(news)
        case .proposals(let proposals): writer.put(proposals) { $0.put($1) }
        case .socket(_, let port, let descriptors):
            writer.put(port)
            writer.put(descriptors)
        case .socketFailed(_, let failure, let sentence):
            writer.put(failure.rawValue)
            writer.put(sentence)
        case .condition(_, let condition): writer.put(condition)
        case .shows(let tokens): writer.put(tokens) { $0.put($1.text) }
        case .opened(_, let channels): writer.put(channels) { $0.put($1) }
        default: break
        }
    }

    /// What the body begins with, if the message is about an attachment or a request.
    private var reference: Reference? {
        switch self {
        case .attached(let reference, _, _, _), .refreshed(let reference, _), .refused(let reference, _, _),
            .inputTaken(let reference, _), .description(let reference, _), .spawned(let reference, _, _),
            .spawnFailed(let reference, _), .absence(let reference, _), .lineStands(let reference, _),
            .idle(let reference, _), .control(let reference, _), .removed(let reference, _), .news(let reference, _),
            .socket(let reference, _, _), .socketFailed(let reference, _, _),
            .condition(let reference, _), .opened(let reference, _):
            reference
        case .welcome, .output, .turn, .resized, .childExited, .journalGap, .ended, .screen, .properties, .presence,
            .said, .shell, .happened, .queue, .proposals, .shows:
            nil
        }
    }

    private var kind: UInt8 {
        switch self {
        case .welcome: 1
        case .attached: 2
        case .refreshed: 3
        case .output: 4
        case .turn: 5
        case .refused: 6
        case .inputTaken: 7
        case .resized: 8
        case .description: 9
        case .spawned: 10
        case .spawnFailed: 11
        case .childExited: 12
        case .journalGap: 13
        case .ended: 14
        case .screen: 15
        case .properties: 16
        case .presence: 17
        case .said: 18
        case .absence: 19
        case .lineStands: 20
        case .idle: 21
        case .control: 22
        case .shell: 23
        case .happened: 24
        case .removed: 25
        case .queue: 26
        case .news: 27
        case .proposals: 28
        case .socket: 29
        case .socketFailed: 31
        case .condition: 32
        case .shows: 48
        case .opened: 33
        }
    }

    package init(decoding frame: Frame) throws(WireError) {
        var reader = ByteReader(frame.body)
        self = try Self.read(frame.kind, &reader)
        try reader.finish()
    }

    private static func read(_ kind: UInt8, _ reader: inout ByteReader) throws(WireError) -> HostMessage {
        switch kind {
        case 1:
            let version = try reader.number(UInt16.self)
            guard let name = SessionName(try reader.text()) else { throw .invalid("session name") }
            return .welcome(version: version, name, Incarnation(rawValue: try reader.number()))
        case 4:
            let offset = StreamOffset(bytes: try reader.number())
            return .output(offset, Array(try reader.raw(reader.remaining)))
        case 5: return .turn(try reader.turnNotice())
        case 8: return .resized(try reader.terminalSize())
        case 12:
            let child = ChildID(rawValue: try reader.number())
            return .childExited(child, status: try reader.number(), signal: try reader.number())
        case 13: return .journalGap(isOpen: try reader.flag(), detail: try reader.number())
        case 14:
            return .ended(
                status: try reader.number(), signal: try reader.number(),
                by: try reader.optional { (reader) throws(WireError) in try reader.text() })
        case 15: return .screen(try reader.screenUpdate())
        case 16: return .properties(try reader.terminalProperties())
        case 17: return .presence(try reader.presence())
        case 18: return .said(by: try reader.text(), try reader.operatorKind(), try reader.text())
        case 23: return .shell(try reader.shellState())
        case 24: return .happened(try reader.journalEntry())
        case 26: return .queue(try reader.turnQueue())
        case 28: return .proposals(try reader.list { (reader) throws(WireError) in try reader.proposalNotice() })
        case 48: return .shows(try reader.list { (reader) throws(WireError) in try reader.watchToken() })
        case 2, 3, 6, 7, 9, 10, 11, 19, 20, 21, 22, 25, 27, 29, 31, 32, 33:
            return try readReferenced(kind, Reference(rawValue: try reader.number()), &reader)
        default: throw .unknownKind(kind)
        }
    }

    private static func readReferenced(
        _ kind: UInt8, _ reference: Reference, _ reader: inout ByteReader
    ) throws(WireError) -> HostMessage {
        switch kind {
        case 2:
            let id = AttachmentID(rawValue: try reader.number())
            return .attached(reference, id, try reader.turnNotice(), try reader.snapshot())
        case 3: return .refreshed(reference, try reader.snapshot())
        case 6: return .refused(reference, try reader.refusal(), try reader.turnNotice())
        case 7: return .inputTaken(reference, count: try reader.number())
        case 9: return .description(reference, try reader.sessionDescription())
        case 10:
            let child = ChildID(rawValue: try reader.number())
            return .spawned(reference, child, descriptors: try reader.number())
        case 11: return .spawnFailed(reference, sentence: try reader.text())
        case 19: return .absence(reference, try reader.absence())
        case 20: return .lineStands(reference, of: try reader.text())
        case 21: return .idle(reference, try reader.duration())
        case 22: return .control(reference, try reader.controlAnswer())
        case 25: return .removed(reference, by: try reader.text())
        case 27: return .news(reference, try reader.turnNews())
        case 29: return .socket(reference, port: try reader.number(), descriptors: try reader.number())
        case 31: return .socketFailed(reference, try reader.socketFailure(), sentence: try reader.text())
        case 32: return .condition(reference, try reader.sessionCondition())
        case 33:
            return .opened(
                reference, try reader.list { (reader) throws(WireError) in try reader.openedDescription() })
        default: throw .unknownKind(kind)
        }
    }
}

extension ByteReader {
    fileprivate mutating func watchToken() throws(WireError) -> WatchToken {
        guard let token = WatchToken(try text()) else { throw .invalid("token") }
        return token
    }
}
