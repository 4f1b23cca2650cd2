package import SessionModel

/// The rules by which a session's turns go, and who waits for one, in their order.
package struct TurnQueue: Hashable, Sendable {
    /// Somebody who asked for the turn.
    package struct Waiting: Hashable, Sendable {
        package var who: TurnHolder
        package var waitedFor: Duration
        /// Wants it only when the prompt stands and nothing is typed there.
        package var isForPrompt: Bool

        package init(who: TurnHolder, waitedFor: Duration, isForPrompt: Bool) {
            self.who = who
            self.waitedFor = waitedFor
            self.isForPrompt = isForPrompt
        }
    }

    package var mode: TurnMode
    package var waiting: [Waiting]

    package init(mode: TurnMode = .open, waiting: [Waiting] = []) {
        self.mode = mode
        self.waiting = waiting
    }
}

/// What one attachment is told of turns and proposals because it is concerned; each thing once.
package enum TurnNews: Hashable, Sendable {
    /// To the holder, or to leads where they give the turn: somebody asks for it. `nil`: no answer is no consent.
    case asked(by: String, answerWithin: Duration?)
    /// To who asked: it has the turn now. `nil`: by the rules.
    case granted(by: String?)
    /// To who asked: it will not have the turn.
    case refused(by: String)
    /// To who held the turn: so many bytes of what it typed at last were written to the terminal, so many were not.
    case taken(by: String?, written: UInt32, dropped: UInt32)
    /// To the holder: the turn ends soon.
    case endsSoon(Duration)
    /// To everybody who may approve it.
    case proposed(ProposalNumber, by: String)
    /// To the agent that proposed.
    case approved(ProposalNumber, by: String)
    case rejected(ProposalNumber, by: String)
    /// To its agent and to everybody who may approve it: who approved it may not any more, and it was not typed.
    case unapproved(ProposalNumber, approver: String)
    /// To the same: the shell waited for the rest of that agent's command, and the session typed `Ctrl-C`.
    case interrupted(ProposalNumber, of: String)
    /// To its agent and to who approved it: it is not typed yet, and why; where somebody has the turn, who.
    case waits(ProposalNumber, ApprovalWait, holder: String?)
    /// To its agent and, where somebody approved it, to everybody who may: it was not typed in time.
    case expired(ProposalNumber, of: String, approver: String?)
    /// ``taken(by:written:dropped:)`` with all that there is to say; behind what tells everybody whose the turn is now.
    case lost(TurnLoss)
}

/// How somebody lost the turn who did not let it go.
package struct TurnLoss: Hashable, Sendable {
    package var ending: TurnEnding
    /// Who gave it to another; `nil`: nobody, or silence did.
    package var giver: String?
    /// Who has it now.
    package var next: String?
    /// Why it can not be had again for now.
    package var obstacle: Refusal?
    /// So many bytes of what was typed in it were written to the terminal.
    package var written: UInt32
    /// So many that the host had were not; others may have been on their way to it.
    package var dropped: UInt32

    package init(
        _ ending: TurnEnding, giver: String? = nil, next: String? = nil, obstacle: Refusal? = nil, written: UInt32 = 0,
        dropped: UInt32 = 0
    ) {
        self.ending = ending
        self.giver = giver
        self.next = next
        self.obstacle = obstacle
        self.written = written
        self.dropped = dropped
    }
}

/// A proposal as attachments see it.
package struct ProposalNotice: Hashable, Sendable {
    package var number: ProposalNumber
    package var name: String
    package var command: String
    package var expiresIn: Duration
    /// `nil` while it waits for an answer.
    package var approver: String?

    package init(
        number: ProposalNumber, name: String, command: String, expiresIn: Duration, approver: String? = nil
    ) {
        self.number = number
        self.name = name
        self.command = command
        self.expiresIn = expiresIn
        self.approver = approver
    }
}
