import JSONText
import SessionModel
import TestKit
import Testing
import Wire

/// What each is told of the turn: those whom it concerns, and once.
@Suite("Notices of turns")
struct TurnNoticeTests {
    @Test("a lead who comes is told who waits")
    func leadComes() async throws {
        let team = try await Team(["alice", "bob", "carol"], rules: ", turns: led")
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        alice.panel("t")
        try await alice.untilShown("you are first in the queue")
        bob.panel("t")
        try await bob.untilShown("you are second in the queue")
        let carol = try await team.attach("carol")
        try await carol.untilShown("[cmdop] alice asks for the turn: Ctrl-] g gives it, n refuses")
    }

    @Test("who gave the turn is told to whom it is given, whose turn it was, and what is next")
    func given() async throws {
        let team = try await Team(["alice", "bob", "carol"])
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        let carol = try await team.attach("carol")
        bob.type("echo")
        try await alice.untilSteering("bob")
        bob.panel("g")
        try await bob.untilShown("operator")
        bob.type("1")
        try await alice.untilShown("[cmdop] you steer now: bob gave you the turn")
        let lead = try ControlClient(team.client("carol"), "deploy")
        async let old: Void = alice.untilShown("[cmdop] carol gave the turn to bob; Ctrl-] t to ask for it")
        async let new: Void = bob.untilShown("[cmdop] you steer now: carol gave you the turn")
        _ = try await lead.call("turn.grant", ["to": "bob"])
        _ = try await (old, new)
        withExtendedLifetime(carol) {}
    }

    @Test("a change of the mode is told to all with who made it, and to a holder why the turn is over")
    func ruled() async throws {
        let team = try await Team(["alice", "bob", "carol"])
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        let lead = try ControlClient(team.client("carol"), "deploy")
        alice.type("echo")
        try await bob.untilSteering("alice")
        for mode in ["ask", "led"] {
            async let toAlice: Void = alice.untilShown("[cmdop] carol set the turns to \(mode): ")
            async let toBob: Void = bob.untilShown("[cmdop] carol set the turns to \(mode): ")
            async let end: Void = alice.untilShown(
                mode == "ask" ? "" : "[cmdop] your turn is over: no lead is here to give it; Ctrl-] t to wait")
            _ = try await lead.call("session.rules", ["turns": .string(mode)])
            _ = try await (toAlice, toBob, end)
        }
    }

    @Test("who is silent is told that the turn ends soon, in the title as well, and then why it went")
    func silence() async throws {
        let team = try await Team(["alice", "bob", "carol"], rules: ", answer-within: 20s")
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        alice.type("echo")
        try await bob.untilSteering("alice")
        bob.panel("t")
        try await alice.untilShown("[cmdop] bob asks for the turn: Ctrl-] g gives it, n refuses, silence gives it")
        try await alice.untilShown("[cmdop] your turn ends within ")
        try await alice.waitFor(": alice steers, soon no more, bob waits")
        async let new: Void = bob.untilShown("[cmdop] you steer now")
        async let old: Void = alice.untilShown(
            "[cmdop] bob has the turn, as you did not answer; Ctrl-] t to ask for it")
        _ = try await (new, old)
        #expect(!bob.transcript.text.contains("soon no more"), "it concerns the holder alone")
    }

    @Test("what was asked is shown no more once it is refused")
    func refused() async throws {
        let team = try await Team(["alice", "bob"])
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        alice.type("echo")
        try await bob.untilSteering("alice")
        bob.panel("t")
        try await alice.untilShown("bob asks for the turn")
        alice.panel("n")
        try await bob.untilShown("[cmdop] alice refused to give you the turn")
        try await alice.untilServed()
        #expect(try ShownScreen(alice).rows.allSatisfy { !$0.contains("asks for the turn") })
    }

    @Test("each thing is told once, and to nobody whom it does not concern")
    func once() async throws {
        let team = try await Team(["alice"])
        _ = try await ControlClient(team.client("alice"), "deploy").call("session.create")
        let front = try BareFrontEnd(of: team.server)
        let (alice, bob, carol) = (Reference(rawValue: 1), Reference(rawValue: 2), Reference(rawValue: 3))
        try await front.attach("ann", as: alice)
        try await front.attach("ben", as: bob)
        try await front.attach("cid", as: carol)
        var asked: UInt32 = 100
        func act(_ who: Reference, _ act: TurnAct) async throws {
            asked += 1
            let reference = Reference(rawValue: asked)
            try front.send(.control(reference, .act(try #require(front.id(of: who)), act)))
            try await front.waitFor("the answer to \(act)") {
                if case .control(reference, .acted) = $0 { true } else { false }
            }
        }
        try front.type("x", as: alice)
        try await front.waitFor("ann's turn") {
            if case .turn(let turn) = $0 { turn.holder?.name == "ann" } else { false }
        }
        try await act(bob, .request(lease: .seconds(20), atPrompt: false))
        try await act(alice, .refuse(nil))
        try await act(bob, .request(lease: .seconds(20), atPrompt: false))
        try await act(alice, .grant(nil, atPrompt: false))
        try await act(carol, .request(lease: nil, atPrompt: false))
        // The lease: its end is told, and so is its being over.
        try await front.waitFor("the end of the lease") {
            if case .news(bob, .lost) = $0 { true } else { false }
        }
        try await act(carol, .withdraw)
        #expect(front.news(of: alice) == ["asked ben", "asked ben"])
        #expect(front.news(of: bob) == ["refused ann", "granted ann", "asked cid", "ends soon", "lost leaseEnded cid"])
        #expect(front.news(of: carol) == ["granted -"])
    }
}

extension BareFrontEnd {
    fileprivate func id(of reference: Reference) -> AttachmentID? {
        for case .attached(reference, let id, _, _) in messages { return id }
        return nil
    }

    fileprivate func news(of reference: Reference) -> [String] {
        messages.compactMap { message in
            guard case .news(reference, let news) = message else { return nil }
            return switch news {
            case .asked(let name, _): "asked \(name)"
            case .granted(let name): "granted \(name ?? "-")"
            case .refused(let name): "refused \(name)"
            case .endsSoon: "ends soon"
            case .lost(let loss): "lost \(loss.ending) \(loss.next ?? "-")"
            default: "\(news)"
            }
        }
    }
}
