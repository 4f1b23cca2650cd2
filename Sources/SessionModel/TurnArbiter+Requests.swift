/// Who waits for the turn, and who gives it.
extension TurnArbiter {
    /// What an attachment does about the turn, besides typing.
    package mutating func act(
        _ id: AttachmentID, _ act: TurnAct, at now: Moment
    ) -> (effects: [Effect], outcome: TurnOutcome) {
        let before = passTime(to: now)
        guard let actor = participants[id] else { return (before, .onlyWatching) }
        var effects: [Effect] = []
        let outcome =
            switch act {
            case .request(let lease, let atPrompt): request(actor, lease, atPrompt, &effects, at: now)
            case .withdraw: withdraw(actor, &effects)
            case .take(let atPrompt): take(actor, atPrompt, &effects, at: now)
            case .grant(let target, let atPrompt): grant(to: target, by: actor, atPrompt, &effects, at: now)
            case .refuse(let target): refuse(target, by: actor, &effects)
            }
        return (before + effects + settle(at: now), outcome)
    }

    /// Where the attachment stands among those who wait, from 1.
    package func place(of id: AttachmentID) -> Int? { requests.firstIndex { $0.who.id == id }.map { $0 + 1 } }

    /// Whether somebody who is attached could have the turn and waits for it.
    var hasSomebodyWaiting: Bool { requests.contains(where: isServable) }

    /// Whether the request is of somebody who could have the turn now.
    func isServable(_ request: Request) -> Bool { request.awayUntil == nil && obstacle(to: request.who) == nil }

    private mutating func request(
        _ actor: Participant, _ lease: Duration?, _ atPrompt: Bool, _ effects: inout [Effect], at now: Moment
    ) -> TurnOutcome {
        guard actor.maySteer else { return .onlyWatching }
        if case .needsChaperone? = obstacle(to: actor) { return .limited }
        guard holder?.id != actor.id, place(of: actor.id) == nil else { return .already }
        requests.append(Request(who: actor, since: now, lease: lease, isForPrompt: atPrompt))
        effects.append(.requested(actor))
        // A lead needs nobody's leave, where nobody has the turn.
        if case .free = state, rules.mode == .led, actor.isLead {
            effects += requests.last.map { give(to: $0, by: actor.id, at: now) } ?? []
        }
        effects += settle(at: now)
        return holder?.id == actor.id ? .done : obstacle(to: actor) == .noLead ? .noLead : .waits
    }

    private mutating func withdraw(_ actor: Participant, _ effects: inout [Effect]) -> TurnOutcome {
        guard place(of: actor.id) != nil else { return .nobodyThere }
        effects += endRequest(of: actor.id, because: .withdrawn)
        return .done
    }

    /// Takes the turn by an explicit act, where the rank suffices.
    private mutating func take(
        _ actor: Participant, _ atPrompt: Bool, _ effects: inout [Effect], at now: Moment
    ) -> TurnOutcome {
        if let obstacle = obstacle(to: actor) {
            return obstacle == .onlyWatching ? .onlyWatching : obstacle == .noLead ? .noLead : .limited
        }
        switch state {
        case .held(let holding) where holding.holder.id == actor.id: return .already
        case .held(let holding): guard actor.mayTake(from: holding.holder) else { return .turnHeld }
        case .reserved(let kept): guard actor.mayTake(from: kept.holder) else { return .turnHeld }
        case .free: guard rules.mode != .led || actor.isLead else { return .turnHeld }
        }
        if atPrompt, !isPromptReady {
            effects += noteGrant(by: actor.id, to: actor, at: now)
            return .waits
        }
        effects += endAnyTurn(because: .displaced)
        effects += begin(actor, .taken, at: now)
        return .done
    }

    private mutating func grant(
        to target: AttachmentID?, by actor: Participant, _ atPrompt: Bool, _ effects: inout [Effect], at now: Moment
    ) -> TurnOutcome {
        guard mayDecide(actor) else { return .notYours }
        guard let id = target ?? requests.first(where: isServable)?.who.id, let receiver = participants[id] else {
            return .nobodyThere
        }
        if let obstacle = obstacle(to: receiver) { return obstacle == .noLead ? .noLead : .nobodyThere }
        guard holder?.id != id else { return .already }
        let waitsForPrompt = atPrompt || requests.contains { $0.who.id == id && $0.isForPrompt }
        if waitsForPrompt, !isPromptReady {
            effects += noteGrant(by: actor.id, to: receiver, at: now)
            return .waits
        }
        effects += handOver(to: receiver, by: actor.id, at: now)
        return .done
    }

