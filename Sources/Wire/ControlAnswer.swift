package import ScreenModel
package import SessionModel

/// What a host answers to a ``ControlQuestion``.
package enum ControlAnswer: Hashable, Sendable {
    case state(TerminalState, TurnNotice)
    case looked(ScreenSnapshot)
    /// Typed in this turn; the state is from before.
    case typed(TerminalState)
    case notTyped(InputRefusal, TerminalState, TurnNotice)
    case acquired(Bool, TurnNotice)
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
}
