import Platform
import SessionModel
import Terminal
import Wire

extension Session {
    var turnNotice: TurnNotice {
        let holder: TurnHolder? =
            switch arbiter.state {
            case .free: nil
            case .held(let holding): attachments[holding.holder.id]?.holder
            case .reserved(let kept): TurnHolder(kept: turnWatch.holder ?? "", kept.holder.kind)
            }
        return TurnNotice(turn: arbiter.lastTurn, holder: holder)
    }

    /// Who waits, in their order; of very many the first.
    var turnQueue: TurnQueue {
        let waiting = arbiter.requests.prefix(Self.queueLimit).compactMap { request in
            attachments[request.who.id].map {
                TurnQueue.Waiting(
                    who: $0.holder, waitedFor: now.sinceStart - request.since.sinceStart,
                    isForPrompt: request.isForPrompt)
            }
        }
        return TurnQueue(mode: arbiter.rules.mode, waiting: waiting)
    }

    private static let queueLimit = 100

    /// Carries out what the arbiter decided: journal, pending input, size, and everybody's notice. A step of its own;
    /// whoever decided it calls ``perform(_:)``.
    func carryOutTurns(_ effects: [TurnArbiter.Effect]) {
        var tale = TurnTale(effects)
        for effect in effects {
            tale.pass(effect)
            switch effect {
            case .began(let turn, let who, let how): began(turn, who, how, &tale)
            case .ended(let turn, let who, let how): ended(turn, who, how, &tale)
            case .requested(let who): record(.turnRequested(who.id))
            case .requestEnded(let who, let how, let by):
                record(.requestEnded(who.id, how, by: by))
                if how == .refused { tale.tell(.refused(by: name(of: by) ?? ""), to: who.id) }
            case .granted(let who, let by): record(.turnGranted(who.id, by: by))
            case .asked(let who, let answerBy): ask(about: who, answerBy: answerBy, &tale)
            case .endsSoon(let who, let end): endsSoon(who, in: end.sinceStart - now.sinceStart, &tale)
            case .ruled: break
            }
        }
        if !effects.isEmpty {
            if effects.contains(where: \.isAboutTurn) { broadcast(.turn(turnNotice)) }
            broadcast(.queue(turnQueue))
        }
        // Behind what everybody sees: a question that is older than that is over.
        for (id, news) in tale.news { tell(news, to: id) }
        scheduleTurnTimer()
        if !effects.isEmpty { approvedIsDue() }
    }

    private func began(_ turn: TurnNumber, _ who: Participant, _ how: TurnBeginning, _ tale: inout TurnTale) {
        record(.turnBegan(turn, who.id, how))
        // A turn that is resumed is the same turn.
        if how != .resumed { turnWatch = TurnWatch(began: now, holder: name(of: who.id)) }
        guard let attachment = attachments[who.id] else { return }
        let name = attachment.request.who.name
        visits.noteTurn(turn, of: name)
        // Whoever is back types on another connection: what the lost one was pasting has no end.
        if how == .resumed { closePaste(of: turn) }
        // Who just asked is told by the answer.
        if how == .granted, !tale.asked(who.id) { tale.tell(.granted(by: self.name(of: tale.giver)), to: who.id) }
        if let owners = halfTypedLine(besides: name) {
            attachment.frontEnd.send(.lineStands(attachment.reference, of: owners))
        }
        if let window = attachment.size { resize(to: window, givenBy: who.id) }
    }

    private func ended(_ turn: TurnNumber, _ who: Participant, _ how: TurnEnding, _ tale: inout TurnTale) {
        let dropped = cutInput(of: turn)
        record(.turnEnded(turn, who.id, how))
        // Its attachment may have gone with a front-end.
        if let name = turnWatch.holder, who.kind == .agent {
            ledger.noteHeld(now.sinceStart - turnWatch.began.sinceStart, by: name, at: now)
        }
        // Who lets go, gives the turn or types no more knows it.
        guard ![.released, .idle, .detached, .ended].contains(how), tale.giver != who.id else { return }
        let loss = TurnLoss(
            how, giver: name(of: tale.giver), next: name(of: tale.next), obstacle: obstacle(to: who.id),
            written: UInt32(clamping: turnWatch.written), dropped: UInt32(clamping: dropped))
        record(
            .inputDelivered(
                turn, who.id, written: loss.written, dropped: loss.dropped, by: how == .displaced ? tale.next : nil))
        tale.tell(.lost(loss), to: who.id)
    }

    /// Why an attachment may not steer now, whoever does.
    private func obstacle(to id: AttachmentID) -> Refusal? {
        guard let attachment = attachments[id], let participant = arbiter.participants[id] else { return nil }
        return arbiter.obstacle(to: participant) ?? refusal(of: 0, by: attachment)
    }

    private func endsSoon(_ who: Participant, in rest: Duration, _ tale: inout TurnTale) {
        record(.turnEndsSoon(arbiter.lastTurn, who.id, endsIn: rest))
        tale.tell(.endsSoon(rest), to: who.id)
    }

