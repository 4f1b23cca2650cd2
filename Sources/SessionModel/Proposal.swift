/// What became of a proposal, or of an act about one. The raw value is on the wire.
package enum ProposalOutcome: UInt8, Hashable, Sendable {
    case done = 1
    /// The agent's limits do not ask for approval of that.
    case notNeeded = 2
    case tooMany = 3
    /// There is no such proposal: it was answered, it expired, or its agent left.
    case gone = 4
    /// What was to be approved is not what is proposed.
    case changed = 5
    /// Nobody approves what they proposed themselves.
    case own = 6
    /// Only a person who may steer decides, and only an agent proposes.
    case notAllowed = 7
    /// The agent's budget is spent.
    case limited = 8
    /// The shell would replace a part of it from its history.
    case fromHistory = 9
}

/// How a proposal ended. The raw value is on the wire and in journals.
package enum ProposalEnding: UInt8, Hashable, Sendable {
    case typed = 1
    case rejected = 2
    case expired = 3
    /// Its agent left, or lost its access.
    case left = 4
    /// Who approved it may not approve any more, and it was not typed yet.
    case unapproved = 5
    /// Its agent took it back.
    case withdrawn = 6
}

/// Why an approved command is not typed yet. The raw value is on the wire.
package enum ApprovalWait: UInt8, Hashable, Sendable {
    /// For the prompt, with nothing typed there.
    case prompt = 1
    /// For the turn, which somebody else has.
    case turn = 2
    /// For a lead, who alone gives the turn.
    case lead = 3
    /// For a program that takes pastes: its lines would be typed as keys.
    case paste = 4
}

/// A command that an agent wants to have typed at the prompt, bound to its exact bytes.
package struct Proposal: Hashable, Sendable {
    package let number: ProposalNumber
    /// The agent's attachment, and its operator's name.
    package let proposer: AttachmentID
    package let name: String
    package let command: String
    /// When it is of no use any more, approved or not.
    package let deadline: Moment
    /// Once there is one, it is typed as soon as the prompt stands and the turn can be had.
    package internal(set) var approval: Approval?

    /// A person's leave, good for as long as they may give one.
    package struct Approval: Hashable, Sendable {
        package let name: String
        package let key: Fingerprint
    }

    /// The name of the person who approved it.
    package var approver: String? { approval?.name }

    init(
        number: ProposalNumber, proposer: AttachmentID, name: String, command: String, deadline: Moment
    ) {
        self.number = number
        self.proposer = proposer
        self.name = name
        self.command = command
        self.deadline = deadline
    }
}
