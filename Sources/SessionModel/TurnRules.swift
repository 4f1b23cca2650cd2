/// The times that govern a session's turns.
package struct TurnRules: Hashable, Sendable {
    /// A holder who typed nothing for so long gives up the turn.
    package var releaseAfter: Duration
    /// The same, while a line that the holder began stands at the prompt.
    package var releaseLineAfter: Duration
    /// How long a turn is kept for a holder whose front-end went away.
    package var reattachWithin: Duration

    package init(
        releaseAfter: Duration = .seconds(5), releaseLineAfter: Duration = .seconds(60),
        reattachWithin: Duration = .seconds(30)
    ) {
        self.releaseAfter = releaseAfter
        self.releaseLineAfter = max(releaseLineAfter, releaseAfter)
        self.reattachWithin = reattachWithin
    }
}

/// One attachment, as far as turns are concerned.
package struct Participant: Hashable, Sendable {
    package let id: AttachmentID
    package let key: Fingerprint
    package let kind: OperatorKind
    package let role: Role
    /// False for an attachment that only watches, whatever the role.
    package let isSteering: Bool

    package init(id: AttachmentID, key: Fingerprint, kind: OperatorKind, role: Role, isSteering: Bool = true) {
        self.id = id
        self.key = key
        self.kind = kind
        self.role = role
        self.isSteering = isSteering
    }

    package var maySteer: Bool { isSteering && role.may(.steer) }

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
}

/// Why typed bytes did not reach the session. The raw value is on the wire.
package enum Refusal: UInt8, Hashable, Sendable {
    case onlyWatching = 1
    case turnHeld = 2
    case turnReserved = 3
}