    /// Somebody waits: the holder is to answer, or the leads where they give the turn.
    private func ask(about who: Participant, answerBy: Moment?, _ tale: inout TurnTale) {
        let news = TurnNews.asked(
            by: name(of: who.id) ?? "", answerWithin: answerBy.map { $0.sinceStart - now.sinceStart })
        let asked =
            arbiter.rules.mode == .led
            ? arbiter.participants.values.filter(\.isLead).map(\.id) : arbiter.holder.map { [$0.id] } ?? []
        guard !asked.isEmpty else { return }
        record(.turnAsked(who.id, answerWithin: answerBy.map { $0.sinceStart - now.sinceStart }))
        for id in asked { tale.tell(news, to: id) }
    }

    /// What concerns one attachment.
    func tell(_ news: TurnNews, to id: AttachmentID) {
        guard let attachment = attachments[id] else { return }
        let message = HostMessage.news(attachment.reference, news)
        guard case .lost(let loss) = news, attachment.frontEnd.version < message.firstVersion else {
            return attachment.frontEnd.send(message)
        }
        let taker = loss.ending == .displaced ? loss.next : nil
        attachment.frontEnd.send(
            .news(attachment.reference, .taken(by: taker, written: loss.written, dropped: loss.dropped)))
    }

    func name(of id: AttachmentID?) -> String? { id.flatMap { attachments[$0]?.request.who.name } }

    func scheduleTurnTimer() {
        if let turnTimer { loop.cancel(turnTimer) }
        let deadlines = [arbiter.deadline, proposals.deadline, budgetDeadline]
        turnTimer = deadlines.compactMap { $0 }.min().map { deadline in
            loop.schedule(at: started.advanced(by: deadline.sinceStart)) { [weak self] in self?.turnTimerFired() }
        }
    }

    private func turnTimerFired() {
        turnTimer = nil
        // Whoever waits for a program to read what was typed is not idle.
        if !input.isEmpty, let deadline = arbiter.deadline, deadline <= now, arbiter.holder != nil {
            arbiter.noteLine(isOpen: false, at: now)
        }
        if let deadline = budgetDeadline, deadline <= now, let holder = arbiter.holder {
            perform(arbiter.release(holder.id, at: now, because: .budgetSpent))
        }
        expireProposals()
        perform(arbiter.passTime(to: now))
    }

    /// Says that input was dealt with; not for every key, but well before a front-end runs out of room.
    func acknowledge(_ count: Int, from id: AttachmentID) {
        guard var attachment = attachments[id] else { return }
        attachment.unannounced += count
        if attachment.unannounced >= Self.announcedInput {
            attachment.frontEnd.send(
                .inputTaken(attachment.reference, count: UInt32(clamping: attachment.unannounced)))
            attachment.unannounced = 0
        }
        attachments[id] = attachment
    }

    // MARK: Size

    /// The session takes the size of whoever steers.
    func resize(to window: TerminalSize, givenBy id: AttachmentID) {
        sizeGiver = id
        guard window != size else { return }
        size = window
        screen.resize(to: window)
        do {
            try pty.resize(columns: window.columns, rows: window.rows)
        } catch {
            Diagnostics.note("the terminal did not take its new size: \(error)")
        }
        record(.resized(window))
        broadcast(.resized(window))
        screenChanged()
    }

    /// A client's window changed. It is the session's size if that client steers, or gave the size last.
    func windowChanged(of id: AttachmentID, to window: TerminalSize) {
        attachments[id]?.size = window
        let steers = arbiter.holder.map { $0.id == id } ?? (sizeGiver == id)
        if steers { resize(to: window, givenBy: id) }
    }
}

/// The turn that is held.
struct TurnWatch {
    var began = Moment.start
    /// The name of who has it.
    var holder: String?
    /// Bytes that its holder typed and the terminal took.
    var written = 0
    /// What it was given for: the one command that an agent may have typed.
    var command: Proposal?
    /// Whether a command was typed for an agent who may not type the rest of it, should the shell want more.
    var mustBeWhole = false
    /// How many prompts had stood when that was typed.
    var prompts: UInt32 = 0
}

/// What effects that come together mean for those whom they concern.
private struct TurnTale {
    private let effects: [TurnArbiter.Effect]
    private var position = 0
    /// Who gave the turn that begins with this effect or next.
    private(set) var giver: AttachmentID?
    /// What is to be told, and to whom.
    private(set) var news: [(AttachmentID, TurnNews)] = []

    init(_ effects: [TurnArbiter.Effect]) { self.effects = effects }

    mutating func pass(_ effect: TurnArbiter.Effect) {
        position += 1
        switch effect {
        case .granted(_, let by): giver = by
        case .ended:
            // A turn ends before it is said who gives the next one.
            if case .granted(_, let by)? = effects[position...].first { giver = by } else { giver = nil }
        case .began, .requested, .requestEnded, .asked, .endsSoon, .ruled: break
        }
    }

    mutating func tell(_ news: TurnNews, to id: AttachmentID) { self.news.append((id, news)) }

    /// Who has the turn next.
    var next: AttachmentID? {
        for case .began(_, let who, _) in effects[position...] { return who.id }
        return nil
    }

    func asked(_ id: AttachmentID) -> Bool {
        effects.contains { if case .requested(let who) = $0 { who.id == id } else { false } }
    }
}

extension TurnArbiter.Effect {
    fileprivate var isAboutTurn: Bool {
        switch self {
        case .began, .ended: true
        case .requested, .requestEnded, .granted, .asked, .endsSoon, .ruled: false
        }
    }
}
