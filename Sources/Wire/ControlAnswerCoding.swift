import SessionModel

extension ByteWriter {
    mutating func put(_ answer: ControlAnswer) {
        switch answer {
        case .state(let state, let turn):
            put(UInt8(1))
            put(state)
            put(turn)
        case .looked(let snapshot):
            put(UInt8(2))
            put(snapshot)
        case .typed(let state, let run):
            put(UInt8(run == nil ? 3 : 24))
            put(state)
            if let run { put(run.rawValue) }
        case .notTyped(let refusal, let state, let turn):
            put(UInt8(4))
            put(refusal)
            put(state)
            put(turn)
        case .acquired(let isHeld, let turn, let lease): putAcquired(isHeld, turn, lease)
        case .output(let part):
            put(UInt8(6))
            put(part)
        case .commands(let commands):
            put(commands)
        case .events(let events, let oldest):
            put(UInt8(8))
            put(oldest.rawValue)
            put(events) { $0.put($1.encoded) }
        case .done(let isDone):
            put(UInt8(9))
            put(isDone)
        case .acted, .proposal, .proposals, .rules: putTurnAnswer(answer)
        case .readiness(let failure):
            put(UInt8(16))
            put(failure) { $0.put($1) }
        }
    }

    /// Earlier versions know nothing of the lease.
    private mutating func putAcquired(_ isHeld: Bool, _ turn: TurnNotice, _ lease: LeaseNotice?) {
        put(UInt8(lease == nil ? 5 : 15))
        put(isHeld)
        put(turn)
        guard let lease else { return }
        put(lease.isRenewed)
        put(lease.endsIn) { $0.put($1) }
    }

    /// Who approved a command, and what typed it, stands in answers of their own: earlier versions know of neither.
    private mutating func put(_ commands: [CommandRecord]) {
        let hasOrigins = commands.contains { $0.start.origin != nil }
        let hasApprovers = hasOrigins || commands.contains { $0.start.approver != nil }
        put(UInt8(hasOrigins ? 25 : hasApprovers ? 14 : 7))
        put(commands) { writer, command in
            writer.put(command)
            if hasApprovers { writer.put(command.start.approver) { $0.put($1) } }
            if hasOrigins { writer.put(command.start.origin) { $0.put($1) } }
        }
    }

    mutating func put(_ origin: CommandOrigin) {
        switch origin {
        case .run(let number):
            put(UInt8(1))
            put(number.rawValue)
        case .proposal(let number):
            put(UInt8(2))
            put(number.rawValue)
        }
    }

    private mutating func put(_ state: TerminalState) {
        put(state.turn.rawValue)
        put(state.holdsTurn)
        put(state.offset.bytes)
        put(state.shell)
        put(state.isEchoing)
        put(state.isPasteBracketed)
        put(UInt32(bitPattern: state.foreground))
        put(state.foregroundName)
        put(UInt32(bitPattern: state.shellProcess))
        put(state.isFrozen)
        put(state.lastEvent.rawValue)
    }

    mutating func put(_ shell: ShellState) {
        put(shell.phase.rawValue)
        put(shell.prompts)
        put(shell.command.rawValue)
        put(shell.isLineEmpty)
        put(shell.knowledge.rawValue)
    }

    private mutating func put(_ refusal: InputRefusal) {
        put(refusal.refusal) { $0.put($1.rawValue) }
        put(refusal.unmet) { $0.put($1) }
        put(refusal.isBusy)
    }

    private mutating func put(_ part: OutputPart) {
        put(part.start.bytes)
        put(part.end.bytes)
        put(part.oldest.bytes)
        put(part.newest.bytes)
        put(part.bytes)
    }

    private mutating func put(_ command: CommandRecord) {
        put(command.start)
        put(command.end) { $0.put($1) }
    }

    mutating func put(_ start: CommandRecord.Start) {
        put(start.number.rawValue)
        put(start.text)
        put(start.textKnowledge.rawValue)
        put(start.directory)
        put(start.authors) { $0.put($1) }
        put(start.turn) { $0.put($1.rawValue) }
        put(start.output.bytes)
        put(start.time)
        put(start.knowledge.rawValue)
    }

    mutating func put(_ end: CommandRecord.End) {
        put(end.status) { $0.put($1) }
        put(end.output.bytes)
        put(end.time)
        put(end.knowledge.rawValue)
    }
}

