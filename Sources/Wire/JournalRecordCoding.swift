import SessionModel

extension JournalEntry {
    /// Bytes before an entry's body.
    package static let headerLength = 8
    /// Bytes of an entry's body at most.
    package static let bodyLimit = 1_024 * 1_024

    /// `UInt32` length of the body, `UInt32` CRC-32 of the body, body: kind, number, time, record.
    package var encoded: [UInt8] {
        var body = ByteWriter(reserving: 64)
        body.put(record.kind)
        body.put(number.rawValue)
        body.put(time)
        body.put(record)
        var entry = ByteWriter(reserving: body.bytes.count + Self.headerLength)
        entry.put(UInt32(body.bytes.count))
        entry.put(Checksum.crc32(of: body.bytes[...]))
        entry.putRaw(body.bytes)
        return entry.bytes
    }

    /// The next entry; `nil` where the bytes end, as they do while a host is writing.
    package init?(decoding reader: inout ByteReader) throws(WireError) {
        var ahead = reader
        guard ahead.remaining >= Self.headerLength else { return nil }
        let length = Int(try ahead.number(UInt32.self))
        let checksum = try ahead.number(UInt32.self)
        guard length <= Self.bodyLimit else { throw .frameTooLong(length) }
        guard ahead.remaining >= length else { return nil }
        let bytes = try ahead.raw(length)
        guard Checksum.crc32(of: bytes) == checksum else { throw .badChecksum }
        var body = ByteReader(bytes)
        let kind = try body.number(UInt8.self)
        number = EventNumber(rawValue: try body.number())
        time = try body.number()
        record = try body.journalRecord(kind)
        try body.finish()
        reader = ahead
    }
}

extension JournalRecord {
    /// The first version of the host protocol whose front-ends can read it.
    package var firstProtocolVersion: UInt16 {
        switch self {
        case .turnBegan(_, _, let how): how.rawValue <= TurnBeginning.acquired.rawValue ? 3 : 4
        case .turnEnded(_, _, let how): how.rawValue <= TurnEnding.leaseEnded.rawValue ? 3 : 4
        case .commandBegan(let start) where start.origin != nil: 6
        case .proposalEnded(_, let how, _): how.rawValue <= ProposalEnding.left.rawValue ? 4 : 5
        default: kind < 22 ? 3 : kind < 31 ? 4 : kind < 40 ? 5 : 6
        }
    }

    fileprivate var kind: UInt8 {
        switch self {
        case .started: 1
        case .attached: 2
        case .detached: 3
        case .turnBegan: 4
        case .turnEnded: 5
        case .input: 6
        case .inputCut: 7
        case .output: 8
        case .resized: 9
        case .signalled: 10
        case .spawned: 11
        case .childExited: 12
        case .ended: 13
        case .gap: 14
        case .pasteClosed: 15
        case .said: 16
        case .steeringChanged: 17
        case .commandBegan(let start): start.origin != nil ? 45 : start.approver == nil ? 18 : 22
        case .commandEnded: 19
        case .frozen: 20
        case .removed: 21
        case .turnRequested: 23
        case .requestEnded: 24
        case .turnGranted: 25
        case .ruled: 26
        case .agentLimited: 27
        case .proposed: 28
        case .approved: 29
        case .proposalEnded: 30
        case .filesMoved: 31
        case .forwarded: 32
        case .limitHit: 34
        case .idleWarned: 35
        case .lineDropped: 36
        case .inputDelivered: 37
        case .turnAsked: 38
        case .turnEndsSoon: 39
        case .channelClosed: 40
        case .roleChanged: 41
        }
    }
}

