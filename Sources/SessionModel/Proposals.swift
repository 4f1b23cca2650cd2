/// The commands that wait for a person's approval, or were approved and wait for the prompt. A value without a clock.
package struct Proposals: Hashable, Sendable {
    /// Of one session, and of one agent.
    package static let limit = 32
    package static let limitOfOne = 8
    package static let longest = Duration.seconds(600)

    /// Who answers a proposal.
    package struct Judge: Hashable, Sendable {
        let name: String
        let key: Fingerprint
        package let isAllowed: Bool

        package init(name: String, key: Fingerprint, kind: OperatorKind, role: Role) {
            self.name = name
            self.key = key
            isAllowed = kind == .person && role >= .operator
        }
    }

    /// Oldest first.
    package private(set) var all: [Proposal] = []
    private var last = ProposalNumber(rawValue: 0)

    package init() {}

    /// When ``passTime(to:)`` next has something to do.
    package var deadline: Moment? { all.map(\.deadline).min() }

    /// Those that were approved and are still to be typed, oldest first.
    package var approved: [Proposal] { all.filter { $0.approval != nil } }

    package var hasApproved: Bool { all.contains { $0.approval != nil } }

    package mutating func propose(
        _ command: String, by attachment: AttachmentID, of name: String, within limit: Duration, at now: Moment
    ) -> Proposal? {
        guard all.count < Self.limit, all.count(where: { $0.name == name }) < Self.limitOfOne else { return nil }
        last = last.next
        let deadline = now.advanced(by: min(max(limit, .zero), Self.longest))
        let proposal = Proposal(
            number: last, proposer: attachment, name: name, command: command, deadline: deadline)
        all.append(proposal)
        return proposal
    }

    /// A person's answer to exactly that command; where it is no, the proposal is gone, approved or not. Who proposed
    /// it may take it back, and nothing else.
    package mutating func decide(
        _ number: ProposalNumber, _ command: String, isApproved: Bool, by judge: Judge
    ) -> ProposalOutcome {
        let found = all.firstIndex { $0.number == number }
        let isOwn = found.map { all[$0].name == judge.name } == true
        guard judge.isAllowed || (isOwn && !isApproved) else { return .notAllowed }
        guard let index = found, !isApproved || all[index].approval == nil else { return .gone }
        guard !isOwn || !isApproved else { return .own }
        // Equal texts may be written in different bytes.
        guard Array(all[index].command.utf8) == Array(command.utf8) else { return .changed }
        if isApproved {
            all[index].approval = Proposal.Approval(name: judge.name, key: judge.key)
        } else {
            all.remove(at: index)
        }
        return .done
    }

    /// It was typed: no approval is good twice.
    package mutating func remove(_ number: ProposalNumber) { all.removeAll { $0.number == number } }

    /// Takes out what is too old.
    package mutating func passTime(to now: Moment) -> [Proposal] { takeOut { $0.deadline <= now } }

    /// Takes out what an agent proposed that is gone.
    package mutating func leave(_ attachment: AttachmentID) -> [Proposal] { takeOut { $0.proposer == attachment } }

    /// Takes out what was approved by a key that may not approve any more.
    package mutating func revoke(_ key: Fingerprint) -> [Proposal] { takeOut { $0.approval?.key == key } }

    private mutating func takeOut(_ isMeant: (Proposal) -> Bool) -> [Proposal] {
        let out = all.filter(isMeant)
        all.removeAll(where: isMeant)
        return out
    }
}
