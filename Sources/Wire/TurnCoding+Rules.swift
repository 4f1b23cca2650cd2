import SessionModel

/// What version 4 of the host protocol added: rules, limits, and the questions about them.
extension ByteWriter {
    mutating func put(_ limits: AgentLimits) {
        switch limits.approval {
        case .none: put(UInt8(1))
        case .matching(let patterns):
            put(UInt8(2))
            put(patterns) { $0.put($1.text) }
        case .all: put(UInt8(3))
        }
        put(limits.isChaperoned)
        for bound in [limits.budget.commands, limits.budget.heldSeconds, limits.budget.bytes] {
            put(bound) { $0.put($1) }
        }
    }

    mutating func put(_ rules: TurnRules) {
        put(rules.mode.rawValue)
        put(rules.releaseAfter)
        put(rules.releaseLineAfter)
        put(rules.reattachWithin)
        put(rules.answerWithin)
    }

    mutating func putTurnQuestion(_ question: ControlQuestion) {
        switch question {
        case .act(let attachment, let act):
            put(UInt8(12))
            put(attachment.rawValue)
            put(act)
        case .propose(let attachment, let command, let limit):
            put(UInt8(13))
            put(attachment.rawValue)
            put(command)
            put(limit)
        case .decide(let attachment, let number, let command, let isApproved):
            put(UInt8(14))
            put(attachment.rawValue)
            put(number.rawValue)
            put(command)
            put(isApproved)
        case .proposals: put(UInt8(15))
        case .rule(let change, let who):
            put(UInt8(16))
            put(change)
            put(who)
        case .rules: put(UInt8(17))
        default: break
        }
    }

    private mutating func put(_ change: RulesChange) {
        put(change.mode) { $0.put($1.rawValue) }
        put(change.releaseAfter) { $0.put($1) }
        put(change.answerWithin) { $0.put($1) }
        put(change.agent) { writer, agent in
            writer.put(agent.name)
            writer.put(agent.limits) { $0.put($1) }
        }
    }

    mutating func putTurnAnswer(_ answer: ControlAnswer) {
        switch answer {
        case .acted(let outcome, let place, let notice, let queue):
            put(UInt8(10))
            put(outcome.rawValue)
            put(place) { $0.put($1) }
            put(notice)
            put(queue)
        case .proposal(let outcome, let number):
            put(UInt8(11))
            put(outcome.rawValue)
            put(number) { $0.put($1.rawValue) }
        case .proposals(let proposals):
            put(UInt8(12))
            put(proposals) { $0.put($1) }
        case .rules(let rules):
            put(UInt8(13))
            put(rules.turns)
            put(rules.agents) { writer, agent in
                writer.put(agent.name)
                writer.put(agent.limits)
            }
        default: break
        }
    }

    mutating func putTurnRecord(_ record: JournalRecord) {
        switch record {
        case .turnRequested(let id): put(id.rawValue)
        case .requestEnded(let id, let how, let by):
            put(id.rawValue)
            put(how.rawValue)
            put(by) { $0.put($1.rawValue) }
        case .turnGranted(let id, let by):
            put(id.rawValue)
            put(by) { $0.put($1.rawValue) }
        case .ruled(let rules, let who):
            put(rules)
            put(who)
        case .agentLimited(let name, let limits, let who):
            put(name)
            put(limits) { $0.put($1) }
            put(who)
        case .proposed(let number, let id, let command):
            put(number.rawValue)
            put(id.rawValue)
            put(command)
        case .approved(let number, let who):
            put(number.rawValue)
            put(who)
        case .proposalEnded(let number, let how, let by):
            put(number.rawValue)
            put(how.rawValue)
            put(by) { $0.put($1) }
        default: putNoticeRecord(record)
        }
    }

    /// What who has the turn, or had it, was told.
    private mutating func putNoticeRecord(_ record: JournalRecord) {
        switch record {
        case .inputDelivered(let turn, let id, let written, let dropped, let by):
            put(turn.rawValue)
            put(id.rawValue)
            put(written)
            put(dropped)
            put(by) { $0.put($1.rawValue) }
        case .turnAsked(let id, let answerWithin):
            put(id.rawValue)
            put(answerWithin) { $0.put($1) }
        case .turnEndsSoon(let turn, let id, let endsIn):
            put(turn.rawValue)
            put(id.rawValue)
            put(endsIn)
        default: break
        }
    }
}

extension ByteReader {
    mutating func agentLimits() throws(WireError) -> AgentLimits {
        let approval: AgentLimits.Approval
        switch try number(UInt8.self) {
        case 1: approval = .none
        case 2:
            let patterns = try list { (reader) throws(WireError) in
                guard let pattern = CommandPattern(try reader.text()) else { throw WireError.invalid("pattern") }
                return pattern
            }
            guard !patterns.isEmpty else { throw .invalid("patterns") }
            approval = .matching(patterns)
        case 3: approval = .all
        default: throw .invalid("approval")
        }
        let isChaperoned = try flag()
        var bounds: [UInt32?] = []
        for _ in 0..<3 { bounds.append(try optional { (reader) throws(WireError) in try reader.number() }) }
        return AgentLimits(
            approval: approval, isChaperoned: isChaperoned,
            budget: AgentBudget(commands: bounds[0], heldSeconds: bounds[1], bytes: bounds[2]))
    }

