@testable import SessionModel

extension TurnExploration {
    /// The same world at the standard time and turn.
    static func canonical(_ world: World, at now: Moment) -> World {
        let shift = Duration.seconds(1_000) - now.sinceStart
        func moved(_ moment: Moment) -> Moment { moment.advanced(by: shift) }
        /// What is long past is as past as anything.
        func past(_ moment: Moment) -> Moment { max(moved(moment), Moment(sinceStart: .seconds(940))) }
        let current = world.arbiter.currentTurn
        let turn = TurnNumber(rawValue: 1)
        var world = world
        world.arbiter.lastTurn = turn
        switch world.arbiter.state {
        case .free: break
        case .held(let old):
            world.arbiter.state = .held(
                TurnArbiter.Holding(
                    turn: turn, holder: old.holder, deadline: old.deadline.map(moved),
                    leaseEnd: old.leaseEnd.map(moved),
                    lastInput: past(old.lastInput), isWarned: old.isWarned))
        case .reserved(let old):
            world.arbiter.state = .reserved(
                TurnArbiter.Reservation(
                    turn: turn, holder: old.holder, deadline: moved(old.deadline), leaseEnd: old.leaseEnd.map(moved),
                    returned: old.returned))
        }
        world.arbiter.requests = world.arbiter.requests.map { old in
            typealias Asked = TurnArbiter.Request.Asked
            // A grant is of the turn that is held, or it is over.
            let grant = old.grant.map { TurnArbiter.Request.Grant(by: $0.by, turn: $0.turn.map { _ in turn }) }
            let asked = old.asked.map { before in
                let asker = before.turn.map { $0 == current ? turn : TurnNumber(rawValue: 0) }
                return Asked(turn: asker, at: past(before.at), isWarned: before.isWarned)
            }
            return TurnArbiter.Request(
                who: old.who, since: Moment.start, lease: old.lease, isForPrompt: old.isForPrompt, grant: grant,
                asked: asked, awayUntil: old.awayUntil.map(moved))
        }
        return world
    }
}