extension ByteReader {
    mutating func controlAnswer() throws(WireError) -> ControlAnswer {
        let kind = try number(UInt8.self)
        switch kind {
        case 1: return .state(try terminalState(), try turnNotice())
        case 2: return .looked(try snapshot())
        case 3: return .typed(try terminalState())
        case 4: return .notTyped(try inputRefusal(), try terminalState(), try turnNotice())
        case 5: return .acquired(try flag(), try turnNotice())
        case 6: return .output(try outputPart())
        case 16:
            return .readiness(failure: try optional { (reader) throws(WireError) in try reader.text() })
        case 7: return .commands(try list { (reader) throws(WireError) in try reader.commandRecord() })
        case 8:
            let oldest = EventNumber(rawValue: try number())
            return .events(
                try list { (reader) throws(WireError) in try reader.journalEntry() }, oldest: oldest)
        case 9: return .done(try flag())
        case 15:
            return .acquired(
                try flag(), try turnNotice(),
                LeaseNotice(
                    isRenewed: try flag(),
                    endsIn: try optional { (reader) throws(WireError) in try reader.duration() }))
        case 14, 25:
            return .commands(
                try list { (reader) throws(WireError) in
                    let command = try reader.commandRecord()
                    var start = command.start
                    start.approver = try reader.optional { (reader) throws(WireError) in try reader.text() }
                    if kind == 25 {
                        start.origin = try reader.optional { (reader) throws(WireError) in try reader.commandOrigin() }
                    }
                    return CommandRecord(start: start, end: command.end)
                })
        case 24: return .typed(try terminalState(), RunNumber(rawValue: try number()))
        default: return try turnAnswer(kind)
        }
    }

    mutating func journalEntry() throws(WireError) -> JournalEntry {
        var reader = ByteReader(Array(try chunk()))
        guard let entry = try JournalEntry(decoding: &reader) else { throw .truncated }
        try reader.finish()
        return entry
    }

    private mutating func terminalState() throws(WireError) -> TerminalState {
        TerminalState(
            turn: TurnNumber(rawValue: try number()), holdsTurn: try flag(),
            offset: StreamOffset(bytes: try number()), shell: try shellState(), isEchoing: try flag(),
            isPasteBracketed: try flag(), foreground: Int32(bitPattern: try number()), foregroundName: try text(),
            shellProcess: Int32(bitPattern: try number()), isFrozen: try flag(),
            lastEvent: EventNumber(rawValue: try number()))
    }

    mutating func shellState() throws(WireError) -> ShellState {
        guard let phase = ShellState.Phase(rawValue: try number()) else { throw .invalid("shell phase") }
        return ShellState(
            phase: phase, prompts: try number(), command: CommandNumber(rawValue: try number()),
            isLineEmpty: try flag(), knowledge: try knowledge())
    }

    private mutating func knowledge() throws(WireError) -> Knowledge {
        guard let knowledge = Knowledge(rawValue: try number()) else { throw .invalid("knowledge") }
        return knowledge
    }

    private mutating func inputRefusal() throws(WireError) -> InputRefusal {
        let refusal = try optional { (reader) throws(WireError) in try reader.refusal() }
        return InputRefusal(
            refusal: refusal, unmet: try list { (reader) throws(WireError) in try reader.text() }, isBusy: try flag())
    }

    private mutating func outputPart() throws(WireError) -> OutputPart {
        OutputPart(
            start: StreamOffset(bytes: try number()), end: StreamOffset(bytes: try number()),
            oldest: StreamOffset(bytes: try number()), newest: StreamOffset(bytes: try number()),
            bytes: Array(try chunk()))
    }

    mutating func commandOrigin() throws(WireError) -> CommandOrigin {
        let kind = try number(UInt8.self)
        switch kind {
        case 1: return .run(RunNumber(rawValue: try number()))
        case 2: return .proposal(ProposalNumber(rawValue: try number()))
        default: throw .unknownKind(kind)
        }
    }

    private mutating func commandRecord() throws(WireError) -> CommandRecord {
        CommandRecord(
            start: try commandStart(), end: try optional { (reader) throws(WireError) in try reader.commandEnd() })
    }

    mutating func commandStart() throws(WireError) -> CommandRecord.Start {
        CommandRecord.Start(
            number: CommandNumber(rawValue: try number()), text: try text(), textKnowledge: try knowledge(),
            directory: try text(), authors: try list { (reader) throws(WireError) in try reader.text() },
            turn: try optional { (reader) throws(WireError) in TurnNumber(rawValue: try reader.number()) },
            output: StreamOffset(bytes: try number()), time: try number(), knowledge: try knowledge())
    }

    mutating func commandEnd() throws(WireError) -> CommandRecord.End {
        CommandRecord.End(
            status: try optional { (reader) throws(WireError) in try reader.number() },
            output: StreamOffset(bytes: try number()), time: try number(),
            knowledge: try knowledge())
    }
}