    private mutating func refuse(
        _ target: AttachmentID?, by actor: Participant, _ effects: inout [Effect]
    ) -> TurnOutcome {
        guard mayDecide(actor) else { return .notYours }
        guard let id = target ?? requests.first(where: isServable)?.who.id, place(of: id) != nil else {
            return .nobodyThere
        }
        effects += endRequest(of: id, because: .refused, by: actor.id)
        return .done
    }

    /// The turn is its holder's to give, and a lead's; in mode `led` a lead's alone.
    private func mayDecide(_ actor: Participant) -> Bool {
        actor.isLead || (rules.mode != .led && holder?.id == actor.id)
    }

    /// Granted, as soon as the prompt stands; who had not asked has now.
    private mutating func noteGrant(by actor: AttachmentID?, to who: Participant, at now: Moment) -> [Effect] {
        let grant = Request.Grant(by: actor, turn: currentTurn)
        if let index = requests.firstIndex(where: { $0.who.id == who.id }) {
            requests[index].grant = grant
            requests[index].isForPrompt = true
            return []
        }
        requests.append(Request(who: who, since: now, lease: nil, isForPrompt: true, grant: grant))
        return [.requested(who)]
    }

    /// Gives the turn to who asks, now or as soon as the prompt stands.
    mutating func give(to request: Request, by actor: AttachmentID?, at now: Moment) -> [Effect] {
        guard !request.isForPrompt || isPromptReady else { return noteGrant(by: actor, to: request.who, at: now) }
        return handOver(to: request.who, by: actor, at: now)
    }

    /// Who is asked about: the first who waits for an answer. An agent waits for as long as a person types, and keeps
    /// nobody behind it from being asked about meanwhile.
    var firstWaiting: Int? {
        if rules.mode != .led, let holder {
            let isHeldUp: (Request) -> Bool = { [self] in defers($0.who, to: holder) }
            if let index = requests.firstIndex(where: { isWaiting($0) && !isHeldUp($0) }) { return index }
        }
        return requests.firstIndex(where: isWaiting)
    }

    /// Whether it waits for an answer, not for the prompt alone.
    func isWaiting(_ request: Request) -> Bool { isServable(request) && request.grant == nil }

    /// Whether a grant that waits for the prompt still holds.
    func isGood(_ grant: Request.Grant, to who: Participant) -> Bool {
        guard grant.turn == currentTurn else { return false }
        guard let giver = grant.by else { return rules.mode != .led }
        guard giver == who.id else { return participants[giver].map(mayDecide) == true }
        // It is to be taken, not given.
        guard let holder else { return rules.mode != .led || who.isLead }
        return who.mayTake(from: holder)
    }

    mutating func handOver(to who: Participant, by actor: AttachmentID?, at now: Moment) -> [Effect] {
        let lease = requests.first { $0.who.id == who.id }?.lease
        let isTaken = actor == who.id
        var effects = endAnyTurn(because: isTaken ? .displaced : .handedOver)
        if !isTaken { effects.append(.granted(who, by: actor)) }
        effects += begin(who, isTaken ? .taken : .granted, at: now)
        if let lease { lend(for: lease, from: now) }
        return effects
    }

    private mutating func endAnyTurn(because ending: TurnEnding) -> [Effect] {
        switch state {
        case .free: return []
        case .held(let holding): return endTurn(of: holding.holder.id, because: ending)
        case .reserved(let kept):
            state = .free
            return [.ended(kept.turn, kept.holder, ending)]
        }
    }

    mutating func endRequest(
        of id: AttachmentID, because ending: RequestEnding, by actor: AttachmentID? = nil
    ) -> [Effect] {
        guard let index = requests.firstIndex(where: { $0.who.id == id }) else { return [] }
        let request = requests.remove(at: index)
        return [.requestEnded(request.who, ending, by: actor)]
    }
}
