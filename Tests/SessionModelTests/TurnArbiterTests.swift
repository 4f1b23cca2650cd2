import SessionModel
import Testing

private func participant(
    _ id: UInt32, _ role: Role, _ kind: OperatorKind = .person, watches: Bool = false
) -> Participant {
    Participant(
        id: AttachmentID(rawValue: id), key: Fingerprint(text: "SHA256:\(id)"), kind: kind, role: role,
        isSteering: !watches)
}

private func at(_ seconds: Int) -> Moment { Moment(sinceStart: .seconds(seconds)) }

@Suite("Turns, mode open")
struct TurnArbiterTests {
    let ada = participant(1, .operator)
    let bob = participant(2, .operator)
    let lea = participant(3, .lead)
    let claude = participant(4, .agent, .agent)

    private func arbiter(_ participants: Participant...) -> TurnArbiter {
        var arbiter = TurnArbiter(rules: TurnRules())
        for participant in participants { _ = arbiter.attach(participant, at: at(0)) }
        return arbiter
    }

    @Test("typing while nobody steers takes the turn")
    func typingTakes() {
        var turns = arbiter(ada, bob)
        let first = TurnNumber(rawValue: 1)
        let (effects, decision) = turns.type(ada.id, at: at(1))
        #expect(effects == [.began(first, ada, .typed)])
        #expect(decision == .deliver(first))
        #expect(turns.type(bob.id, at: at(2)).decision == .refuse(.turnHeld))
    }

    @Test("an idle holder gives up the turn after release-after, and the next who types has it")
    func idleRelease() {
        var turns = arbiter(ada, bob)
        _ = turns.type(ada.id, at: at(1))
        #expect(turns.type(bob.id, at: at(5)).decision == .refuse(.turnHeld))
        let (effects, decision) = turns.type(bob.id, at: at(6))
        #expect(effects.first == .ended(TurnNumber(rawValue: 1), ada, .idle))
        #expect(decision == .deliver(TurnNumber(rawValue: 2)))
    }

    @Test("a half-typed line at the prompt keeps the turn for a minute")
    func halfTypedLine() {
        var turns = arbiter(ada, bob)
        _ = turns.type(ada.id, at: at(1))
        turns.noteLine(isOpen: true, at: at(1))
        #expect(turns.type(bob.id, at: at(60)).decision == .refuse(.turnHeld))
        #expect(turns.type(bob.id, at: at(61)).decision == .deliver(TurnNumber(rawValue: 2)))
    }

    @Test("a person takes the turn from an agent at once, an agent never from a person")
    func personAndAgent() {
        var turns = arbiter(ada, claude)
        _ = turns.type(claude.id, at: at(1))
        let (effects, decision) = turns.type(ada.id, at: at(1))
        #expect(effects.first == .ended(TurnNumber(rawValue: 1), claude, .displaced))
        #expect(decision == .deliver(TurnNumber(rawValue: 2)))
        #expect(turns.type(claude.id, at: at(2)).decision == .refuse(.turnHeld))
        #expect(turns.act(claude.id, .take(atPrompt: false), at: at(2)).outcome != .done)
    }

    @Test("a lead takes the turn by an explicit act, and typing alone does not")
    func leadTakes() {
        var turns = arbiter(ada, lea)
        _ = turns.type(ada.id, at: at(1))
        #expect(turns.type(lea.id, at: at(1)).decision == .refuse(.turnHeld))
        #expect(turns.act(lea.id, .take(atPrompt: false), at: at(1)).outcome == .done)
        #expect(turns.holder == lea)
        #expect(turns.act(ada.id, .take(atPrompt: false), at: at(1)).outcome != .done)
    }

    @Test("whoever only watches never steers, whatever the role")
    func watchersNeverSteer() {
        let watching = participant(9, .lead, watches: true)
        var turns = arbiter(ada, watching, participant(10, .observer))
        #expect(turns.type(watching.id, at: at(1)).decision == .refuse(.onlyWatching))
        #expect(turns.type(AttachmentID(rawValue: 10), at: at(1)).decision == .refuse(.onlyWatching))
        #expect(turns.act(watching.id, .take(atPrompt: false), at: at(1)).outcome != .done)
        #expect(turns.state == .free)
    }

    @Test("a holder whose front-end went away finds the turn again within half a minute")
    func reattach() {
        var turns = arbiter(ada, bob)
        _ = turns.type(ada.id, at: at(1))
        _ = turns.lose([ada.id], at: at(2))
        #expect(turns.type(bob.id, at: at(3)).decision == .refuse(.turnReserved))
        let again = Participant(id: AttachmentID(rawValue: 7), key: ada.key, kind: .person, role: .operator)
        #expect(turns.attach(again, at: at(20)) == [.began(TurnNumber(rawValue: 1), again, .resumed)])
        #expect(turns.holder == again)
    }

    @Test("a turn that nobody comes back for is free again")
    func reservationExpires() {
        var turns = arbiter(ada, bob)
        _ = turns.type(ada.id, at: at(1))
        _ = turns.lose([ada.id], at: at(2))
        #expect(turns.passTime(to: at(32)) == [.ended(TurnNumber(rawValue: 1), ada, .expired)])
        #expect(turns.type(bob.id, at: at(32)).decision == .deliver(TurnNumber(rawValue: 2)))
    }

    @Test("a holder whose role is taken away loses the turn before the next byte")
    func revoked() {
        var turns = arbiter(ada, bob)
        _ = turns.type(ada.id, at: at(1))
        #expect(turns.change(ada.id, to: .observer, at: at(2)) == [.ended(TurnNumber(rawValue: 1), ada, .revoked)])
        #expect(turns.type(ada.id, at: at(2)).decision == .refuse(.onlyWatching))
    }

    @Test("detaching twice changes nothing the second time")
    func idempotentDetach() {
        var turns = arbiter(ada)
        _ = turns.type(ada.id, at: at(1))
        #expect(turns.detach(ada.id, at: at(1)) == [.ended(TurnNumber(rawValue: 1), ada, .detached)])
        #expect(turns.detach(ada.id, at: at(1)).isEmpty)
    }

    @Test("turn numbers go on where an earlier incarnation stopped")
    func numbersGoOn() {
        var turns = TurnArbiter(rules: TurnRules(), lastTurn: TurnNumber(rawValue: 41))
        _ = turns.attach(ada, at: at(0))
        #expect(turns.type(ada.id, at: at(1)).decision == .deliver(TurnNumber(rawValue: 42)))
    }
}
