import SessionModel
import Testing

@Suite("Turns that are asked for and given")
struct TurnModesTests {
    private let ada = TurnModesTests.participant(1, .operator)
    private let bob = TurnModesTests.participant(2, .operator)
    private let lea = TurnModesTests.participant(3, .lead)
    private let claude = TurnModesTests.participant(4, .agent, .agent)

    private static func participant(_ id: UInt32, _ role: Role, _ kind: OperatorKind = .person) -> Participant {
        Participant(id: AttachmentID(rawValue: id), key: Fingerprint(text: "SHA256:\(id)"), kind: kind, role: role)
    }

    private func at(_ seconds: Int) -> Moment { Moment(sinceStart: .seconds(seconds)) }

    private func arbiter(_ mode: TurnMode, _ participants: Participant...) -> TurnArbiter {
        var arbiter = TurnArbiter(rules: TurnRules(mode: mode))
        for participant in participants { _ = arbiter.attach(participant, at: at(0)) }
        return arbiter
    }

    private let ask = TurnAct.request(lease: nil, atPrompt: false)

    private func waiting(_ turns: TurnArbiter) -> [AttachmentID] { turns.requests.map(\.who.id) }

    @Test("a free turn is had at once, and whoever asks next waits in line")
    func line() {
        var turns = arbiter(.ask, ada, bob, lea)
        #expect(turns.act(ada.id, ask, at: at(1)).outcome == .done && turns.holder == ada)
        let (effects, outcome) = turns.act(bob.id, ask, at: at(2))
        #expect(outcome == .waits)
        #expect(effects == [.requested(bob), .asked(bob, answerBy: at(32))])
        #expect(
            turns.act(lea.id, ask, at: at(3)).effects == [.requested(lea)], "the holder is asked about the first alone")
        #expect(waiting(turns) == [bob.id, lea.id] && turns.place(of: lea.id) == 2)
        let next = turns.release(ada.id, at: at(4))
        #expect(turns.holder == bob && waiting(turns) == [lea.id])
        #expect(next.contains(.asked(lea, answerBy: at(34))), "the new holder is asked about the next")
    }

    @Test("who has the turn, or has asked already, changes nothing by asking once more")
    func already() {
        var turns = arbiter(.open, ada, bob)
        _ = turns.type(ada.id, at: at(1))
        #expect(turns.act(ada.id, ask, at: at(2)).outcome == .already)
        #expect(turns.act(bob.id, ask, at: at(2)).outcome == .waits)
        let before = turns
        #expect(turns.act(bob.id, ask, at: at(2)).outcome == .already && turns == before)
    }

    @Test("an agent that waits for a person who types keeps no person behind it from the turn")
    func agentInFront() {
        var turns = arbiter(.ask, ada, bob, claude)
        _ = turns.type(ada.id, at: at(1))
        _ = turns.act(claude.id, ask, at: at(2))
        let (effects, _) = turns.act(bob.id, ask, at: at(10))
        #expect(effects.contains(.asked(bob, answerBy: at(40))))
        for second in 11..<40 { _ = turns.type(ada.id, at: at(second)) }
        #expect(turns.passTime(to: at(40)).contains(.granted(bob, by: nil)) && turns.holder == bob)
        #expect(waiting(turns) == [claude.id])
        _ = turns.release(bob.id, at: at(41))
        #expect(turns.holder == claude, "a free turn is the first one's in line")
    }

    @Test("silence gives a person the turn, however much its holder types; refusing does not")
    func silence() {
        var turns = arbiter(.ask, ada, bob)
        _ = turns.type(ada.id, at: at(1))
        _ = turns.act(bob.id, ask, at: at(10))
        for second in 11..<39 { _ = turns.type(ada.id, at: at(second)) }
        #expect(turns.passTime(to: at(39)).isEmpty && turns.holder == ada)
        #expect(turns.passTime(to: at(40)).contains(.granted(bob, by: nil)) && turns.holder == bob)
        _ = turns.act(ada.id, ask, at: at(41))
        let (effects, outcome) = turns.act(bob.id, .refuse(nil), at: at(42))
        #expect(outcome == .done && effects == [.requestEnded(ada, .refused, by: bob.id)])
        #expect(turns.passTime(to: at(100)).isEmpty && turns.holder == bob)
    }

    @Test("an agent waits for as long as a person types, and gets the turn when that falls silent")
    func deference() {
        var turns = arbiter(.ask, ada, claude)
        _ = turns.type(ada.id, at: at(1))
        _ = turns.act(claude.id, ask, at: at(2))
        for second in stride(from: 3, through: 99, by: 4) { _ = turns.type(ada.id, at: at(second)) }
        #expect(turns.holder == ada)
        _ = turns.passTime(to: at(129))
        #expect(turns.holder == claude)
        #expect(turns.type(ada.id, at: at(130)).decision == .deliver(TurnNumber(rawValue: 3)))
    }

    @Test("nobody is asked twice about one who waits, and the holder is warned once")
    func onceEach() {
        var turns = arbiter(.ask, ada, bob)
        _ = turns.type(ada.id, at: at(1))
        var effects = turns.act(bob.id, ask, at: at(2)).effects
        for second in 3..<32 { effects += turns.passTime(to: at(second)) }
        #expect(effects == [.requested(bob), .asked(bob, answerBy: at(32)), .endsSoon(ada, at: at(32))])
    }

    @Test("only a holder gives the turn, or a lead; to somebody who is there and may steer")
    func giving() {
        var turns = arbiter(.open, ada, bob, lea, claude)
        _ = turns.type(ada.id, at: at(1))
        #expect(turns.act(bob.id, .grant(claude.id, atPrompt: false), at: at(2)).outcome == .notYours)
        #expect(turns.act(ada.id, .grant(nil, atPrompt: false), at: at(2)).outcome == .nobodyThere)
        #expect(turns.act(ada.id, .grant(ada.id, atPrompt: false), at: at(2)).outcome == .already)
        _ = turns.detach(bob.id, at: at(2))
        #expect(turns.act(ada.id, .grant(bob.id, atPrompt: false), at: at(2)).outcome == .nobodyThere, "who has left")
        #expect(turns.act(ada.id, .grant(claude.id, atPrompt: false), at: at(2)).outcome == .done)
        #expect(turns.holder == claude)
        let (effects, _) = turns.act(lea.id, .grant(ada.id, atPrompt: false), at: at(3))
        #expect(
            effects == [
                .ended(TurnNumber(rawValue: 2), claude, .handedOver), .granted(ada, by: lea.id),
                .began(TurnNumber(rawValue: 3), ada, .granted),
            ])
    }

    @Test("of two who take in one instant, the higher has it; equals do not take")
    func twoTakes() {
        var turns = arbiter(.open, ada, bob, lea)
        _ = turns.type(ada.id, at: at(1))
        #expect(turns.act(bob.id, .take(atPrompt: false), at: at(2)).outcome == .turnHeld)
        #expect(turns.act(lea.id, .take(atPrompt: false), at: at(2)).outcome == .done)
        #expect(turns.act(bob.id, .take(atPrompt: false), at: at(2)).outcome == .turnHeld && turns.holder == lea)
    }

    @Test("in mode led only a lead gives, and while none is there nobody steers")
    func led() {
        var turns = arbiter(.led, ada, bob)
        #expect(turns.type(ada.id, at: at(1)).decision == .refuse(.noLead))
        #expect(turns.act(ada.id, ask, at: at(1)).outcome == .noLead && waiting(turns) == [ada.id])
        let coming = turns.attach(lea, at: at(2))
        #expect(coming == [.asked(ada, answerBy: nil)], "the lead is asked")
        #expect(turns.type(ada.id, at: at(3)).decision == .refuse(.mustAsk))
        #expect(turns.passTime(to: at(500)).isEmpty, "silence gives nothing")
        #expect(turns.act(lea.id, .grant(nil, atPrompt: false), at: at(500)).outcome == .done && turns.holder == ada)
        #expect(turns.act(ada.id, .grant(bob.id, atPrompt: false), at: at(501)).outcome == .notYours)
        #expect(turns.passTime(to: at(900)).isEmpty && turns.holder == ada)
        #expect(turns.detach(lea.id, at: at(901)) == [.ended(TurnNumber(rawValue: 1), ada, .noLead)])
    }

    @Test("what is given at the prompt waits for it, and is void when the turn ends otherwise")
    func atPrompt() {
        var turns = arbiter(.open, ada, bob, lea)
        _ = turns.type(ada.id, at: at(1))
        #expect(turns.act(ada.id, .grant(bob.id, atPrompt: true), at: at(2)).outcome == .waits && turns.holder == ada)
        #expect(turns.notePrompt(isReady: true, at: at(3)).contains(.granted(bob, by: ada.id)) && turns.holder == bob)
        _ = turns.notePrompt(isReady: false, at: at(3))
        _ = turns.act(bob.id, .grant(ada.id, atPrompt: true), at: at(4))
        _ = turns.act(lea.id, .take(atPrompt: false), at: at(4))
        _ = turns.notePrompt(isReady: true, at: at(5))
        #expect(turns.holder == lea && waiting(turns) == [ada.id], "bob's word is over with bob's turn")
    }

    @Test("of two grants at the prompt one comes true, and who has the other is asked about anew")
    func twoGrants() {
        var turns = arbiter(.ask, ada, bob, lea)
        _ = turns.type(ada.id, at: at(1))
        for id in [bob.id, lea.id] { _ = turns.act(ada.id, .grant(id, atPrompt: true), at: at(2)) }
        let effects = turns.notePrompt(isReady: true, at: at(3))
        #expect(turns.holder == bob && effects.last == .asked(lea, answerBy: at(33)))
    }

    @Test("when who gave the turn at the prompt leaves before, silence is counted anew")
    func giverLeaves() {
        var turns = arbiter(.ask, ada, bob, lea)
        _ = turns.type(ada.id, at: at(1))
        _ = turns.act(bob.id, ask, at: at(2))
        _ = turns.act(lea.id, .grant(bob.id, atPrompt: true), at: at(3))
        #expect(turns.detach(lea.id, at: at(40)).contains(.asked(bob, answerBy: at(70))))
        #expect(turns.holder == ada && turns.deadline == at(60))
    }

    @Test("a take at the prompt counts the rank of then")
    func takeAtPrompt() {
        var turns = arbiter(.open, ada, lea)
        _ = turns.type(ada.id, at: at(1))
        #expect(turns.act(lea.id, .take(atPrompt: true), at: at(1)).outcome == .waits)
        _ = turns.change(lea.id, to: .operator, at: at(2))
        _ = turns.notePrompt(isReady: true, at: at(3))
        #expect(turns.holder == ada)
    }

    @Test("turn, lease and places are the same keys' after all were lost, in whatever order they come back")
    func reattaching() {
        var turns = arbiter(.open, ada, bob, lea, claude)
        _ = turns.acquire(ada.id, lease: .seconds(100), at: at(1))
        for id in [claude.id, bob.id] { _ = turns.act(id, ask, at: at(2)) }
        _ = turns.lose([ada.id, bob.id, lea.id, claude.id], at: at(10))
        func again(_ id: UInt32, _ old: Participant) -> Participant {
            Participant(id: AttachmentID(rawValue: id), key: old.key, kind: old.kind, role: old.role)
        }
        _ = turns.attach(again(12, bob), at: at(15))
        #expect(turns.type(AttachmentID(rawValue: 12), at: at(15)).decision == .refuse(.turnReserved))
        _ = turns.attach(again(11, ada), at: at(20))
        #expect(turns.holder?.id == AttachmentID(rawValue: 11) && turns.deadline == at(40), "claude's place ends then")
        #expect(turns.passTime(to: at(40)).contains(.requestEnded(claude, .expired, by: nil)))
        _ = turns.passTime(to: at(101))
        #expect(turns.holder?.id == AttachmentID(rawValue: 12), "the lease ended when it was to end")
    }

    @Test("no lease is longer than ten minutes, and none begins anew while somebody waits")
    func leases() {
        var turns = arbiter(.open, ada, bob)
        _ = turns.acquire(ada.id, lease: .seconds(365 * 86_400), at: at(0))
        #expect(turns.passTime(to: at(600)).contains(.ended(TurnNumber(rawValue: 1), ada, .leaseEnded)))
        #expect(turns.acquire(ada.id, lease: .seconds(60), at: at(700)).isRenewed)
        _ = turns.act(bob.id, .request(lease: .seconds(50), atPrompt: false), at: at(710))
        #expect(turns.acquire(ada.id, lease: .seconds(60), at: at(750)).isHeld)
        #expect(!turns.acquire(ada.id, lease: .seconds(60), at: at(750)).isRenewed)
        _ = turns.passTime(to: at(760))
        #expect(
            turns.holder == bob
                && turns.passTime(to: at(810)).contains(.ended(TurnNumber(rawValue: 3), bob, .leaseEnded)))
    }

    @Test("a clock that jumps by a year ends what is due, once, and leaves one holder")
    func clockJump() {
        var turns = arbiter(.ask, ada, bob, lea)
        _ = turns.type(ada.id, at: at(1))
        _ = turns.act(bob.id, ask, at: at(2))
        _ = turns.act(lea.id, ask, at: at(2))
        let effects = turns.passTime(to: at(365 * 86_400))
        #expect(effects.count { if case .began = $0 { true } else { false } } == 1)
        #expect(turns.holder == bob && waiting(turns) == [lea.id])
        #expect(turns.passTime(to: at(1)).isEmpty, "and back")
    }

    @Test("other rules hold at once")
    func rules() {
        var turns = arbiter(.ask, ada, bob)
        _ = turns.type(ada.id, at: at(1))
        #expect(turns.deadline == nil)
        _ = turns.change(TurnRules(mode: .open), at: at(10))
        #expect(turns.deadline == at(15))
        #expect(turns.change(TurnRules(mode: .led), at: at(11)).contains(.ended(TurnNumber(rawValue: 1), ada, .noLead)))
    }
}
