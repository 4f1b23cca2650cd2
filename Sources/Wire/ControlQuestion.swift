package import SessionModel

/// What is typed for a caller that is no terminal.
package enum InputContent: Hashable, Sendable {
    /// As from a keyboard.
    case keys([UInt8])
    /// As from a clipboard: bracketed, where the program asks for that.
    case paste([UInt8])
    /// A paste, and Enter behind it.
    case command([UInt8])

    package var bytes: [UInt8] {
        switch self {
        case .keys(let bytes), .paste(let bytes), .command(let bytes): bytes
        }
    }
}

/// Which part of the output is asked for, and in which form.
package struct OutputRange: Hashable, Sendable {
    package var from: StreamOffset
    /// Up to here; `nil` for all there is.
    package var to: StreamOffset?
    /// Bytes of output at most.
    package var limit: UInt32
    /// What is left out where that is too much: the beginning, or the end.
    package var keepsEnd: Bool
    /// Whether escape sequences and carriage returns are left out.
    package var isPlain: Bool

    package init(from: StreamOffset, to: StreamOffset?, limit: UInt32, keepsEnd: Bool, isPlain: Bool) {
        self.from = from
        self.to = to
        self.limit = limit
        self.keepsEnd = keepsEnd
        self.isPlain = isPlain
    }
}

/// What a front-end wants to be told as it happens.
package struct Interest: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Events and what the shell does.
    package static let events = Interest(rawValue: 1)
    /// Screen updates.
    package static let screen = Interest(rawValue: 2)
}

/// What scripts and agents ask of a host; each question gets one ``ControlAnswer``.
package enum ControlQuestion: Hashable, Sendable {
    /// What is true of the terminal now; of the turn, as that attachment sees it.
    case state(AttachmentID?)
    /// The screen, without attaching.
    case look
    /// From now on this front-end is told of these.
    case follow(Interest)
    case send(AttachmentID, InputContent, InputConditions)
    /// Holds the turn until the lease is over, if it is free or held already.
    case acquire(AttachmentID, lease: Duration)
    case output(OutputRange)
    /// Commands from a number on, oldest first.
    case commands(from: CommandNumber, limit: UInt16)
    /// Events from a number on, oldest first.
    case events(from: EventNumber, limit: UInt16)
    /// Ends another attachment in the name of an operator.
    case remove(AttachmentID, by: Operator)
    /// A signal for the terminal's foreground; needs the turn, and takes a free one.
    case signal(AttachmentID, name: String)
    /// Stops all processes of the session, or lets them go on.
    case freeze(Bool, by: Operator)
    /// Does something about the turn.
    case act(AttachmentID, TurnAct)
    /// A command that an agent wants to have typed, once a person approved it.
    case propose(AttachmentID, String, within: Duration)
    /// A person's answer to exactly that command.
    case decide(AttachmentID, ProposalNumber, String, isApproved: Bool)
    case proposals
    /// Other rules from now on; the answer has them.
    case rule(RulesChange, by: Operator)
    case rules
    /// Whether the environment is made: answered as soon as that is known.
    case readiness
    /// Holds a turn that is held already for at least that long, whoever waits for it; for no time: that is over.
    case borrow(AttachmentID, lease: Duration)
}

/// Why input of a ``ControlQuestion`` was not typed.
package struct InputRefusal: Hashable, Sendable {
    /// The turn is somebody else's, or the caller only watches; `nil` where a condition did not hold.
    package var refusal: Refusal?
    /// The names of the conditions that do not hold.
    package var unmet: [String]
    /// Whether the attachment has too much input on the way.
    package var isBusy: Bool

    package init(refusal: Refusal? = nil, unmet: [String] = [], isBusy: Bool = false) {
        self.refusal = refusal
        self.unmet = unmet
        self.isBusy = isBusy
    }
}

/// A part of a session's output.
package struct OutputPart: Hashable, Sendable {
    /// Where the part begins: later than asked for, where older output is not kept or was left out.
    package var start: StreamOffset
    /// Behind its last byte: where to go on.
    package var end: StreamOffset
    /// The oldest output that is kept.
    package var oldest: StreamOffset
    /// Behind the newest byte of all.
    package var newest: StreamOffset
    package var bytes: [UInt8]

    package init(
        start: StreamOffset, end: StreamOffset, oldest: StreamOffset, newest: StreamOffset, bytes: [UInt8]
    ) {
        self.start = start
        self.end = end
        self.oldest = oldest
        self.newest = newest
        self.bytes = bytes
    }
}
