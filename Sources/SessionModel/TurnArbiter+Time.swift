/// What time does to turns, and what follows from a change.
extension TurnArbiter {
    /// When ``passTime(to:)`` next has something to do.
    package var deadline: Moment? {
        var all = requests.compactMap(\.awayUntil)
        switch state {
        case .free: break
        case .reserved(let kept): all.append(kept.deadline)
        case .held(let holding):
            if let deadline = holding.deadline { all.append(deadline) }
            if let end = holding.leaseEnd, !holding.isWarned { all.append(end.advanced(by: .zero - TurnRules.warning)) }
            if let silence = silence(of: holding) {
                all.append(silence.end)
                if let warning = silence.warning { all.append(warning) }
            }
        }
        return all.min()
    }

    /// Ends what has outlasted its deadline. Every other event does this first.
    package mutating func passTime(to now: Moment) -> [Effect] {
        var effects: [Effect] = []
        while let due = deadline, due <= now {
            effects += passOneDeadline(at: now)
            effects += settle(at: now)
        }
        return effects
    }

    private mutating func passOneDeadline(at now: Moment) -> [Effect] {
        let away = requests.filter { $0.awayUntil.map { $0 <= now } == true }
        guard away.isEmpty else { return away.flatMap { endRequest(of: $0.who.id, because: .expired) } }
        switch state {
        case .free: return []
        case .reserved(let kept):
            state = .free
            return [.ended(kept.turn, kept.holder, kept.leaseEnd == kept.deadline ? .leaseEnded : .expired)]
        case .held(let holding):
            if let deadline = holding.deadline, deadline <= now {
                return endTurn(of: holding.holder.id, because: holding.leaseEnd == nil ? .idle : .leaseEnded)
            }
            guard let silence = silence(of: holding), silence.end <= now, let first = firstWaiting else {
                return warn(holding, at: now)
            }
            return give(to: requests[first], by: nil, at: now)
        }
    }

    /// The shell's prompt stands and nothing is typed there, or not any more.
    package mutating func notePrompt(isReady: Bool, at now: Moment) -> [Effect] {
        let effects = passTime(to: now)
        guard isReady != isPromptReady else { return effects }
        isPromptReady = isReady
        return effects + settle(at: now)
    }

    // MARK: Silence

    /// When the holder's silence gives the turn to who waits first; `nil` where it never does.
    private func silence(of holding: Holding) -> (end: Moment, warning: Moment?)? {
        guard rules.mode != .led, holding.leaseEnd == nil,
            let first = firstWaiting.map({ requests[$0] }), let asked = first.asked, asked.turn == holding.turn
        else { return nil }
        // A person who types has not fallen silent, as far as an agent is concerned: that waits.
        let begin = defers(first.who, to: holding.holder) ? max(asked.at, holding.lastInput) : asked.at
        let end = begin.advanced(by: rules.answerWithin)
        let isLong = rules.answerWithin >= TurnRules.warning * 2
        return (end, asked.isWarned || !isLong ? nil : end.advanced(by: .zero - TurnRules.warning))
    }

    /// Tells the holder, once, that the turn ends soon.
    private mutating func warn(_ holding: Holding, at now: Moment) -> [Effect] {
        if let end = holding.leaseEnd {
            guard !holding.isWarned, end <= now.advanced(by: TurnRules.warning) else { return [] }
            var warned = holding
            warned.isWarned = true
            state = .held(warned)
            return [.endsSoon(holding.holder, at: end)]
        }
        guard let silence = silence(of: holding), let warning = silence.warning, warning <= now,
            let index = firstWaiting
        else { return [] }
        requests[index].asked?.isWarned = true
        return [.endsSoon(holding.holder, at: silence.end)]
    }

    // MARK: Consequences

    /// What follows from a change: a holder who may not hold any more, a free turn that somebody waits for, somebody
    /// to be asked.
    mutating func settle(at now: Moment) -> [Effect] {
        var effects: [Effect] = []
        for request in requests where request.awayUntil == nil && !request.who.maySteer {
            let isBarred = !request.who.role.may(.steer)
            effects += endRequest(of: request.who.id, because: isBarred ? .revoked : .withdrawn)
        }
        if case .held(let holding) = state, let obstacle = obstacle(to: holding.holder) {
            let ending: TurnEnding =
                obstacle == .needsChaperone ? .unattended : obstacle == .noLead ? .noLead : .revoked
            effects += endTurn(of: holding.holder.id, because: ending)
        }
        if case .reserved(let kept) = state, let back = kept.returned.flatMap({ participants[$0] }),
            obstacle(to: back) == nil
        {
            effects += resume(kept, back, at: now)
        }
        voidGrants()
        if isPromptReady, let granted = requests.first(where: { $0.grant != nil && isServable($0) }) {
            effects += handOver(to: granted.who, by: granted.grant?.by, at: now)
        }
        if case .free = state, rules.mode != .led,
            let next = requests.first(where: { isServable($0) && (!$0.isForPrompt || isPromptReady) })
        {
            effects += handOver(to: next.who, by: nil, at: now)
        }
        // What went over may have been what others were to get.
        voidGrants()
        return effects + ask(at: now)
    }

    /// Grants that do not hold any more are over; the requests wait for an answer once more.
    private mutating func voidGrants() {
        for index in requests.indices {
            guard let grant = requests[index].grant, !isGood(grant, to: requests[index].who) else { continue }
            requests[index].grant = nil
            requests[index].asked = nil
        }
    }

    /// Who waits first is put to the holder, or to the leads, once a turn.
    private mutating func ask(at now: Moment) -> [Effect] {
        guard let index = firstWaiting else { return [] }
        let turn: TurnNumber?
        switch state {
        case .held(let holding): turn = rules.mode == .led ? nil : holding.turn
        case .free where rules.mode == .led: turn = nil
        case .free, .reserved: return []
        }
        guard requests[index].asked.map({ $0.turn == turn }) != true else { return [] }
        requests[index].asked = Request.Asked(turn: turn, at: now)
        guard case .held(let holding) = state, let silence = silence(of: holding) else {
            return [.asked(requests[index].who, answerBy: rules.mode == .led ? nil : leaseEnd)]
        }
        return [.asked(requests[index].who, answerBy: silence.end)]
    }
}
