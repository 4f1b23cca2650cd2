/// Decides whose input reaches the terminal. Its rules, and what holds of them always: `TurnArbiter.md`.
///
/// A value with no clock, no I/O and no callbacks: an event and the time go in, what became of the turn comes out.
/// Requests and grants are in `+Requests`; what time does, and what follows from a change, in `+Time`.
///
/// - Invariant: at most one attachment holds the turn; it is attached, and it may hold it.
package struct TurnArbiter: Hashable, Sendable {
    /// Whose turn it is.
    package enum State: Hashable, Sendable {
        case free
        case held(Holding)
        case reserved(Reservation)
    }

    /// A turn that an attachment holds.
    package struct Holding: Hashable, Sendable {
        package let turn: TurnNumber
        package internal(set) var holder: Participant
        /// When it ends by itself: by idleness, or with its lease.
        package internal(set) var deadline: Moment?
        /// The end of the lease under which it is held; typing does not prolong it.
        package internal(set) var leaseEnd: Moment?
        var lastInput: Moment
        /// Whether the holder was told that the lease ends soon.
        var isWarned = false
        /// What is to be true again when the lease is given back that was only borrowed.
        var lent: Lent?

        struct Lent: Hashable {
            let leaseEnd: Moment?
            let isWarned: Bool
        }
    }

    /// A turn whose holder's front-end went away, kept for the same key until the deadline.
    package struct Reservation: Hashable, Sendable {
        package let turn: TurnNumber
        package let holder: Participant
        package let deadline: Moment
        let leaseEnd: Moment?
        /// The attachment of the same key that came since.
        var returned: AttachmentID?
    }

    /// Somebody who waits for the turn.
    package struct Request: Hashable, Sendable {
        package internal(set) var who: Participant
        package let since: Moment
        let lease: Duration?
        package internal(set) var isForPrompt: Bool
        /// It is granted already, by whom where somebody did, and waits for the prompt alone.
        var grant: Grant?
        /// The turn whose holder was asked, and when.
        var asked: Asked?
        /// Its front-end went away; the place is kept until then.
        var awayUntil: Moment?

        struct Grant: Hashable {
            let by: AttachmentID?
            /// The turn that is given away; with the turn, the grant is over.
            let turn: TurnNumber?
        }

        struct Asked: Hashable {
            /// `nil`: the leads were.
            let turn: TurnNumber?
            let at: Moment
            var isWarned = false
        }
    }

    /// Something that happened to the turn, in order.
    package enum Effect: Hashable, Sendable {
        case began(TurnNumber, Participant, TurnBeginning)
        case ended(TurnNumber, Participant, TurnEnding)
        case requested(Participant)
        case requestEnded(Participant, RequestEnding, by: AttachmentID?)
        /// The turn that begins next was given to it, by an attachment or, `nil`, by the rules.
        case granted(Participant, by: AttachmentID?)
        /// The holder, or the leads where they give the turn, is to answer who asks.
        case asked(Participant, answerBy: Moment?)
        case endsSoon(Participant, at: Moment)
        case ruled(TurnRules)
    }

    /// What becomes of typed bytes: with the effects that came first.
    package enum Decision: Hashable, Sendable {
        case deliver(TurnNumber)
        case refuse(Refusal)
    }

    package internal(set) var rules: TurnRules
    package internal(set) var state: State = .free
    package internal(set) var participants: [AttachmentID: Participant] = [:]
    package internal(set) var requests: [Request] = []
    package internal(set) var lastTurn: TurnNumber
    /// Whether the prompt stands and nothing is typed there.
    var isPromptReady = false

    package init(rules: TurnRules, lastTurn: TurnNumber = TurnNumber(rawValue: 0)) {
        self.rules = rules
        self.lastTurn = lastTurn
    }

    package var holder: Participant? {
        guard case .held(let holding) = state else { return nil }
        return holding.holder
    }

    /// The end of the lease under which somebody holds the turn.
    package var leaseEnd: Moment? {
        guard case .held(let holding) = state else { return nil }
        return holding.leaseEnd
    }

    /// The turn that somebody holds, or that is kept for somebody.
    var currentTurn: TurnNumber? {
        switch state {
        case .free: nil
        case .held(let holding): holding.turn
        case .reserved(let kept): kept.turn
        }
    }

    var isLed: Bool { participants.values.contains(where: \.isLead) }

    /// Why the attachment may not hold the turn now, whoever has it; `nil` where it may.
    package func obstacle(to participant: Participant) -> Refusal? {
        guard participant.maySteer else { return .onlyWatching }
        if participant.isChaperoned, !participants.values.contains(where: \.isChaperone) { return .needsChaperone }
        return rules.mode == .led && !isLed ? .noLead : nil
    }

    // MARK: Coming and going

    /// A new attachment; turn and place that are kept for its key are its own again.
    package mutating func attach(_ participant: Participant, at now: Moment) -> [Effect] {
        precondition(participants[participant.id] == nil, "an attachment number is used once")
        let effects = passTime(to: now)
        participants[participant.id] = participant
        if participant.maySteer,
            let index = requests.firstIndex(where: { $0.awayUntil != nil && $0.who.key == participant.key })
        {
            requests[index].who = participant
            requests[index].awayUntil = nil
        }
        if participant.maySteer, case .reserved(var kept) = state, kept.holder.key == participant.key {
            kept.returned = participant.id
            state = .reserved(kept)
        }
        // The only lead there is was not asked yet.
        if participant.isLead, participants.values.filter(\.isLead).count == 1 {
            for index in requests.indices where requests[index].asked?.turn == nil { requests[index].asked = nil }
        }
        return effects + settle(at: now)
    }

    /// The attachment left. Idempotent.
    package mutating func detach(
        _ id: AttachmentID, at now: Moment, because ending: TurnEnding = .detached
    ) -> [Effect] {
        var effects = passTime(to: now)
        effects += endRequest(of: id, because: ending == .revoked ? .revoked : .left)
        participants[id] = nil
        effects += endTurn(of: id, because: ending)
        return effects + settle(at: now)
    }

    /// Their front-end went away, and the operators may not know it yet: turn and places are kept for a while.
    package mutating func lose(_ ids: [AttachmentID], at now: Moment) -> [Effect] {
        let effects = passTime(to: now)
        let until = now.advanced(by: rules.reattachWithin)
        for id in ids {
            participants[id] = nil
            if let index = requests.firstIndex(where: { $0.who.id == id }) { requests[index].awayUntil = until }
            guard case .held(let holding) = state, holding.holder.id == id else { continue }
            state = .reserved(
                Reservation(
                    turn: holding.turn, holder: holding.holder,
                    deadline: holding.leaseEnd.map { min($0, until) } ?? until, leaseEnd: holding.leaseEnd))
        }
        return effects + settle(at: now)
    }

    /// The session is over.
    package mutating func finish() -> [Effect] {
        requests = []
        return holder.map { endTurn(of: $0.id, because: .ended) } ?? []
    }

    // MARK: Steering

    /// The attachment typed. Taking a free turn, or a person's taking it from an agent, happens here.
    package mutating func type(_ id: AttachmentID, at now: Moment) -> (effects: [Effect], decision: Decision) {
        var effects = passTime(to: now)
        guard let participant = participants[id] else { return (effects, .refuse(.onlyWatching)) }
        if let obstacle = obstacle(to: participant) { return (effects, .refuse(obstacle)) }
        switch state {
        case .held(let holding) where holding.holder.id == id:
            noteInput(at: now)
            return (requests.isEmpty ? effects : effects + settle(at: now), .deliver(holding.turn))
        case .held(let holding):
            guard participant.displacesByTyping(holding.holder) else { return (effects, .refuse(.turnHeld)) }
            effects += endTurn(of: holding.holder.id, because: .displaced)
        case .reserved(let kept) where kept.holder.key == participant.key:
            // The same operator, by another attachment of theirs.
            effects += resume(kept, participant, at: now)
            return (effects + settle(at: now), .deliver(kept.turn))
        case .reserved(let kept):
            guard participant.displacesByTyping(kept.holder) else { return (effects, .refuse(.turnReserved)) }
            effects.append(.ended(kept.turn, kept.holder, .displaced))
        case .free:
            guard rules.mode != .led || participant.isLead else { return (effects, .refuse(.mustAsk)) }
        }
        effects += begin(participant, .typed, at: now)
        return (effects + settle(at: now), .deliver(lastTurn))
    }

    /// Holds the turn until the lease is over, if it is free, kept for the same key, or held already; `false` where it
    /// is somebody else's. A holder's new lease begins now, unless somebody waits for the turn; `isRenewed`
    /// tells which.
    package mutating func acquire(
        _ id: AttachmentID, lease: Duration, at now: Moment
    ) -> (effects: [Effect], isHeld: Bool, isRenewed: Bool) {
        var effects = passTime(to: now)
        guard let participant = participants[id], obstacle(to: participant) == nil else {
            return (effects, false, false)
        }
        switch state {
        case .held(let holding):
            guard holding.holder.id == id else { return (effects, false, false) }
            if hasSomebodyWaiting { return (effects, true, false) }
        case .reserved(let kept):
            guard kept.holder.key == participant.key else { return (effects, false, false) }
            effects += resume(kept, participant, at: now)
        case .free:
            guard rules.mode != .led || participant.isLead else { return (effects, false, false) }
            effects += begin(participant, .acquired, at: now)
        }
        lend(for: lease, from: now)
        return (effects + settle(at: now), true, true)
    }

    /// Says whether what was delivered leaves a half-typed line at the prompt, which keeps the turn longer.
    package mutating func noteLine(isOpen: Bool, at now: Moment) {
        keep(for: isOpen ? rules.releaseLineAfter : rules.releaseAfter, from: now)
    }

    /// Lets go of the turn, or of the place among those who wait for it; nothing where there is neither.
    package mutating func release(
        _ id: AttachmentID, at now: Moment, because ending: TurnEnding = .released
    ) -> [Effect] {
        var effects = passTime(to: now)
        effects += endRequest(of: id, because: .withdrawn)
        effects += endTurn(of: id, because: ending)
        return effects + settle(at: now)
    }

    // MARK: Rules

    /// The operator's role in this session changed while attached.
    package mutating func change(_ id: AttachmentID, to role: Role, at now: Moment) -> [Effect] {
        change(id, at: now, because: .revoked) { $0.role = role }
    }

    /// The operator wants only to watch, or to steer again.
    package mutating func change(_ id: AttachmentID, isSteering: Bool, at now: Moment) -> [Effect] {
        change(id, at: now, because: .released) { $0.isSteering = isSteering }
    }

    /// The agent may hold the turn only while a person is there, or without one.
    package mutating func change(_ id: AttachmentID, isChaperoned: Bool, at now: Moment) -> [Effect] {
        change(id, at: now, because: .unattended) { $0.isChaperoned = isChaperoned }
    }

    /// The session's rules are others from now on.
    package mutating func change(_ rules: TurnRules, at now: Moment) -> [Effect] {
        let effects = passTime(to: now)
        guard rules != self.rules else { return effects }
        self.rules = rules
        for index in requests.indices { requests[index].asked = nil }
        if case .held(var holding) = state, holding.leaseEnd == nil {
            holding.deadline = rules.mode == .open ? now.advanced(by: rules.releaseAfter) : nil
            state = .held(holding)
        }
        return effects + [.ruled(rules)] + settle(at: now)
    }

    private mutating func change(
        _ id: AttachmentID, at now: Moment, because ending: TurnEnding, _ change: (inout Participant) -> Void
    ) -> [Effect] {
        var effects = passTime(to: now)
        guard var new = participants[id] else { return effects }
        change(&new)
        participants[id] = new
        if let index = requests.firstIndex(where: { $0.who.id == id }) { requests[index].who = new }
        if case .held(var holding) = state, holding.holder.id == id {
            if !new.maySteer { effects += endTurn(of: id, because: ending) }
            holding.holder = new
            if new.maySteer { state = .held(holding) }
        }
        return effects + settle(at: now)
    }

    // MARK: Turns

    mutating func begin(_ participant: Participant, _ how: TurnBeginning, at now: Moment) -> [Effect] {
        let effects = endRequest(of: participant.id, because: how == .granted ? .granted : .served)
        lastTurn = lastTurn.next
        state = .held(Holding(turn: lastTurn, holder: participant, lastInput: now))
        keep(for: rules.releaseAfter, from: now)
        return effects + [.began(lastTurn, participant, how)]
    }

    mutating func resume(_ kept: Reservation, _ participant: Participant, at now: Moment) -> [Effect] {
        let effects = endRequest(of: participant.id, because: .served)
        state = .held(
            Holding(
                turn: kept.turn, holder: participant, deadline: kept.leaseEnd, leaseEnd: kept.leaseEnd, lastInput: now,
                isWarned: kept.leaseEnd.map { $0 <= now.advanced(by: TurnRules.warning) } == true))
        keep(for: rules.releaseAfter, from: now)
        return effects + [.began(kept.turn, participant, .resumed)]
    }

    mutating func endTurn(of id: AttachmentID, because ending: TurnEnding) -> [Effect] {
        guard case .held(let holding) = state, holding.holder.id == id else { return [] }
        state = .free
        return [.ended(holding.turn, holding.holder, ending)]
    }

    /// The turn ends with the lease, whatever is typed.
    mutating func lend(for lease: Duration, from now: Moment) {
        guard case .held(var holding) = state else { preconditionFailure("only a turn that is held has a lease") }
        let end = now.advanced(by: min(max(lease, .zero), TurnRules.longestLease))
        holding.leaseEnd = end
        holding.deadline = end
        // A short one needs no warning.
        holding.isWarned = lease < TurnRules.warning * 2
        holding.lent = nil
        state = .held(holding)
    }

    private mutating func noteInput(at now: Moment) {
        guard case .held(var holding) = state else { return }
        holding.lastInput = now
        state = .held(holding)
        keep(for: rules.releaseAfter, from: now)
        // The silence that gave the turn to an agent is over.
        for index in requests.indices
        where requests[index].grant?.by == nil && defers(requests[index].who, to: holding.holder) {
            requests[index].grant = nil
        }
    }

    /// Whether that one waits for as long as this one types: an agent does, for a person.
    func defers(_ who: Participant, to holder: Participant) -> Bool { who.kind == .agent && holder.kind == .person }

    private mutating func keep(for duration: Duration, from now: Moment) {
        guard rules.mode == .open, case .held(var holding) = state, holding.leaseEnd == nil else { return }
        holding.deadline = now.advanced(by: duration)
        state = .held(holding)
    }
}
