@testable import SessionModel

/// Every sequence of events up to a depth, for operators of different ranks, against the properties of turns that
/// `TurnArbiter.md` states.
///
/// Two sequences that lead to the same state have the same future, so it is looked at once; how many lead there is
/// counted. Times are relative to now, and the number of the turn does not matter.
struct TurnExploration {
    enum Event: Hashable {
        case attach(Int)
        case type(Int)
        case leaveLineOpen(Int)
        case acquire(Int)
        case release(Int)
        case act(Int, TurnAct)
        case detach(Int)
        case demote(Int)
        case promote(Int)
        /// To only watch, or to steer again.
        case wish(Int, toSteer: Bool)
        /// All attachments are lost at once.
        case gatewayDies
        case prompt(Bool)
        case rule(TurnMode)
        case pause(Int)
    }

    struct World: Hashable {
        var arbiter: TurnArbiter
        /// Who is attached, by the cast's index.
        var isAttached: [Bool]
    }

    struct Member {
        var role: Role
        var kind: OperatorKind
        var isChaperoned = false
        /// Whose key it is by which it attaches; `nil`: its own.
        var key: Int?
    }

    let cast: [Member]
    let events: [Event]
    private(set) var stateCount = 0
    private(set) var sequences = 0.0
    /// By property, the first step that broke it.
    private(set) var violations: [String: String] = [:]
    private var step = ""
    private var known: [World: [World: Double]] = [:]
    private var start: World

    init(_ cast: [Member], mode: TurnMode, changesRules: Bool = false, isClockOdd: Bool = false) {
        self.cast = cast
        start = World(
            arbiter: TurnArbiter(rules: TurnRules(mode: mode), lastTurn: Self.turn),
            isAttached: cast.map { _ in false })
        var events: [Event] = [.gatewayDies, .prompt(true), .prompt(false), .pause(5), .pause(30)]
        if isClockOdd { events.append(.pause(-5)) }
        if changesRules { events += TurnMode.allCases.map { .rule($0) } }
        for actor in cast.indices {
            events += [.attach(actor), .type(actor), .leaveLineOpen(actor), .acquire(actor), .release(actor)]
            events += [.detach(actor), .demote(actor), .promote(actor)]
            events += [.wish(actor, toSteer: false), .wish(actor, toSteer: true)]
            events += [.act(actor, .request(lease: nil, atPrompt: false)), .act(actor, .refuse(nil))]
            events += [.act(actor, .request(lease: .seconds(30), atPrompt: true)), .act(actor, .take(atPrompt: false))]
            events += [.act(actor, .take(atPrompt: true)), .act(actor, .grant(nil, atPrompt: false))]
            for other in cast.indices where other != actor {
                events.append(.act(actor, .grant(Self.id(other), atPrompt: other == 0)))
            }
        }
        self.events = events
    }

    mutating func explore(depth: Int) {
        var level = [start: 1.0]
        for _ in 0..<depth {
            var next: [World: Double] = [:]
            for (world, ways) in level {
                for (successor, count) in successors(of: world) { next[successor, default: 0] += ways * count }
            }
            level = next
            sequences += level.values.reduce(0, +)
        }
        stateCount = known.count
    }

    private mutating func successors(of world: World) -> [World: Double] {
        if let found = known[world] { return found }
        var all: [World: Double] = [:]
        for event in events {
            if let next = apply(event, to: world) { all[Self.canonical(next.world, at: next.now), default: 0] += 1 }
        }
        known[world] = all
        return all
    }

    // MARK: Names

    private static let turn = TurnNumber(rawValue: 1)
    private static let now = Moment(sinceStart: .seconds(1_000))

    static func id(_ actor: Int) -> AttachmentID { AttachmentID(rawValue: UInt32(actor) + 1) }

    private func participant(_ actor: Int) -> Participant {
        Participant(
            id: Self.id(actor), key: Fingerprint(text: "SHA256:\(cast[actor].key ?? actor)"), kind: cast[actor].kind,
            role: cast[actor].role, isChaperoned: cast[actor].isChaperoned)
    }

    // MARK: Events

