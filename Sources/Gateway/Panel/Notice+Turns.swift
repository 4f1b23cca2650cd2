import SessionModel
import Wire

/// What one is told of turns and proposals.
extension Notice {
    /// What happened, and what to press.
    static func news(_ news: TurnNews) -> Notice {
        switch news {
        case .asked(let name, let limit):
            // No time: it would be another one by the time that it is read.
            let silence = limit == nil ? "" : ", silence gives it"
            return Notice(
                text: "\(name) asks for the turn:", afterKey: " g gives it, n refuses\(silence)",
                question: .request(by: name))
        case .granted(let name): return Notice(text: "you steer now" + (name.map { ": \($0) gave you the turn" } ?? ""))
        case .refused(let name): return Notice(text: "\(name) refused to give you the turn")
        case .taken(let name, let written, let dropped):
            return lost(
                name.map { "\($0) took the turn\(dropped > 0 ? "" : " from you")" } ?? "your turn was ended",
                written: written, isCut: dropped > 0, next: " t to ask for it")
        case .lost(let loss):
            let (what, next) = words(loss)
            return lost(what, written: loss.written, isCut: loss.dropped > 0, next: next)
        case .endsSoon(let rest): return Notice(text: "your turn ends within \(rest.brief)")
        case .proposed(let number, let name):
            return Notice(
                text: "\(name) wants to run a command:", afterKey: " a to read it", question: .proposal(number))
        case .approved(let number, let name): return Notice(text: "\(name) approved command \(number)")
        case .unapproved(let number, let name):
            return Notice(text: "command \(number) is not run: \(name), who approved it, may not any more")
        case .interrupted(let number, let name):
            return Notice(text: "\(name)'s command \(number) is not whole: the session pressed Ctrl-C")
        case .rejected(let number, let name): return Notice(text: "\(name) refused command \(number)")
        case .waits(let number, let wait, let holder):
            return Notice(text: "command \(number) is approved, and waits for \(words(wait, holder))")
        case .expired(let number, let name, let approver):
            let what = approver.map { ", approved by \($0), was not typed" } ?? " was not approved"
            return Notice(text: "\(name)'s command \(number)\(what) in time")
        }
    }

    private static func words(_ wait: ApprovalWait, _ holder: String?) -> String {
        switch wait {
        case .prompt: "the prompt"
        case .turn: holder.map { "the turn, which \($0) has" } ?? "the turn"
        case .lead: "a lead to give the turn"
        case .paste: "a program that takes pastes"
        }
    }

    /// How much was not written nobody says: some of it may still have been on its way.
    private static func lost(_ what: String, written: UInt32, isCut: Bool, next: String?) -> Notice {
        guard isCut else { return Notice(text: what + (next == nil ? "" : ";"), afterKey: next) }
        let amount = written == 1 ? "1 byte of your paste was" : "\(written) bytes of your paste were"
        return Notice(text: "\(what); \(amount) written, no more")
    }

    /// Why a turn is over, and what to press, if anything helps.
    private static func words(_ loss: TurnLoss) -> (what: String, next: String?) {
        let next = loss.next ?? "somebody"
        let ask = " t to ask for it"
        switch loss.ending {
        case .displaced: return ("\(next) took the turn\(loss.dropped > 0 ? "" : " from you")", ask)
        case .handedOver:
            return (
                loss.giver.map { "\($0) gave the turn to \(next)" } ?? "\(next) has the turn, as you did not answer",
                ask
            )
        case .leaseEnded: return ("the time for which you had the turn is over", ask)
        case .noLead: return ("your turn is over: no lead is here to give it", " t to wait")
        case .unattended: return ("your turn is over: nobody is here to watch over you; wait for a person", nil)
        case .budgetSpent: return ("your turn is over: what you may use in an hour is spent; try later", nil)
        case .revoked where loss.obstacle == .needsApproval:
            return ("your turn is over: what you run here is approved first now; propose it", nil)
        case .revoked where loss.obstacle == .onlyWatching:
            return ("your turn is over: you only watch this session now", nil)
        case .revoked, .released, .idle, .detached, .expired, .ended: return ("your turn is over", ask)
        }
    }