extension ByteWriter {
    fileprivate mutating func put(_ record: JournalRecord) {
        switch record {
        case .started(let incarnation, let pid, let command, let who):
            put(incarnation.rawValue)
            put(pid)
            put(command) { $0.put($1) }
            put(who)
        case .attached(let id, let who, let role, let isSteering, let transport):
            putAttached(id, who, role, isSteering, transport)
        case .detached(let id): put(id.rawValue)
        case .turnBegan(let turn, let id, let how): putTurn(turn, id, how.rawValue)
        case .turnEnded(let turn, let id, let how): putTurn(turn, id, how.rawValue)
        case .input(let input): put(input)
        case .inputCut(let turn, let count):
            put(turn.rawValue)
            put(count)
        case .output(let offset, let bytes):
            put(offset.bytes)
            putRaw(bytes)
        case .resized(let size): put(size)
        case .signalled(let name, let who):
            put(name)
            put(who)
        case .spawned(let child, let pid, let who, let transport, let command):
            putSpawned(child, pid, who, transport, command)
        case .childExited(let child, let status, let signal):
            put(child.rawValue)
            putExit(status, signal)
        case .ended(let status, let signal, let by):
            putExit(status, signal)
            put(by) { $0.put($1) }
        case .gap(let records, let outputBytes): putGap(records, outputBytes)
        case .pasteClosed(let turn): put(turn.rawValue)
        case .said(let who, let text):
            put(who)
            put(text)
        case .steeringChanged(let id, let isSteering): putSteering(id, isSteering)
        default: putLater(record)
        }
    }

    /// What version 3 and those after it added.
    private mutating func putLater(_ record: JournalRecord) {
        switch record {
        case .commandBegan(let start):
            put(start)
            guard let origin = start.origin else {
                if let approver = start.approver { put(approver) }
                return
            }
            put(start.approver) { $0.put($1) }
            put(origin)
        case .commandEnded(let number, let end):
            put(number.rawValue)
            put(end)
        case .frozen(let isFrozen, let who):
            put(isFrozen)
            put(who)
        case .removed(let id, let who):
            put(id.rawValue)
            put(who)
        case .filesMoved(let child, let who, let transport, let move):
            put(child.rawValue)
            put(who)
            put(transport)
            put(move)
        case .forwarded(let forward): put(forward)
        case .limitHit(let resource, let count): putLimitHit(resource, count)
        case .lineDropped(let turn): put(turn.rawValue)
        case .idleWarned(let endsIn): put(endsIn) { $0.put($1) }
        case .channelClosed(let channel, let who):
            put(channel)
            put(who) { $0.put($1) }
        case .roleChanged(let id, let role):
            put(id.rawValue)
            put(role.rawValue)
        default: putTurnRecord(record)
        }
    }

    private mutating func putAttached(
        _ id: AttachmentID, _ who: Operator, _ role: Role, _ isSteering: Bool, _ transport: String
    ) {
        put(id.rawValue)
        put(who)
        put(role.rawValue)
        put(isSteering)
        put(transport)
    }

    private mutating func putGap(_ records: UInt64, _ outputBytes: UInt64) {
        put(records)
        put(outputBytes)
    }

    private mutating func putSteering(_ id: AttachmentID, _ isSteering: Bool) {
        put(id.rawValue)
        put(isSteering)
    }

    private mutating func putTurn(_ turn: TurnNumber, _ id: AttachmentID, _ how: UInt8) {
        put(turn.rawValue)
        put(id.rawValue)
        put(how)
    }

    private mutating func putSpawned(
        _ child: ChildID, _ pid: UInt32, _ who: Operator, _ transport: String, _ command: [UInt8]
    ) {
        put(child.rawValue)
        put(pid)
        put(who)
        put(transport)
        put(command)
    }

    private mutating func put(_ input: InputRecord) {
        put(input.who)
        put(input.attachment.rawValue)
        put(input.turn.rawValue)
        put(input.transport)
        switch input.content {
        case .bytes(let bytes):
            put(UInt8(0))
            put(bytes)
        case .hidden(let count):
            put(UInt8(1))
            put(count)
        }
    }
}