    /// The world after the event; `nil` where the event can not happen.
    private mutating func apply(_ event: Event, to world: World) -> (world: World, now: Moment)? {
        var next = world
        var now = Self.now
        var effects: [TurnArbiter.Effect] = []
        switch event {
        case .attach(let actor):
            guard !world.isAttached[actor] else { return nil }
            next.isAttached[actor] = true
            effects = next.arbiter.attach(participant(actor), at: now)
        case .type(let actor):
            guard world.isAttached[actor] else { return nil }
            let (typed, decision) = next.arbiter.type(Self.id(actor), at: now)
            effects = typed
            checkTyping(decision, by: Self.id(actor), world.arbiter, next.arbiter)
        case .leaveLineOpen(let actor):
            guard world.arbiter.holder?.id == Self.id(actor) else { return nil }
            next.arbiter.noteLine(isOpen: true, at: now)
        case .gatewayDies:
            guard world.isAttached.contains(true) else { return nil }
            effects = next.arbiter.lose(cast.indices.filter { world.isAttached[$0] }.map(Self.id), at: now)
            next.isAttached = cast.map { _ in false }
        case .prompt(let isReady): effects = next.arbiter.notePrompt(isReady: isReady, at: now)
        case .rule(let mode): effects = next.arbiter.change(TurnRules(mode: mode), at: now)
        case .pause(let seconds):
            now = now.advanced(by: .seconds(seconds))
            effects = next.arbiter.passTime(to: now)
        case .acquire(let actor), .release(let actor), .act(let actor, _), .detach(let actor), .demote(let actor),
            .promote(let actor), .wish(let actor, _):
            guard world.isAttached[actor] else { return nil }
            effects = applyAct(event, of: actor, to: &next, at: now)
        }
        step = "\(event) in \(world.arbiter)"
        check(world.arbiter, next, effects, event, at: now)
        return (next, now)
    }

    private func applyAct(
        _ event: Event, of actor: Int, to next: inout World, at now: Moment
    ) -> [TurnArbiter.Effect] {
        let id = Self.id(actor)
        switch event {
        case .acquire: return next.arbiter.acquire(id, lease: .seconds(30), at: now).effects
        case .release: return next.arbiter.release(id, at: now)
        case .act(_, let act): return next.arbiter.act(id, act, at: now).effects
        case .detach:
            next.isAttached[actor] = false
            return next.arbiter.detach(id, at: now)
        case .demote: return next.arbiter.change(id, to: .observer, at: now)
        case .wish(_, let toSteer): return next.arbiter.change(id, isSteering: toSteer, at: now)
        default: return next.arbiter.change(id, to: cast[actor].role, at: now)
        }
    }

    // MARK: Properties

    private mutating func checkTyping(
        _ decision: TurnArbiter.Decision, by id: AttachmentID, _ before: TurnArbiter, _ after: TurnArbiter
    ) {
        switch decision {
        case .deliver(let turn):
            require(after.holder?.id == id, "no byte of a non-holder passes")
            require(turn == after.currentTurn, "every byte has exactly one turn")
        case .refuse: require(before.holder?.id != id, "no byte of the holder is refused")
        }
    }

    private mutating func check(
        _ before: TurnArbiter, _ world: World, _ effects: [TurnArbiter.Effect], _ event: Event, at now: Moment
    ) {
        let after = world.arbiter
        if let holder = after.holder {
            require(after.participants[holder.id] == holder, "the holder is attached, in the role that it has now")
            require(after.obstacle(to: holder) == nil, "revocation ends the turn before the next byte")
        }
        require(
            after.participants.keys.sorted() == cast.indices.filter { world.isAttached[$0] }.map(Self.id),
            "who is attached is a participant, and nobody else")
        if let deadline = after.deadline { require(deadline > now, "what is due has happened") }
        checkWishes(effects, event)
        checkWaiting(after, at: now)
        checkPlaces(before, after)
        checkSuccession(effects, before, after)
        checkDisplacements(effects, before, event, at: now)
    }

    /// What one wishes is no revocation.
    private mutating func checkWishes(_ effects: [TurnArbiter.Effect], _ event: Event) {
        guard case .wish = event else { return }
        let isRevoked = effects.contains {
            switch $0 {
            case .requestEnded(_, .revoked, _), .ended(_, _, .revoked): true
            default: false
            }
        }
        require(!isRevoked, "what one wishes is recorded as one's own act")
    }