    /// Why an act did not do what was wanted, or not yet; `nil` for one that did.
    ///
    /// - Parameter own: the attachment that acted.
    static func answer(
        _ outcome: TurnOutcome, to act: TurnAct, turn: TurnNotice, queue: TurnQueue, own: AttachmentID?
    ) -> Notice? {
        let place = queue.place(of: own)
        switch outcome {
        case .done: return nil
        case .waits: return waits(act, turn, queue.mode, place)
        case .onlyWatching: return Notice(text: "you only watch this session", isAnswer: true)
        case .turnHeld:
            return Notice(
                text: "\(steers(turn) ?? "somebody steers"), and you may not take the turn; wait, or",
                afterKey: " t to ask", isAnswer: true)
        case .already:
            let steers = own != nil && turn.holder?.attachment == own
            return Notice(text: steers ? "you steer already" : "you have asked already\(place ?? "")", isAnswer: true)
        case .notYours:
            let who = queue.mode == .led ? "only a lead" : "only who steers, or a lead,"
            return Notice(text: "\(who) gives or refuses the turn here", isAnswer: true)
        case .nobodyThere: return Notice(text: nobodyThere(act), isAnswer: true)
        case .noLead:
            return Notice(text: "no lead is here to give the turn\(place ?? "")", isAnswer: true)
        case .limited:
            return Notice(
                text: "not now: nobody is here to watch over you, or your hour's budget is spent", isAnswer: true)
        }
    }

    private static func waits(_ act: TurnAct, _ turn: TurnNotice, _ mode: TurnMode, _ place: String?)
        -> Notice
    {
        let waits = place ?? "; you wait for the turn"
        let text: String
        switch act {
        case .grant: text = "the turn goes over once the prompt stands"
        case .take: text = "the turn is yours once the prompt stands"
        case .request where mode == .led: text = "only a lead gives the turn here\(waits)"
        case .request, .withdraw, .refuse:
            text = (steers(turn) ?? "nobody steers yet") + waits
        }
        return Notice(text: text, isAnswer: true)
    }

    private static func steers(_ turn: TurnNotice) -> String? {
        turn.holder.map { $0.isKept ? "the turn is kept for \($0.name)" : "\($0.name) steers" }
    }

    private static func nobodyThere(_ act: TurnAct) -> String {
        switch act {
        case .grant(nil, _), .refuse(nil): "nobody waits for the turn"
        case .grant: "who you mean is no longer here, or may not steer"
        case .refuse: "who you mean no longer asks for the turn"
        case .withdraw: "you did not ask for the turn"
        case .request, .take: "nobody has the turn"
        }
    }
}

extension TurnQueue {
    private static let ordinals = ["first", "second", "third", "fourth", "fifth"]

    /// The place of one who waits, as a part of a sentence; `nil` for who does not.
    fileprivate func place(of id: AttachmentID?) -> String? {
        guard let place = id.flatMap({ self.place(of: $0) }) else { return nil }
        return "; you are \(place <= Self.ordinals.count ? Self.ordinals[place - 1] : "number \(place)") in the queue"
    }
}

extension Notice {
    /// Why a proposal could not be answered; `nil` where it was.
    static func answer(_ outcome: ProposalOutcome) -> Notice? {
        let text: String
        switch outcome {
        case .done: return nil
        case .gone: text = "too late: that command was answered, has expired, or its agent left"
        case .changed: text = "nothing was approved: what is proposed is not what you read"
        case .own: text = "nobody approves what they proposed themselves"
        case .notAllowed: text = "only a person who may type here answers proposals"
        case .notNeeded, .tooMany, .limited, .fromHistory: text = "that can not be answered now"
        }
        return Notice(text: text, isAnswer: true)
    }
}
