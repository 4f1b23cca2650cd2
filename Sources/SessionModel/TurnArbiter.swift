/// Decides whose input reaches the terminal.
///
/// A value with no clock, no I/O and no callbacks: an event and the time go in, what became of the turn comes out.
/// Mode `open`: typing while nobody holds the turn takes it.
///
/// - Invariant: at most one attachment holds the turn; it is attached, and it may steer.
package struct TurnArbiter: Hashable, Sendable {
    /// Whose turn it is.
    package enum State: Hashable, Sendable {
        case free
        case held(Holding)
        case reserved(Reservation)
    }

    /// A turn that an attachment holds until it has been idle past the deadline.
    package struct Holding: Hashable, Sendable {
        package let turn: TurnNumber
        package let holder: Participant
        package fileprivate(set) var deadline: Moment
        /// The end of the lease under which it is held; typing does not prolong it.
        package fileprivate(set) var leaseEnd: Moment?
    }

    /// A turn whose holder's front-end went away, kept for the same key until the deadline.
    package struct Reservation: Hashable, Sendable {
        package let turn: TurnNumber
        package let holder: Participant
        package let deadline: Moment
    }

    /// Something that happened to the turn, in order.
    package enum Effect: Hashable, Sendable {
        case began(TurnNumber, Participant, TurnBeginning)
        case ended(TurnNumber, Participant, TurnEnding)
    }

    /// What becomes of typed bytes: with the effects that came first.
    package enum Decision: Hashable, Sendable {
        case deliver(TurnNumber)
        case refuse(Refusal)
    }

    package let rules: TurnRules
    package private(set) var state: State = .free
    package private(set) var participants: [AttachmentID: Participant] = [:]
    package private(set) var lastTurn: TurnNumber

    package init(rules: TurnRules, lastTurn: TurnNumber = TurnNumber(rawValue: 0)) {
        self.rules = rules
        self.lastTurn = lastTurn
    }

    package var holder: Participant? {
        guard case .held(let holding) = state else { return nil }
        return holding.holder
    }

    /// When ``passTime(to:)`` next has something to do.
    package var deadline: Moment? {
        switch state {
        case .free: nil
        case .held(let holding): holding.deadline
        case .reserved(let reservation): reservation.deadline
        }
    }

    // MARK: Coming and going

    /// A new attachment; if the turn is kept for its key, it has the turn back.
    package mutating func attach(_ participant: Participant, at now: Moment) -> [Effect] {
        precondition(participants[participant.id] == nil, "an attachment number is used once")
        let effects = passTime(to: now)
        participants[participant.id] = participant
        guard case .reserved(let kept) = state, kept.holder.key == participant.key, participant.maySteer else {
            return effects
        }
        return effects + [resume(kept, participant, at: now)]
    }

    /// The attachment left. Idempotent.
    package mutating func detach(
        _ id: AttachmentID, at now: Moment, because ending: TurnEnding = .detached
    ) -> [Effect] {
        let effects = passTime(to: now)
        defer { participants[id] = nil }
        return effects + endTurn(of: id, because: ending)
    }

    /// The attachment's front-end went away, and the operator may not know it yet: the turn is kept for a while.
    package mutating func lose(_ id: AttachmentID, at now: Moment) -> [Effect] {
        let effects = passTime(to: now)
        participants[id] = nil
        guard case .held(let holding) = state, holding.holder.id == id else { return effects }
        let deadline = now.advanced(by: rules.reattachWithin)
        state = .reserved(Reservation(turn: holding.turn, holder: holding.holder, deadline: deadline))
        return effects
    }

    // MARK: Steering

    /// The attachment typed. Taking a free turn, or a person's taking it from an agent, happens here.
    package mutating func type(_ id: AttachmentID, at now: Moment) -> (effects: [Effect], decision: Decision) {
        var effects = passTime(to: now)
        guard let participant = participants[id], participant.maySteer else {
            return (effects, .refuse(.onlyWatching))
        }
        switch state {
        case .held(let holding) where holding.holder.id == id:
            keep(for: rules.releaseAfter, from: now)
            return (effects, .deliver(holding.turn))
        case .held(let holding):
            guard participant.displacesByTyping(holding.holder) else { return (effects, .refuse(.turnHeld)) }
            effects += endTurn(of: holding.holder.id, because: .displaced)
        case .reserved(let kept) where kept.holder.key == participant.key:
            // The same operator, by another attachment of theirs.
            effects.append(resume(kept, participant, at: now))
            return (effects, .deliver(kept.turn))
        case .reserved(let kept):
            guard participant.displacesByTyping(kept.holder) else { return (effects, .refuse(.turnReserved)) }
            effects.append(.ended(kept.turn, kept.holder, .displaced))
        case .free:
            break
        }
        effects.append(begin(participant, .typed, at: now))
        return (effects, .deliver(lastTurn))
    }

    /// Holds the turn until the lease is over, if it is free, kept for the same key, or held already; `false` where it
    /// is somebody else's. A holder's new lease begins now.
    package mutating func acquire(
        _ id: AttachmentID, lease: Duration, at now: Moment
    ) -> (effects: [Effect], isHeld: Bool) {
        var effects = passTime(to: now)
        guard let participant = participants[id], participant.maySteer else { return (effects, false) }
        switch state {
        case .held(let holding):
            guard holding.holder.id == id else { return (effects, false) }
        case .reserved(let kept):
            guard kept.holder.key == participant.key else { return (effects, false) }
            effects.append(resume(kept, participant, at: now))
        case .free:
            effects.append(begin(participant, .acquired, at: now))
        }
        guard case .held(var holding) = state else { preconditionFailure("who acquires the turn holds it") }
        let end = now.advanced(by: lease)
        holding.leaseEnd = end
        holding.deadline = end
        state = .held(holding)
        return (effects, true)
    }

    /// Says whether what was delivered leaves a half-typed line at the prompt, which keeps the turn longer.
    package mutating func noteLine(isOpen: Bool, at now: Moment) {
        keep(for: isOpen ? rules.releaseLineAfter : rules.releaseAfter, from: now)
    }

    /// Lets go of the turn; nothing where it is not held.
    package mutating func release(_ id: AttachmentID, at now: Moment) -> [Effect] {
        let effects = passTime(to: now)
        return effects + endTurn(of: id, because: .released)
    }

    /// Takes the turn by an explicit act; `false` where the rank does not suffice.
    package mutating func take(_ id: AttachmentID, at now: Moment) -> (effects: [Effect], isTaken: Bool) {
        var effects = passTime(to: now)
        guard let participant = participants[id], participant.maySteer else { return (effects, false) }
        switch state {
        case .held(let holding) where holding.holder.id == id:
            return (effects, true)
        case .held(let holding):
            guard participant.mayTake(from: holding.holder) else { return (effects, false) }
            effects += endTurn(of: holding.holder.id, because: .displaced)
        case .reserved(let kept):
            guard participant.mayTake(from: kept.holder) else { return (effects, false) }
            effects.append(.ended(kept.turn, kept.holder, .displaced))
        case .free:
            break
        }
        effects.append(begin(participant, .taken, at: now))
        return (effects, true)
    }

    // MARK: Time and rules

    /// Ends what has outlasted its deadline. Every other event does this first.
    package mutating func passTime(to now: Moment) -> [Effect] {
        switch state {
        case .held(let holding) where holding.deadline <= now:
            return endTurn(of: holding.holder.id, because: holding.leaseEnd == nil ? .idle : .leaseEnded)
        case .reserved(let kept) where kept.deadline <= now:
            state = .free
            return [.ended(kept.turn, kept.holder, .expired)]
        case .free, .held, .reserved:
            return []
        }
    }

    /// The operator's role in this session changed while attached.
    package mutating func change(_ id: AttachmentID, to role: Role, at now: Moment) -> [Effect] {
        change(id, at: now, because: .revoked) {
            Participant(id: id, key: $0.key, kind: $0.kind, role: role, isSteering: $0.isSteering)
        }
    }

    /// The operator wants only to watch, or to steer again.
    package mutating func change(_ id: AttachmentID, isSteering: Bool, at now: Moment) -> [Effect] {
        change(id, at: now, because: .released) {
            Participant(id: id, key: $0.key, kind: $0.kind, role: $0.role, isSteering: isSteering)
        }
    }

    private mutating func change(
        _ id: AttachmentID, at now: Moment, because ending: TurnEnding, _ change: (Participant) -> Participant
    ) -> [Effect] {
        let effects = passTime(to: now)
        guard let old = participants[id] else { return effects }
        let new = change(old)
        participants[id] = new
        guard case .held(let holding) = state, holding.holder.id == id else { return effects }
        guard new.maySteer else { return effects + endTurn(of: id, because: ending) }
        state = .held(
            Holding(turn: holding.turn, holder: new, deadline: holding.deadline, leaseEnd: holding.leaseEnd))
        return effects
    }

    private mutating func begin(_ participant: Participant, _ how: TurnBeginning, at now: Moment) -> Effect {
        lastTurn = lastTurn.next
        let deadline = now.advanced(by: rules.releaseAfter)
        state = .held(Holding(turn: lastTurn, holder: participant, deadline: deadline))
        return .began(lastTurn, participant, how)
    }

    private mutating func resume(_ kept: Reservation, _ participant: Participant, at now: Moment) -> Effect {
        state = .held(Holding(turn: kept.turn, holder: participant, deadline: now.advanced(by: rules.releaseAfter)))
        return .began(kept.turn, participant, .resumed)
    }

    private mutating func endTurn(of id: AttachmentID, because ending: TurnEnding) -> [Effect] {
        guard case .held(let holding) = state, holding.holder.id == id else { return [] }
        state = .free
        return [.ended(holding.turn, holding.holder, ending)]
    }

    private mutating func keep(for duration: Duration, from now: Moment) {
        guard case .held(var holding) = state, holding.leaseEnd == nil else { return }
        holding.deadline = now.advanced(by: duration)
        state = .held(holding)
    }
}
