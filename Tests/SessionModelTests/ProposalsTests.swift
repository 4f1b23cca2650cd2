import Testing

@testable import SessionModel

@Suite("What agents propose")
struct ProposalsTests {
    private let agent = AttachmentID(rawValue: 1)
    private let alice = Proposals.Judge.of("alice", .operator)

    private func at(_ seconds: Int) -> Moment { Moment(sinceStart: .seconds(seconds)) }

    private func proposals(_ command: String = "ls") throws -> (Proposals, ProposalNumber) {
        var proposals = Proposals()
        let proposal = proposals.propose(command, by: agent, of: "claude", within: .seconds(60), at: at(0))
        return (proposals, try #require(proposal).number)
    }

    @Test("is approved once, for exactly those bytes, by a person who may type and did not propose it")
    func approving() throws {
        var (proposals, number) = try proposals("echo é")
        let before = proposals
        let others: [(Proposals.Judge, String, ProposalOutcome)] = [
            (Proposals.Judge.of("claude", .lead), "echo é", .own),
            (Proposals.Judge.of("claudia", .agent, kind: .agent), "echo é", .notAllowed),
            (Proposals.Judge.of("bob", .observer), "echo é", .notAllowed),
            (alice, "echo e", .changed), (alice, "echo e\u{301}", .changed), (alice, "", .changed),
        ]
        for (judge, command, outcome) in others {
            #expect(proposals.decide(number, command, isApproved: true, by: judge) == outcome)
            #expect(proposals == before)
        }
        #expect(proposals.decide(number, "echo é", isApproved: true, by: alice) == .done)
        #expect(proposals.approved.map(\.approver) == ["alice"])
        #expect(proposals.decide(number, "echo é", isApproved: true, by: .of("bob", .operator)) == .gone)
        proposals.remove(number)
        #expect(proposals.approved.isEmpty && proposals.all.isEmpty)
        #expect(proposals.decide(number, "echo é", isApproved: true, by: alice) == .gone)
    }

    @Test("is gone when it is refused, when its time is over, approved or not, and with its agent")
    func ending() throws {
        var (proposals, number) = try proposals()
        #expect(proposals.decide(number, "ls", isApproved: false, by: alice) == .done && proposals.all.isEmpty)
        (proposals, number) = try self.proposals()
        _ = proposals.decide(number, "ls", isApproved: true, by: alice)
        #expect(proposals.passTime(to: at(59)).isEmpty && proposals.deadline == at(60))
        #expect(proposals.passTime(to: at(60)).map(\.number) == [number] && proposals.deadline == nil)
        (proposals, number) = try self.proposals()
        #expect(proposals.leave(AttachmentID(rawValue: 2)).isEmpty)
        #expect(proposals.leave(agent).map(\.number) == [number])
    }

    @Test("is taken back by whoever may approve, approved or not, and by its own agent")
    func takingBack() throws {
        let own = Proposals.Judge.of("claude", .agent, kind: .agent)
        for judge in [alice, .of("bob", .operator), own] {
            for isApproved in [true, false] {
                var (proposals, number) = try proposals()
                if isApproved { _ = proposals.decide(number, "ls", isApproved: true, by: alice) }
                let other = Proposals.Judge.of("robo", .agent, kind: .agent)
                #expect(proposals.decide(number, "ls", isApproved: false, by: other) == .notAllowed)
                #expect(proposals.decide(number, "ls", isApproved: true, by: own) == .notAllowed)
                #expect(proposals.decide(number, "ls", isApproved: false, by: judge) == .done)
                #expect(proposals.all.isEmpty)
            }
        }
    }

    @Test("is gone when who approved it may not approve any more, and only then")
    func approverGone() throws {
        var (proposals, number) = try proposals()
        #expect(proposals.revoke(alice.key).isEmpty, "nobody approved it yet")
        #expect(proposals.decide(number, "ls", isApproved: true, by: alice) == .done)
        #expect(proposals.revoke(Proposals.Judge.of("bob", .operator).key).isEmpty && proposals.hasApproved)
        #expect(proposals.revoke(alice.key).map(\.number) == [number])
        #expect(proposals.approved.isEmpty && proposals.all.isEmpty)
        #expect(proposals.decide(number, "ls", isApproved: true, by: alice) == .gone)
    }

    @Test("are eight of one agent at most, 32 of all, for ten minutes")
    func bounds() {
        var proposals = Proposals()
        for agent in 0..<5 {
            for _ in 0..<9 {
                _ = proposals.propose(
                    "ls", by: AttachmentID(rawValue: UInt32(agent)), of: "agent-\(agent)", within: .seconds(86_400),
                    at: at(0))
            }
        }
        #expect(proposals.all.count == 32 && Set(proposals.all.map(\.number)).count == 32)
        #expect(proposals.all.prefix(8).allSatisfy { $0.name == "agent-0" } && proposals.deadline == at(600))
    }
}

extension Proposals.Judge {
    fileprivate static func of(_ name: String, _ role: Role, kind: OperatorKind = .person) -> Self {
        Self(name: name, key: Fingerprint(text: "SHA256:\(name)"), kind: kind, role: role)
    }
}
