import SessionModel

extension ByteWriter {
    mutating func put(_ question: ControlQuestion) {
        switch question {
        case .state(let attachment):
            put(UInt8(1))
            put(attachment) { $0.put($1.rawValue) }
        case .look: put(UInt8(2))
        case .follow(let interest):
            put(UInt8(3))
            put(interest.rawValue)
        case .send(let attachment, let content, let conditions):
            put(UInt8(4))
            put(attachment.rawValue)
            put(content)
            put(conditions)
        case .acquire(let attachment, let lease):
            put(UInt8(5))
            put(attachment.rawValue)
            put(lease)
        case .output(let range):
            put(UInt8(6))
            put(range)
        case .commands(let from, let limit):
            put(UInt8(7))
            put(from.rawValue)
            put(limit)
        case .events(let from, let limit):
            put(UInt8(8))
            put(from.rawValue)
            put(limit)
        case .remove, .signal, .freeze: putAct(question)
        case .act, .propose, .decide, .proposals, .rule, .rules: putTurnQuestion(question)
        case .readiness: put(UInt8(18))
        case .borrow(let attachment, let lease):
            put(UInt8(24))
            put(attachment.rawValue)
            put(lease)
        }
    }

    private mutating func putAct(_ question: ControlQuestion) {
        switch question {
        case .remove(let attachment, let who):
            put(UInt8(9))
            put(attachment.rawValue)
            put(who)
        case .signal(let attachment, let name):
            put(UInt8(10))
            put(attachment.rawValue)
            put(name)
        case .freeze(let isFrozen, let who):
            put(UInt8(11))
            put(isFrozen)
            put(who)
        default: break
        }
    }

    private mutating func put(_ content: InputContent) {
        switch content {
        case .keys: put(UInt8(1))
        case .paste: put(UInt8(2))
        case .command: put(UInt8(3))
        }
        put(content.bytes)
    }

    private mutating func put(_ conditions: InputConditions) {
        put(conditions.turn) { $0.put($1.rawValue) }
        put(conditions.revision) { $0.put($1.bytes) }
        put(conditions.isAtPrompt) { $0.put($1) }
        put(conditions.isEchoing) { $0.put($1) }
        put(conditions.isLineEmpty) { $0.put($1) }
        put(conditions.foreground) { $0.put($1) }
    }

    private mutating func put(_ range: OutputRange) {
        put(range.from.bytes)
        put(range.to) { $0.put($1.bytes) }
        put(range.limit)
        put(range.keepsEnd)
        put(range.isPlain)
    }
}

extension ByteReader {
    mutating func controlQuestion() throws(WireError) -> ControlQuestion {
        let kind = try number(UInt8.self)
        switch kind {
        case 1:
            return .state(
                try optional { (reader) throws(WireError) in AttachmentID(rawValue: try reader.number()) })
        case 2: return .look
        case 3: return .follow(Interest(rawValue: try number()))
        case 4: return .send(AttachmentID(rawValue: try number()), try inputContent(), try inputConditions())
        case 5: return .acquire(AttachmentID(rawValue: try number()), lease: try duration())
        case 6: return .output(try outputRange())
        case 7: return .commands(from: CommandNumber(rawValue: try number()), limit: try number())
        case 8: return .events(from: EventNumber(rawValue: try number()), limit: try number())
        case 9: return .remove(AttachmentID(rawValue: try number()), by: try vouchedOperator())
        case 10: return .signal(AttachmentID(rawValue: try number()), name: try text())
        case 11: return .freeze(try flag(), by: try vouchedOperator())
        case 18: return .readiness
        default: return try turnQuestion(kind)
        }
    }

    private mutating func inputContent() throws(WireError) -> InputContent {
        let kind = try number(UInt8.self)
        let bytes = Array(try chunk())
        switch kind {
        case 1: return .keys(bytes)
        case 2: return .paste(bytes)
        case 3: return .command(bytes)
        default: throw .invalid("input content")
        }
    }

    private mutating func inputConditions() throws(WireError) -> InputConditions {
        InputConditions(
            turn: try optional { (reader) throws(WireError) in TurnNumber(rawValue: try reader.number()) },
            revision: try optional { (reader) throws(WireError) in StreamOffset(bytes: try reader.number()) },
            isAtPrompt: try optional { (reader) throws(WireError) in try reader.flag() },
            isEchoing: try optional { (reader) throws(WireError) in try reader.flag() },
            isLineEmpty: try optional { (reader) throws(WireError) in try reader.flag() },
            foreground: try optional { (reader) throws(WireError) in try reader.text() })
    }

    private mutating func outputRange() throws(WireError) -> OutputRange {
        OutputRange(
            from: StreamOffset(bytes: try number()),
            to: try optional { (reader) throws(WireError) in StreamOffset(bytes: try reader.number()) },
            limit: try number(), keepsEnd: try flag(), isPlain: try flag())
    }
}
