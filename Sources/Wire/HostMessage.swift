package import ScreenModel
package import SessionModel

/// Whose turn it is, for everybody to see.
package struct TurnNotice: Hashable, Sendable {
    package var turn: TurnNumber
    /// `nil`: nobody's.
    package var holder: TurnHolder?

    package init(turn: TurnNumber, holder: TurnHolder?) {
        self.turn = turn
        self.holder = holder
    }
}

/// Who steers, by which attachment.
package struct TurnHolder: Hashable, Sendable {
    /// 0 is no attachment's number: the turn is kept for that operator, who lost the connection.
    package var attachment: AttachmentID
    package var name: String
    package var kind: OperatorKind

    package init(attachment: AttachmentID, name: String, kind: OperatorKind) {
        self.attachment = attachment
        self.name = name
        self.kind = kind
    }

    /// Whether nobody steers, but the turn is kept for this operator.
    package var isKept: Bool { attachment.rawValue == 0 }

    /// An operator for whom the turn is kept.
    package init(kept name: String, _ kind: OperatorKind) {
        self.init(attachment: AttachmentID(rawValue: 0), name: name, kind: kind)
    }
}

/// One attachment as `who` shows it.
package struct AttachmentDescription: Hashable, Sendable {
    package var id: AttachmentID
    package var operatorName: String
    package var kind: OperatorKind
    package var fingerprint: Fingerprint
    package var role: Role
    package var isSteering: Bool
    package var transport: String
    package var size: TerminalSize?
    package var attachedFor: Duration

    package init(
        id: AttachmentID, operatorName: String, kind: OperatorKind, fingerprint: Fingerprint, role: Role,
        isSteering: Bool, transport: String, size: TerminalSize?, attachedFor: Duration
    ) {
        self.id = id
        self.operatorName = operatorName
        self.kind = kind
        self.fingerprint = fingerprint
        self.role = role
        self.isSteering = isSteering
        self.transport = transport
        self.size = size
        self.attachedFor = attachedFor
    }
}

/// A live session as its host describes it.
package struct SessionDescription: Hashable, Sendable {
    package var session: SessionName
    package var incarnation: Incarnation
    package var environment: String
    package var createdBy: String
    package var runningFor: Duration
    package var size: TerminalSize
    package var title: String
    package var turn: TurnNotice
    package var attachments: [AttachmentDescription]
    package var commandsBeside: UInt32
    /// How long nobody typed and nothing was printed; not a part of the message: it comes in one of its own.
    package var idleFor: Duration?
    /// Likewise; `nil` of a host of an earlier version.
    package var condition: SessionCondition?
    /// Likewise: what operators have open, of an attachment of a control channel's that it is one.
    package var opened: [OpenedDescription] = []

    package init(
        session: SessionName, incarnation: Incarnation, environment: String, createdBy: String, runningFor: Duration,
        size: TerminalSize, title: String, turn: TurnNotice, attachments: [AttachmentDescription],
        commandsBeside: UInt32
    ) {
        self.session = session
        self.incarnation = incarnation
        self.environment = environment
        self.createdBy = createdBy
        self.runningFor = runningFor
        self.size = size
        self.title = title
        self.turn = turn
        self.attachments = attachments
        self.commandsBeside = commandsBeside
    }
}

extension SessionDescription {
    /// What is open besides attachments.
    package var openedBeside: [OpenedDescription] {
        let attached = Set(attachments.map(\.id))
        return opened.filter { !attached.contains($0.channel.id) }
    }
}

/// What a host says to a front-end. Kinds and layouts: `Formats/host-protocol.md`.
package enum HostMessage: Hashable, Sendable {
    case welcome(version: UInt16, SessionName, Incarnation)
    /// The attachment is there; everything after the snapshot's offset follows as ``output(_:_:)``.
    case attached(Reference, AttachmentID, TurnNotice, ScreenSnapshot)
    case refreshed(Reference, ScreenSnapshot)
    /// What the session's programs printed, from the offset on. Sent once, whatever the number of attachments.
    case output(StreamOffset, [UInt8])
    case turn(TurnNotice)
    case refused(Reference, Refusal, TurnNotice)
    /// So many bytes of input were dealt with, delivered or refused: there is room for as many again.
    case inputTaken(Reference, count: UInt32)
    case resized(TerminalSize)
    case description(Reference, SessionDescription)
    /// The child runs; its ends of stdin, stdout and stderr (or its terminal alone) come along as descriptors.
    case spawned(Reference, ChildID, descriptors: UInt8)
    case spawnFailed(Reference, sentence: String)
    case childExited(ChildID, status: UInt8, signal: UInt8)
    case journalGap(isOpen: Bool, detail: UInt64)
    /// The session is over: the shell's status, and who ended it where somebody did.
    case ended(status: UInt8, signal: UInt8, by: String?)
    /// What changed on the screen, for attachments that are re-rendered; at most 60 times a second.
    case screen(ScreenUpdate)
    case properties(TerminalProperties)
    /// Somebody came or went.
    case presence(Presence)
    case said(by: String, OperatorKind, String)
    /// What happened since the attachment's key was last here; comes before ``attached(_:_:_:_:)``.
    case absence(Reference, Absence)
    /// The attachment took the turn while a line that somebody else typed stands at the prompt.
    case lineStands(Reference, of: String)
    /// How long nobody typed and nothing was printed; comes before ``description(_:_:)``.
    case idle(Reference, Duration)
    case control(Reference, ControlAnswer)
    /// The shell stands elsewhere, for front-ends that follow events.
    case shell(ShellState)
    /// An event, for front-ends that follow them; of input only how much it was.
    case happened(JournalEntry)
    /// The attachment, or what else the reference stands for, was ended by an operator's act.
    case removed(Reference, by: String)
    /// By which rules the turn goes, and who waits for it.
    case queue(TurnQueue)
    /// What concerns this attachment, and no other.
    case news(Reference, TurnNews)
    /// All commands that wait for approval, or for the prompt behind it.
    case proposals([ProposalNotice])

    /// What a front-end asked for comes along as descriptors: a connected socket, or those that listen on the port.
    case socket(Reference, port: UInt16, descriptors: UInt8)
    case socketFailed(Reference, SocketFailure, sentence: String)
    /// How the session stands and what it uses; comes before ``description(_:_:)``.
    case condition(Reference, SessionCondition)
    /// The attachments that the session's programs show, as far as it is known.
    case shows([WatchToken])
    /// What operators have open besides attachments; of an attachment of a control channel's, that it is one. Comes
    /// before ``description(_:_:)``.
    case opened(Reference, [OpenedDescription])

    /// The first version of the protocol that has this message; who speaks an earlier one is not sent it.
    package var firstVersion: UInt16 {
        switch self {
        case .screen, .properties, .presence, .said, .absence, .lineStands, .idle: 2
        case .control, .shell, .happened, .removed: 3
        case .news(_, .lost), .shows, .opened: 6
        case .news(_, .unapproved), .news(_, .interrupted), .news(_, .waits), .news(_, .expired): 5
        case .queue, .news, .proposals: 4
        case .socket, .socketFailed, .condition: 5
        default: 1
        }
    }

    /// Bytes of one frame's body: a screen of 1,000 x 1,000 with its scrollback fits.
    package static let bodyLimit = 64 * 1_024 * 1_024
}
