import SessionModel
import Testing

/// What follows from who only wants to watch.
@Suite("Turns of who wants to watch")
struct TurnWishTests {
    private func at(_ seconds: Int) -> Moment { Moment(sinceStart: .seconds(seconds)) }

    private func person(_ id: UInt32, isSteering: Bool = true) -> Participant {
        Participant(
            id: AttachmentID(rawValue: id), key: Fingerprint(text: "SHA256:\(id)"), kind: .person, role: .operator,
            isSteering: isSteering)
    }

    private let claude = Participant(
        id: AttachmentID(rawValue: 9), key: Fingerprint(text: "SHA256:9"), kind: .agent, role: .agent,
        isChaperoned: true)

    @Test("who asked and then only watches has withdrawn; who lost the role was refused it")
    func withdrawn() {
        var turns = TurnArbiter(rules: TurnRules(mode: .ask))
        let (ada, bob) = (person(1), person(2))
        for one in [ada, bob] { _ = turns.attach(one, at: at(0)) }
        _ = turns.type(ada.id, at: at(1))
        func ending(_ effects: [TurnArbiter.Effect]) -> RequestEnding? {
            for case .requestEnded(_, let how, _) in effects { return how }
            return nil
        }
        _ = turns.act(bob.id, .request(lease: nil, atPrompt: false), at: at(2))
        #expect(ending(turns.change(bob.id, isSteering: false, at: at(3))) == .withdrawn)
        _ = turns.change(bob.id, isSteering: true, at: at(4))
        _ = turns.act(bob.id, .request(lease: nil, atPrompt: false), at: at(4))
        #expect(ending(turns.change(bob.id, to: .observer, at: at(5))) == .revoked)
    }

    @Test("a person who only watches is no chaperone, whether by the way they came or by their wish")
    func chaperone() {
        var turns = TurnArbiter(rules: TurnRules(mode: .open))
        _ = turns.attach(claude, at: at(0))
        _ = turns.attach(person(1, isSteering: false), at: at(0))
        let ask = TurnAct.request(lease: nil, atPrompt: false)
        #expect(turns.act(claude.id, ask, at: at(1)).outcome == .limited)
        #expect(turns.type(claude.id, at: at(1)).decision == .refuse(.needsChaperone))
        let ada = person(2)
        _ = turns.attach(ada, at: at(2))
        #expect(turns.act(claude.id, ask, at: at(2)).outcome == .done && turns.holder == claude)
        let effects = turns.change(ada.id, isSteering: false, at: at(3))
        #expect(
            turns.holder == nil
                && effects.contains { if case .ended(_, claude, .unattended) = $0 { true } else { false } })
    }
}