    /// Nobody waits for ever: somebody who waits and could have the turn is served, or it is known when.
    private mutating func checkWaiting(_ arbiter: TurnArbiter, at now: Moment) {
        require(Set(arbiter.requests.map(\.who.id)).count == arbiter.requests.count, "nobody waits twice")
        require(!arbiter.requests.contains { $0.who.id == arbiter.holder?.id }, "the holder does not wait")
        guard let first = arbiter.firstWaiting.map({ arbiter.requests[$0] }) else { return }
        switch arbiter.state {
        case .free:
            let isWaitingForPrompt = first.isForPrompt && !arbiter.isPromptReady
            require(arbiter.rules.mode == .led || isWaitingForPrompt, "a free turn goes to the first who waits")
            require(arbiter.rules.mode != .led || first.asked != nil, "the leads are asked")
        case .held, .reserved:
            guard arbiter.rules.mode != .led else { return require(first.asked != nil || isReserved(arbiter), "asked") }
            let limit = now.advanced(by: TurnRules.longestLease)
            require(arbiter.deadline.map { $0 <= limit } == true, "no request waits for ever while holders are silent")
        }
    }

    private func isReserved(_ arbiter: TurnArbiter) -> Bool {
        if case .reserved = arbiter.state { true } else { false }
    }

    /// First come, first served: who stays in the queue stays in its order.
    private mutating func checkPlaces(_ before: TurnArbiter, _ after: TurnArbiter) {
        // Of one's places by several attachments, another may be the one that stays.
        guard cast.allSatisfy({ $0.key == nil }) else { return }
        let old = before.requests.map(\.who.key)
        let new = after.requests.map(\.who.key)
        require(old.filter(new.contains) == new.filter(old.contains), "requests keep their order")
        require(new.drop { old.contains($0) }.allSatisfy { !old.contains($0) }, "who comes later waits behind")
    }

    /// The effects tell the whole story: at most one holder, every begin after an end, numbers without a gap.
    private mutating func checkSuccession(
        _ effects: [TurnArbiter.Effect], _ before: TurnArbiter, _ after: TurnArbiter
    ) {
        var current = before.currentTurn
        var last = before.lastTurn
        for effect in effects {
            switch effect {
            case .began(let turn, _, .resumed): require(current == turn, "a kept turn is resumed under its number")
            case .began(let turn, _, _):
                require(current == nil, "at most one holder: a turn begins when none is")
                require(turn == last.next, "turns are numbered without a gap")
                (current, last) = (turn, turn)
            case .ended(let turn, _, _):
                require(current == turn, "the turn that ends is the one that was")
                current = nil
            default: break
            }
        }
        require(current == after.currentTurn, "what happened is told")
    }

    private mutating func checkDisplacements(
        _ effects: [TurnArbiter.Effect], _ before: TurnArbiter, _ event: Event, at now: Moment
    ) {
        var loser: (who: Participant, how: TurnEnding)?
        var giver: AttachmentID?
        for effect in effects {
            switch effect {
            case .ended(_, let who, let how): loser = (who, how)
            case .granted(_, let by): giver = by
            case .began(_, let winner, _):
                if let loser, [.displaced, .handedOver].contains(loser.how) {
                    checkDisplacement(of: loser.who, by: winner, loser.how, giver, before, at: now)
                }
                (loser, giver) = (nil, nil)
            default: break
            }
        }
    }

    private mutating func checkDisplacement(
        of loser: Participant, by winner: Participant, _ how: TurnEnding, _ giver: AttachmentID?,
        _ before: TurnArbiter, at now: Moment
    ) {
        if how == .displaced {
            require(!(winner.kind == .agent && loser.kind == .person), "an agent never displaces a person")
            let isSameKey = winner.key == loser.key && winner.kind == .person
            require(winner.role > loser.role || isSameKey, "only a higher rank takes, or who takes from themselves")
            return
        }
        guard let giver else {
            require(before.rules.mode != .led, "only a lead gives the turn")
            guard winner.kind == .agent, loser.kind == .person, case .held(let holding) = before.state else { return }
            let silence = now.sinceStart - holding.lastInput.sinceStart
            require(silence >= before.rules.answerWithin, "an agent has a person's turn only when that fell silent")
            return
        }
        // Who gave it at the prompt may have left since.
        guard let actor = before.participants[giver] else { return }
        require(
            actor.isLead || (actor.id == loser.id && before.rules.mode != .led), "only holder and lead give the turn")
    }

    private mutating func require(_ holds: Bool, _ property: String) {
        if !holds, violations[property] == nil { violations[property] = step }
    }
}
