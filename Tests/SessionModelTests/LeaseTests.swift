import SessionModel
import Testing

@Suite("A lease of the turn")
struct LeaseTests {
    private func arbiter() -> TurnArbiter {
        var arbiter = TurnArbiter(rules: TurnRules())
        for (id, kind) in [(1, OperatorKind.person), (2, .agent)] {
            _ = arbiter.attach(
                Participant(
                    id: AttachmentID(rawValue: UInt32(id)), key: Fingerprint(text: "SHA256:\(id)"), kind: kind,
                    role: kind == .agent ? .agent : .operator), at: .start)
        }
        return arbiter
    }

    private let person = AttachmentID(rawValue: 1)
    private let agent = AttachmentID(rawValue: 2)

    private func at(_ seconds: Int) -> Moment { Moment(sinceStart: .seconds(seconds)) }

    @Test("holds past idleness, ends by itself, and typing does not prolong it")
    func length() {
        var arbiter = arbiter()
        #expect(arbiter.acquire(agent, lease: .seconds(20), at: at(0)).isHeld)
        let before = arbiter
        guard case .endsSoon(let who, let end)? = arbiter.passTime(to: at(10)).first, who.id == agent, end == at(20)
        else {
            Issue.record("the holder is told before")
            return
        }
        #expect(before.deadline == at(10) && arbiter.passTime(to: at(19)).isEmpty && arbiter.holder?.id == agent)
        _ = arbiter.type(agent, at: at(19))
        guard case .ended(_, _, .leaseEnded)? = arbiter.passTime(to: at(20)).first else {
            Issue.record("the lease has ended")
            return
        }
        #expect(arbiter.holder == nil)
    }

    @Test("begins anew for its holder, and is nobody else's meanwhile")
    func renewal() {
        var arbiter = arbiter()
        #expect(arbiter.acquire(person, lease: .seconds(20), at: at(0)).isHeld)
        #expect(!arbiter.acquire(agent, lease: .seconds(20), at: at(1)).isHeld)
        #expect(arbiter.acquire(person, lease: .seconds(20), at: at(10)).isHeld)
        #expect(arbiter.passTime(to: at(29)).count == 1 && arbiter.holder?.id == person)
        #expect(arbiter.lastTurn == TurnNumber(rawValue: 1))
    }

    @Test("that is borrowed holds a turn that was taken by typing, and leaves it as it was")
    func borrowed() {
        var arbiter = arbiter()
        _ = arbiter.type(agent, at: at(0))
        #expect(!arbiter.borrow(person, for: .seconds(60), at: at(1)).isHeld)
        #expect(arbiter.borrow(agent, for: .seconds(60), at: at(1)).isHeld)
        #expect(arbiter.passTime(to: at(50)).isEmpty && arbiter.holder?.id == agent, "nobody is told that it ends")
        #expect(arbiter.giveBack(agent, at: at(50)).isEmpty && arbiter.leaseEnd == nil)
        #expect(arbiter.deadline == at(50).advanced(by: TurnRules().releaseAfter), "then it ends when it is idle")
        #expect(arbiter.giveBack(agent, at: at(51)).isEmpty, "once")
    }

    @Test("is never made shorter by one that is borrowed, nor longer than it was")
    func lent() {
        var arbiter = arbiter()
        _ = arbiter.acquire(agent, lease: .seconds(100), at: at(0))
        #expect(arbiter.borrow(agent, for: .seconds(10), at: at(1)).isHeld && arbiter.leaseEnd == at(100))
        _ = arbiter.borrow(agent, for: .seconds(200), at: at(2))
        #expect(arbiter.leaseEnd == at(202))
        _ = arbiter.giveBack(agent, at: at(50))
        #expect(arbiter.leaseEnd == at(100))
        _ = arbiter.borrow(agent, for: .seconds(200), at: at(60))
        guard case .ended(_, _, .leaseEnded)? = arbiter.giveBack(agent, at: at(150)).first else {
            Issue.record("the lease of its own was over")
            return
        }
    }

    @Test("that is borrowed makes who waits wait, and a person's key press takes the turn all the same")
    func borrowedAndWanted() {
        var arbiter = arbiter()
        _ = arbiter.type(agent, at: at(0))
        _ = arbiter.act(person, .request(lease: nil, atPrompt: false), at: at(1))
        _ = arbiter.borrow(agent, for: .seconds(60), at: at(1))
        _ = arbiter.passTime(to: at(50))
        #expect(arbiter.holder?.id == agent)
        _ = arbiter.type(person, at: at(51))
        #expect(arbiter.holder?.id == person)
    }

    @Test("of an agent ends with a person's key press")
    func displaced() {
        var arbiter = arbiter()
        _ = arbiter.acquire(agent, lease: .seconds(600), at: at(0))
        let (effects, decision) = arbiter.type(person, at: at(1))
        #expect(decision == .deliver(TurnNumber(rawValue: 2)) && effects.count == 2)
        #expect(!arbiter.acquire(agent, lease: .seconds(600), at: at(2)).isHeld)
    }

    @Test("a turn that is kept for a key is that key's, by whatever attachment it comes back")
    func sameKey() {
        var arbiter = arbiter()
        let other = Participant(
            id: AttachmentID(rawValue: 3), key: Fingerprint(text: "SHA256:1"), kind: .person, role: .operator)
        _ = arbiter.attach(other, at: at(0))
        _ = arbiter.type(person, at: at(1))
        _ = arbiter.lose([person], at: at(2))
        let (effects, decision) = arbiter.type(other.id, at: at(3))
        #expect(decision == .deliver(TurnNumber(rawValue: 1)))
        #expect(effects == [.began(TurnNumber(rawValue: 1), other, .resumed)])
    }
}
