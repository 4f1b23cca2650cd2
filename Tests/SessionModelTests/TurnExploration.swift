import SessionModel
import Testing

/// Every sequence of events up to a depth, for operators of different roles, against the properties of turns.
struct TurnExploration {
    enum Event: Hashable, CaseIterable {
        case attach, type, leaveLineOpen, acquire, release, take, detach, lose, demote, promote
    }

    struct World: Hashable {
        var arbiter: TurnArbiter
        var seconds: Int
        var members: [Participant?]
    }

    /// Which attachment numbers the three operators use; a new number for each attach would make every state new.
    static let cast: [(role: Role, kind: OperatorKind)] = [
        (.operator, .person), (.lead, .person), (.agent, .agent),
    ]

    private(set) var stateCount = 0
    private(set) var sequences = 0
    private(set) var violations: [String] = []

    static func start() -> World {
        let rules = TurnRules(releaseAfter: .seconds(5), releaseLineAfter: .seconds(60), reattachWithin: .seconds(30))
        return World(arbiter: TurnArbiter(rules: rules), seconds: 0, members: [nil, nil, nil])
    }

    /// Goes on from every state that some sequence leads to. Two sequences that lead to the same state have the same
    /// future, so it is looked at once; how many lead there is counted.
    mutating func explore(depth: Int) {
        var level = [Self.start(): 1]
        for _ in 0..<depth {
            var next: [World: Int] = [:]
            for (world, ways) in level {
                for successor in successors(of: world) { next[successor, default: 0] += ways }
            }
            level = next
            stateCount += level.count
            sequences += level.values.reduce(0, +)
        }
    }

    private mutating func successors(of world: World) -> [World] {
        var all: [World] = []
        for actor in Self.cast.indices {
            all += Event.allCases.compactMap { apply($0, of: actor, to: world) }
        }
        for pause in [5, 30] {
            var next = world
            next.seconds += pause
            let effects = next.arbiter.passTime(to: moment(next))
            check(world, next, effects, typist: nil, decision: nil)
            all.append(next)
        }
        return all
    }

    private func moment(_ world: World) -> Moment { Moment(sinceStart: .seconds(world.seconds)) }

    /// The world after the event; `nil` where the event can not happen.
    private mutating func apply(_ event: Event, of actor: Int, to world: World) -> World? {
        var next = world
        let now = moment(world)
        var effects: [TurnArbiter.Effect] = []
        var decision: TurnArbiter.Decision?
        guard (world.members[actor] == nil) == (event == .attach) else { return nil }
        let role = Self.cast[actor].role
        let id = world.members[actor]?.id ?? AttachmentID(rawValue: UInt32(actor) + 1)
        switch event {
        case .attach:
            let key = Fingerprint(text: "SHA256:\(actor)")
            let new = Participant(id: id, key: key, kind: Self.cast[actor].kind, role: role)
            next.members[actor] = new
            effects = next.arbiter.attach(new, at: now)
        case .type:
            (effects, decision) = { ($0.effects, $0.decision) }(next.arbiter.type(id, at: now))
        case .leaveLineOpen:
            guard world.arbiter.holder?.id == id else { return nil }
            next.arbiter.noteLine(isOpen: true, at: now)
        case .acquire: effects = next.arbiter.acquire(id, lease: .seconds(30), at: now).effects
        case .release: effects = next.arbiter.release(id, at: now)
        case .take: effects = next.arbiter.take(id, at: now).effects
        case .detach:
            effects = next.arbiter.detach(id, at: now)
            next.members[actor] = nil
        case .lose:
            effects = next.arbiter.lose(id, at: now)
            next.members[actor] = nil
        case .demote: effects = next.arbiter.change(id, to: .observer, at: now)
        case .promote: effects = next.arbiter.change(id, to: role, at: now)
        }
        check(world, next, effects, typist: event == .type ? id : nil, decision: decision)
        return next
    }

    // MARK: Properties

    private mutating func check(
        _ before: World, _ after: World, _ effects: [TurnArbiter.Effect], typist: AttachmentID?,
        decision: TurnArbiter.Decision?
    ) {
        if let holder = after.arbiter.holder {
            require(after.arbiter.participants[holder.id] == holder, "the holder is attached")
            require(holder.maySteer, "the holder may steer")
        }
        if let deadline = after.arbiter.deadline {
            require(deadline > moment(after), "a turn ends when its deadline has come")
            require(
                deadline <= moment(after).advanced(by: .seconds(60)), "nobody waits for ever for an idle holder")
        }
        switch decision {
        case .deliver(let turn):
            require(after.arbiter.holder?.id == typist, "only the holder's bytes pass")
            require(turn == after.arbiter.lastTurn, "a byte belongs to the turn that is")
        case .refuse:
            require(before.arbiter.holder?.id != typist || effects != [], "the holder is not refused")
        case nil: break
        }
        checkDisplacements(effects, before, after)
        checkSuccession(effects, before)
    }

    private mutating func checkDisplacements(
        _ effects: [TurnArbiter.Effect], _ before: World, _ after: World
    ) {
        for case .ended(_, let loser, .displaced) in effects {
            guard let winner = after.arbiter.holder else {
                require(false, "who displaces, holds")
                continue
            }
            require(!(winner.kind == .agent && loser.kind == .person), "an agent never takes from a person")
            require(winner.role > loser.role, "a lower role or an equal never takes")
        }
    }

    /// The effects tell the whole story: at most one holder, every begin after an end, numbers without a gap.
    private mutating func checkSuccession(_ effects: [TurnArbiter.Effect], _ before: World) {
        var current: TurnNumber?
        switch before.arbiter.state {
        case .free: break
        case .held(let holding): current = holding.turn
        case .reserved(let kept): current = kept.turn
        }
        var last = before.arbiter.lastTurn
        for effect in effects {
            switch effect {
            case .began(let turn, _, .resumed): require(current == turn, "a kept turn is resumed under its number")
            case .began(let turn, _, _):
                require(current == nil, "a turn begins when none is")
                require(turn == last.next, "turns are numbered without a gap")
                (current, last) = (turn, turn)
            case .ended(let turn, _, _):
                require(current == turn, "the turn that ends is the one that was")
                current = nil
            }
        }
    }

    private mutating func require(_ holds: Bool, _ property: String) {
        if !holds, violations.count < 20 { violations.append(property) }
    }
}

@Test("every sequence of nine events by an operator, a lead and an agent keeps the properties of turns")
func exploreTurns() {
    var exploration = TurnExploration()
    exploration.explore(depth: 9)
    print("turns explored: \(exploration.sequences) sequences through \(exploration.stateCount) states")
    #expect(exploration.violations.isEmpty)
    #expect(exploration.sequences > 500_000_000)
}
