package import SessionModel

/// Who typed what in which turn. It takes a ``VerifiedKey``'s owner, and nothing less.
package struct InputRecord: Hashable, Sendable {
    package var who: Operator
    package var attachment: AttachmentID
    package var turn: TurnNumber
    package var transport: String
    package var content: Content

    package enum Content: Hashable, Sendable {
        case bytes([UInt8])
        /// Typed while the terminal did not echo: the count, and nothing else.
        case hidden(count: UInt32)
    }

    package init(who: Operator, attachment: AttachmentID, turn: TurnNumber, transport: String, content: Content) {
        self.who = who
        self.attachment = attachment
        self.turn = turn
        self.transport = transport
        self.content = content
    }
}

/// Something that happened to a session, as its journal keeps it. Format: `Formats/journal.md`.
package enum JournalRecord: Hashable, Sendable {
    case started(Incarnation, pid: UInt32, command: [String], by: Operator)
    case attached(AttachmentID, Operator, Role, isSteering: Bool, transport: String)
    case detached(AttachmentID)
    case turnBegan(TurnNumber, AttachmentID, TurnBeginning)
    case turnEnded(TurnNumber, AttachmentID, TurnEnding)
    case input(InputRecord)
    /// So many bytes of the last input records were journalled, but the turn ended before they were written.
    case inputCut(TurnNumber, count: UInt32)
    case output(StreamOffset, [UInt8])
    case resized(TerminalSize)
    case signalled(String, by: Operator)
    case spawned(ChildID, pid: UInt32, Operator, transport: String, command: [UInt8])
    case childExited(ChildID, status: UInt8, signal: UInt8)
    case ended(status: UInt8, signal: UInt8, by: String?)
    /// The disk took nothing for a while: so many records are missing, so many bytes of output among them.
    case gap(records: UInt64, outputBytes: UInt64)
    /// The turn ended within a bracketed paste, which the session closed itself.
    case pasteClosed(TurnNumber)
    /// A line that an operator said to everybody attached.
    case said(Operator, String)
    /// The attachment changed between steering and only watching.
    case steeringChanged(AttachmentID, isSteering: Bool)
    case commandBegan(CommandRecord.Start)
    case commandEnded(CommandNumber, CommandRecord.End)
    /// All processes were stopped, or went on.
    case frozen(Bool, by: Operator)
    /// Somebody ended another's attachment.
    case removed(AttachmentID, by: Operator)
    /// Somebody waits for the turn from now on.
    case turnRequested(AttachmentID)
    case requestEnded(AttachmentID, RequestEnding, by: AttachmentID?)
    /// The turn that begins next was given, by an attachment or, `nil`, by the rules.
    case turnGranted(AttachmentID, by: AttachmentID?)
    case ruled(TurnRules, by: Operator)
    /// A lead set what the agent of that name may not do; `nil`: took that back.
    case agentLimited(String, AgentLimits?, by: Operator)
    case proposed(ProposalNumber, AttachmentID, String)
    case approved(ProposalNumber, by: Operator)
    case proposalEnded(ProposalNumber, ProposalEnding, by: Operator?)
    /// A file of the session's was read, written or changed through the program that serves them.
    case filesMoved(ChildID, Operator, transport: String, FileMove)
    /// The shell waited for the rest of a command whose agent may not type it, and the session typed `Ctrl-C` itself.
    case lineDropped(TurnNumber)
    /// A forward is over: a connection, or a port that was listened on.
    case forwarded(ForwardRecord)
    /// The processes wanted more than they may: so often since the last of these.
    case limitHit(LimitedResource, count: UInt64)
    /// Nothing happens: everybody was told that the session ends, or, `nil`, that it does not after all.
    case idleWarned(endsIn: Duration?)
    /// The turn was ended by another than its holder, an attachment or, `nil`, the rules: so many bytes that the holder
    /// typed in it were written to the terminal, so many were not, and never are.
    case inputDelivered(TurnNumber, AttachmentID, written: UInt32, dropped: UInt32, by: AttachmentID?)
    /// Who has the turn, or the leads where they give it, were asked for it; how long silence is no consent.
    case turnAsked(AttachmentID, answerWithin: Duration?)
    /// The holder was told that the turn ends soon.
    case turnEndsSoon(TurnNumber, AttachmentID, endsIn: Duration)
    /// What an operator had open was ended: by a lead or, `nil`, because the operator has no right to it any more.
    case channelClosed(OpenedChannel, by: Operator?)
    /// Keys or rules changed, and with them what the operator of this attachment may do.
    case roleChanged(AttachmentID, Role)
}

/// A record with its place in the journal.
package struct JournalEntry: Hashable, Sendable {
    package var number: EventNumber
    /// Nanoseconds since 1970, by the host's clock.
    package var time: UInt64
    package var record: JournalRecord

    package init(number: EventNumber, time: UInt64, record: JournalRecord) {
        self.number = number
        self.time = time
        self.record = record
    }
}
