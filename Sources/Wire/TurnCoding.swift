import SessionModel

/// What version 4 of the host protocol added: who waits for the turn, and what is told of that.
extension ByteWriter {
    mutating func put(_ queue: TurnQueue) {
        put(queue.mode.rawValue)
        put(queue.waiting) { writer, waiting in
            writer.put(waiting.who)
            writer.put(waiting.waitedFor)
            writer.put(waiting.isForPrompt)
        }
    }

    mutating func put(_ news: TurnNews) {
        switch news {
        case .asked(let name, let answerWithin):
            put(UInt8(1))
            put(name)
            put(answerWithin) { $0.put($1) }
        case .granted(let name):
            put(UInt8(2))
            put(name) { $0.put($1) }
        case .refused(let name):
            put(UInt8(3))
            put(name)
        case .taken(let name, let written, let dropped):
            put(UInt8(4))
            put(name) { $0.put($1) }
            put(written)
            put(dropped)
        case .endsSoon(let duration):
            put(UInt8(5))
            put(duration)
        case .proposed(let number, let name): put(6, number, name)
        case .approved(let number, let name): put(7, number, name)
        case .rejected(let number, let name): put(8, number, name)
        case .unapproved(let number, let name): put(9, number, name)
        case .interrupted(let number, let name): put(10, number, name)
        case .waits(let number, let wait, let holder):
            put(UInt8(11))
            put(number.rawValue)
            put(wait.rawValue)
            put(holder) { $0.put($1) }
        case .expired(let number, let name, let approver):
            put(12, number, name)
            put(approver) { $0.put($1) }
        case .lost(let loss):
            put(UInt8(13))
            put(loss)
        }
    }

    private mutating func put(_ loss: TurnLoss) {
        put(loss.ending.rawValue)
        put(loss.giver) { $0.put($1) }
        put(loss.next) { $0.put($1) }
        put(loss.obstacle) { $0.put($1.rawValue) }
        put(loss.written)
        put(loss.dropped)
    }

    private mutating func put(_ kind: UInt8, _ number: ProposalNumber, _ name: String) {
        put(kind)
        put(number.rawValue)
        put(name)
    }

    mutating func put(_ proposal: ProposalNotice) {
        put(proposal.number.rawValue)
        put(proposal.name)
        put(proposal.command)
        put(proposal.expiresIn)
        put(proposal.approver) { $0.put($1) }
    }

    mutating func put(_ act: TurnAct) {
        switch act {
        case .request(let lease, let atPrompt):
            put(UInt8(1))
            put(lease) { $0.put($1) }
            put(atPrompt)
        case .withdraw: put(UInt8(2))
        case .take(let atPrompt):
            put(UInt8(3))
            put(atPrompt)
        case .grant(let target, let atPrompt):
            put(UInt8(4))
            put(target) { $0.put($1.rawValue) }
            put(atPrompt)
        case .refuse(let target):
            put(UInt8(5))
            put(target) { $0.put($1.rawValue) }
        }
    }
}

extension ByteReader {
    mutating func turnQueue() throws(WireError) -> TurnQueue {
        TurnQueue(
            mode: try turnMode(),
            waiting: try list { (reader) throws(WireError) in
                TurnQueue.Waiting(
                    who: try reader.turnHolder(), waitedFor: try reader.duration(), isForPrompt: try reader.flag())
            })
    }

    mutating func turnMode() throws(WireError) -> TurnMode {
        guard let mode = TurnMode(rawValue: try number()) else { throw .invalid("turn mode") }
        return mode
    }

    mutating func refusal() throws(WireError) -> Refusal {
        guard let refusal = Refusal(rawValue: try number()) else { throw .invalid("refusal") }
        return refusal
    }

    mutating func turnNews() throws(WireError) -> TurnNews {
        let kind = try number(UInt8.self)
        switch kind {
        case 1:
            return .asked(
                by: try text(), answerWithin: try optional { (reader) throws(WireError) in try reader.duration() })
        case 2: return .granted(by: try optional { (reader) throws(WireError) in try reader.text() })
        case 3: return .refused(by: try text())
        case 4:
            return .taken(
                by: try optional { (reader) throws(WireError) in try reader.text() }, written: try number(),
                dropped: try number())
        case 5: return .endsSoon(try duration())
        case 6: return .proposed(try proposalNumber(), by: try text())
        case 7: return .approved(try proposalNumber(), by: try text())
        case 8: return .rejected(try proposalNumber(), by: try text())
        case 9: return .unapproved(try proposalNumber(), approver: try text())
        case 10: return .interrupted(try proposalNumber(), of: try text())
        case 11:
            let number = try proposalNumber()
            guard let wait = ApprovalWait(rawValue: try self.number()) else { throw .invalid("approval wait") }
            return .waits(number, wait, holder: try optional { (reader) throws(WireError) in try reader.text() })
        case 12:
            return .expired(
                try proposalNumber(), of: try text(),
                approver: try optional { (reader) throws(WireError) in try reader.text() })
        case 13: return .lost(try turnLoss())
        default: throw .unknownKind(kind)
        }
    }

    private mutating func turnLoss() throws(WireError) -> TurnLoss {
        guard let ending = TurnEnding(rawValue: try number()) else { throw .invalid("turn ending") }
        return TurnLoss(
            ending, giver: try optional { (reader) throws(WireError) in try reader.text() },
            next: try optional { (reader) throws(WireError) in try reader.text() },
            obstacle: try optional { (reader) throws(WireError) in try reader.refusal() }, written: try number(),
            dropped: try number())
    }

    mutating func proposalNumber() throws(WireError) -> ProposalNumber { ProposalNumber(rawValue: try number()) }

    mutating func proposalNotice() throws(WireError) -> ProposalNotice {
        ProposalNotice(
            number: try proposalNumber(), name: try text(), command: try text(), expiresIn: try duration(),
            approver: try optional { (reader) throws(WireError) in try reader.text() })
    }

    mutating func turnAct() throws(WireError) -> TurnAct {
        let kind = try number(UInt8.self)
        switch kind {
        case 1:
            return .request(
                lease: try optional { (reader) throws(WireError) in try reader.duration() }, atPrompt: try flag())
        case 2: return .withdraw
        case 3: return .take(atPrompt: try flag())
        case 4: return .grant(try attachmentID(), atPrompt: try flag())
        case 5: return .refuse(try attachmentID())
        default: throw .unknownKind(kind)
        }
    }

    mutating func attachmentID() throws(WireError) -> AttachmentID? {
        try optional { (reader) throws(WireError) in AttachmentID(rawValue: try reader.number()) }
    }
}