extension ByteReader {
    fileprivate mutating func journalRecord(_ kind: UInt8) throws(WireError) -> JournalRecord {
        switch kind {
        case 1:
            return .started(
                Incarnation(rawValue: try number()), pid: try number(),
                command: try list { (reader) throws(WireError) in try reader.text() }, by: try vouchedOperator())
        case 2:
            return .attached(
                AttachmentID(rawValue: try number()), try vouchedOperator(), try role(), isSteering: try flag(),
                transport: try text())
        case 3: return .detached(AttachmentID(rawValue: try number()))
        case 4:
            return .turnBegan(TurnNumber(rawValue: try number()), AttachmentID(rawValue: try number()), try beginning())
        case 5:
            return .turnEnded(TurnNumber(rawValue: try number()), AttachmentID(rawValue: try number()), try ending())
        case 6: return .input(try inputRecord())
        case 7: return .inputCut(TurnNumber(rawValue: try number()), count: try number())
        case 8: return .output(StreamOffset(bytes: try number()), Array(try raw(remaining)))
        case 9: return .resized(try terminalSize())
        case 10: return .signalled(try text(), by: try vouchedOperator())
        case 11:
            return .spawned(
                ChildID(rawValue: try number()), pid: try number(), try vouchedOperator(), transport: try text(),
                command: Array(try chunk()))
        case 12: return .childExited(ChildID(rawValue: try number()), status: try number(), signal: try number())
        case 13:
            return .ended(
                status: try number(), signal: try number(),
                by: try optional { (reader) throws(WireError) in try reader.text() })
        case 14: return .gap(records: try number(), outputBytes: try number())
        case 15: return .pasteClosed(TurnNumber(rawValue: try number()))
        case 16: return .said(try vouchedOperator(), try text())
        case 17: return .steeringChanged(AttachmentID(rawValue: try number()), isSteering: try flag())
        default: return try laterRecord(kind)
        }
    }

    /// What version 3 and those after it added.
    private mutating func laterRecord(_ kind: UInt8) throws(WireError) -> JournalRecord {
        switch kind {
        case 18: return .commandBegan(try commandStart())
        case 19: return .commandEnded(CommandNumber(rawValue: try number()), try commandEnd())
        case 20: return .frozen(try flag(), by: try vouchedOperator())
        case 21: return .removed(AttachmentID(rawValue: try number()), by: try vouchedOperator())
        case 31:
            return .filesMoved(
                ChildID(rawValue: try number()), try vouchedOperator(), transport: try text(), try fileMove())
        case 32: return .forwarded(try forwardRecord())
        case 34: return .limitHit(try limitedResource(), count: try number())
        case 36: return .lineDropped(TurnNumber(rawValue: try number()))
        case 40:
            return .channelClosed(
                try openedChannel(), by: try optional { (reader) throws(WireError) in try reader.vouchedOperator() })
        case 41: return .roleChanged(AttachmentID(rawValue: try number()), try role())
        case 35: return .idleWarned(endsIn: try optional { (reader) throws(WireError) in try reader.duration() })
        default: return try turnRecord(kind)
        }
    }

    private mutating func beginning() throws(WireError) -> TurnBeginning {
        guard let how = TurnBeginning(rawValue: try number()) else { throw .invalid("turn beginning") }
        return how
    }

    private mutating func ending() throws(WireError) -> TurnEnding {
        guard let how = TurnEnding(rawValue: try number()) else { throw .invalid("turn ending") }
        return how
    }

    private mutating func inputRecord() throws(WireError) -> InputRecord {
        let who = try vouchedOperator()
        let attachment = AttachmentID(rawValue: try number())
        let turn = TurnNumber(rawValue: try number())
        let transport = try text()
        let content: InputRecord.Content
        switch try number(UInt8.self) {
        case 0: content = .bytes(Array(try chunk()))
        case 1: content = .hidden(count: try number())
        default: throw .invalid("input content")
        }
        return InputRecord(who: who, attachment: attachment, turn: turn, transport: transport, content: content)
    }
}
