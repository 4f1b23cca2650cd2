/// What an attachment does about the turn, besides typing.
package enum TurnAct: Hashable, Sendable {
    /// Asks for the turn; has it at once where nobody else does. `lease`: holds it so long at most, once it has it.
    case request(lease: Duration?, atPrompt: Bool)
    /// Asks no more.
    case withdraw
    /// Takes it from a lower role or from an agent.
    case take(atPrompt: Bool)
    /// Gives the turn to an attachment; `nil`: to the first who waits.
    case grant(AttachmentID?, atPrompt: Bool)
    /// Says no to who asked; `nil`: to the first who waits.
    case refuse(AttachmentID?)
}

/// What became of a ``TurnAct``. The raw value is on the wire.
package enum TurnOutcome: UInt8, Hashable, Sendable {
    /// It is done: for a request or a take, the turn is one's own.
    case done = 1
    /// It waits: for an answer, for others before it, or for the prompt.
    case waits = 2
    /// The attachment only watches.
    case onlyWatching = 3
    /// Somebody has the turn from whom it can not be taken so.
    case turnHeld = 4
    /// One has the turn already, or has asked already.
    case already = 5
    /// It is not one's own to give: one neither holds the turn nor leads.
    case notYours = 6
    /// Whom it is about is not attached, may not steer, or did not ask.
    case nobodyThere = 7
    /// No lead is attached, and only a lead gives the turn.
    case noLead = 8
    /// An agent whose person is away, or whose hour's budget is spent.
    case limited = 9
}