    mutating func turnRules() throws(WireError) -> TurnRules {
        let mode = try turnMode()
        return TurnRules(
            mode: mode, releaseAfter: try duration(), releaseLineAfter: try duration(), reattachWithin: try duration(),
            answerWithin: try duration())
    }

    mutating func turnQuestion(_ kind: UInt8) throws(WireError) -> ControlQuestion {
        switch kind {
        case 12: return .act(AttachmentID(rawValue: try number()), try turnAct())
        case 13: return .propose(AttachmentID(rawValue: try number()), try text(), within: try duration())
        case 14:
            return .decide(
                AttachmentID(rawValue: try number()), try proposalNumber(), try text(), isApproved: try flag())
        case 15: return .proposals
        case 16: return .rule(try rulesChange(), by: try vouchedOperator())
        case 17: return .rules
        case 24: return .borrow(AttachmentID(rawValue: try number()), lease: try duration())
        default: throw .unknownKind(kind)
        }
    }

    private mutating func rulesChange() throws(WireError) -> RulesChange {
        RulesChange(
            mode: try optional { (reader) throws(WireError) in try reader.turnMode() },
            releaseAfter: try optional { (reader) throws(WireError) in try reader.duration() },
            answerWithin: try optional { (reader) throws(WireError) in try reader.duration() },
            agent: try optional { (reader) throws(WireError) in
                RulesChange.Agent(
                    name: try reader.text(),
                    limits: try reader.optional { (reader) throws(WireError) in try reader.agentLimits() })
            })
    }

    mutating func turnAnswer(_ kind: UInt8) throws(WireError) -> ControlAnswer {
        switch kind {
        case 10:
            guard let outcome = TurnOutcome(rawValue: try number()) else { throw .invalid("turn outcome") }
            return .acted(
                outcome, place: try optional { (reader) throws(WireError) in try reader.number() }, try turnNotice(),
                try turnQueue())
        case 11:
            guard let outcome = ProposalOutcome(rawValue: try number()) else { throw .invalid("proposal outcome") }
            return .proposal(outcome, try optional { (reader) throws(WireError) in try reader.proposalNumber() })
        case 12: return .proposals(try list { (reader) throws(WireError) in try reader.proposalNotice() })
        case 13:
            return .rules(
                SessionRules(
                    turns: try turnRules(),
                    agents: try list { (reader) throws(WireError) in
                        SessionRules.Agent(name: try reader.text(), limits: try reader.agentLimits())
                    }))
        default: throw .unknownKind(kind)
        }
    }

    mutating func turnRecord(_ kind: UInt8) throws(WireError) -> JournalRecord {
        switch kind {
        case 22, 45: return .commandBegan(try laterStart(kind))
        case 23: return .turnRequested(AttachmentID(rawValue: try number()))
        case 24:
            let id = AttachmentID(rawValue: try number())
            guard let how = RequestEnding(rawValue: try number()) else { throw .invalid("request ending") }
            return .requestEnded(id, how, by: try attachmentID())
        case 25: return .turnGranted(AttachmentID(rawValue: try number()), by: try attachmentID())
        case 26: return .ruled(try turnRules(), by: try vouchedOperator())
        case 27:
            return .agentLimited(
                try text(), try optional { (reader) throws(WireError) in try reader.agentLimits() },
                by: try vouchedOperator())
        case 28: return .proposed(try proposalNumber(), AttachmentID(rawValue: try number()), try text())
        case 29: return .approved(try proposalNumber(), by: try vouchedOperator())
        case 30:
            let number = try proposalNumber()
            guard let how = ProposalEnding(rawValue: try self.number()) else { throw .invalid("proposal ending") }
            return .proposalEnded(
                number, how, by: try optional { (reader) throws(WireError) in try reader.vouchedOperator() })
        case 37:
            return .inputDelivered(
                TurnNumber(rawValue: try number()), AttachmentID(rawValue: try number()), written: try number(),
                dropped: try number(), by: try attachmentID())
        case 38:
            return .turnAsked(
                AttachmentID(rawValue: try number()),
                answerWithin: try optional { (reader) throws(WireError) in try reader.duration() })
        case 39:
            return .turnEndsSoon(
                TurnNumber(rawValue: try number()), AttachmentID(rawValue: try number()), endsIn: try duration())
        default: throw .unknownKind(kind)
        }
    }

    /// With who approved it, or with what typed it whole.
    private mutating func laterStart(_ kind: UInt8) throws(WireError) -> CommandRecord.Start {
        var start = try commandStart()
        guard kind == 45 else {
            start.approver = try text()
            return start
        }
        start.approver = try optional { (reader) throws(WireError) in try reader.text() }
        start.origin = try commandOrigin()
        return start
    }
}
