package import ScreenModel
package import SessionModel

/// The lease under which somebody holds the turn.
package struct LeaseNotice: Hashable, Sendable {
    /// Whether it began anew: it does not while somebody waits for the turn.
    package var isRenewed: Bool
    /// `nil`: the turn has no lease.
    package var endsIn: Duration?

    package init(isRenewed: Bool, endsIn: Duration?) {
        self.isRenewed = isRenewed
        self.endsIn = endsIn
    }
}

/// What a host answers to a ``ControlQuestion``.
package enum ControlAnswer: Hashable, Sendable {
    case state(TerminalState, TurnNotice)
    case looked(ScreenSnapshot)
    /// Typed in this turn; the state is from before. A command has the number by which its record is found.
    case typed(TerminalState, RunNumber? = nil)
    case notTyped(InputRefusal, TerminalState, TurnNotice)
    /// Whether the turn is held; `nil`: its host is of an earlier version.
    case acquired(Bool, TurnNotice, LeaseNotice? = nil)
    case output(OutputPart)
    case commands([CommandRecord])
    /// With the number of the oldest event that is kept.
    case events([JournalEntry], oldest: EventNumber)
    /// Whether it was done.
    case done(Bool)
    /// What became of an act about the turn; the place among those who wait, from 1.
    case acted(TurnOutcome, place: UInt32?, TurnNotice, TurnQueue)
    case proposal(ProposalOutcome, ProposalNumber?)
    case proposals([ProposalNotice])
    case rules(SessionRules)
    /// The environment is made; or why it could not be.
    case readiness(failure: String?)
}
