/// The rules and the times that govern a session's turns.
package struct TurnRules: Hashable, Sendable {
    package var mode: TurnMode
    /// In mode `open`, a holder who typed nothing for so long gives up the turn.
    package var releaseAfter: Duration
    /// The same, while a line that the holder began stands at the prompt.
    package var releaseLineAfter: Duration
    /// How long turn and place are kept for an operator whose front-end went away.
    package var reattachWithin: Duration
    /// Silence for so long gives the turn to who asks for it, but in mode `led`.
    package var answerWithin: Duration

    /// No lease is longer.
    package static let longestLease = Duration.seconds(600)
    /// How long before a turn ends its holder is warned, if it was to last twice as long.
    package static let warning = Duration.seconds(10)

    package init(
        mode: TurnMode = .open, releaseAfter: Duration = .seconds(5), releaseLineAfter: Duration = .seconds(60),
        reattachWithin: Duration = .seconds(30), answerWithin: Duration = .seconds(30)
    ) {
        self.mode = mode
        self.releaseAfter = releaseAfter
        self.releaseLineAfter = max(releaseLineAfter, releaseAfter)
        self.reattachWithin = reattachWithin
        self.answerWithin = answerWithin
    }
}

/// One attachment, as far as turns are concerned.
package struct Participant: Hashable, Sendable {
    package let id: AttachmentID
    package let key: Fingerprint
    package let kind: OperatorKind
    package internal(set) var role: Role
    /// False for an attachment that only watches, whatever the role.
    package internal(set) var isSteering: Bool
    /// Whether it may hold the turn only while a person who may steer is attached.
    package var isChaperoned: Bool

    package init(
        id: AttachmentID, key: Fingerprint, kind: OperatorKind, role: Role, isSteering: Bool = true,
        isChaperoned: Bool = false
    ) {
        self.id = id
        self.key = key
        self.kind = kind
        self.role = role
        self.isSteering = isSteering
        self.isChaperoned = isChaperoned
    }

    package var maySteer: Bool { isSteering && role.may(.steer) }
    package var isLead: Bool { kind == .person && role == .lead }
    /// Whether an agent may work while this one is attached.
    package var isChaperone: Bool { kind == .person && maySteer }

    /// Whether this one's key press ends the other's turn: a person's does, an agent's.
    package func displacesByTyping(_ other: Participant) -> Bool {
        kind == .person && role > .agent && other.kind == .agent
    }

    /// Whether this one may take the turn by an explicit act; an agent never takes from a person.
    package func mayTake(from other: Participant) -> Bool {
        guard maySteer, !(kind == .agent && other.kind == .person) else { return false }
        return displacesByTyping(other) || role > other.role || (kind == .person && key == other.key)
    }
}

/// How a turn began. The raw value is on the wire and in journals.
package enum TurnBeginning: UInt8, Sendable {
    case typed = 1
    case taken = 2
    /// The holder came back in time after a front-end went away.
    case resumed = 3
    /// A script or an agent asked for it, with a lease.
    case acquired = 4
    /// It was asked for or handed over; by whom, the record before it says.
    case granted = 5
}

/// How a turn ended. The raw value is on the wire and in journals.
package enum TurnEnding: UInt8, Sendable {
    case released = 1
    case idle = 2
    case detached = 3
    case displaced = 4
    case revoked = 5
    /// The holder did not come back after a front-end went away.
    case expired = 6
    case ended = 7
    case leaseEnded = 8
    /// It was given to another, by an act or by silence.
    case handedOver = 9
    /// An agent's holder is left without the person who has to be there.
    case unattended = 10
    /// The last lead left a session whose turns only a lead gives.
    case noLead = 11
    /// An agent's budget is spent.
    case budgetSpent = 12
}

/// How a request for the turn ended. The raw value is on the wire and in journals.
package enum RequestEnding: UInt8, Sendable {
    case granted = 1
    case refused = 2
    case withdrawn = 3
    /// Who asked detached.
    case left = 4
    /// Who asked did not come back after a front-end went away.
    case expired = 5
    /// Who asked may not steer any more.
    case revoked = 6
    /// Who asked has the turn by typing or by taking it.
    case served = 7
}

/// Why typed bytes did not reach the session. The raw value is on the wire.
package enum Refusal: UInt8, Hashable, Sendable {
    case onlyWatching = 1
    case turnHeld = 2
    case turnReserved = 3
    /// An agent's commands need a person's approval.
    case needsApproval = 4
    /// An agent's budget for this hour is spent.
    case budgetSpent = 5
    /// The agent may steer only while a person is attached.
    case needsChaperone = 6
    /// Only a lead gives the turn, and none is attached.
    case noLead = 7
    /// Only a lead gives the turn.
    case mustAsk = 8
    /// The shell would replace a part of a command whose text is what its agent may run.
    case fromHistory = 9
}
