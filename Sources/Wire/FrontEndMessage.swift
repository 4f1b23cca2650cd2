package import SessionModel

/// Chosen by a front-end for one of its attachments or requests; means nothing elsewhere.
package struct Reference: Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// Identifies a program that a host runs beside the terminal.
package struct ChildID: Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// Who attaches, how, and what the operator may do.
package struct AttachRequest: Hashable, Sendable {
    package var who: Operator
    package var role: Role
    package var isSteering: Bool
    /// For people and the journal: `ssh 192.0.2.7`.
    package var transport: String
    /// `nil` for a client without a window (0 x 0).
    package var size: TerminalSize?
    /// How much scrollback the snapshot should have, in rows.
    package var scrollback: Int

    package init(
        who: Operator, role: Role, isSteering: Bool, transport: String, size: TerminalSize?, scrollback: Int
    ) {
        self.who = who
        self.role = role
        self.isSteering = isSteering
        self.transport = transport
        self.size = size
        self.scrollback = scrollback
    }
}

/// A program to run beside the terminal.
package struct SpawnRequest: Hashable, Sendable {
    package var who: Operator
    package var transport: String
    /// `nil`: a shell.
    package var command: [UInt8]?
    /// With a terminal of its own, of this size.
    package var terminal: TerminalSize?
    package var variables: [EnvironmentVariable]

    package init(
        who: Operator, transport: String, command: [UInt8]?, terminal: TerminalSize?, variables: [EnvironmentVariable]
    ) {
        self.who = who
        self.transport = transport
        self.command = command
        self.terminal = terminal
        self.variables = variables
    }
}

/// What a front-end says to a host. Kinds and layouts: `Formats/host-protocol.md`.
package enum FrontEndMessage: Hashable, Sendable {
    case hello(version: UInt16)
    case attach(Reference, AttachRequest)
    case detach(Reference)
    case input(Reference, [UInt8])
    case resize(Reference, TerminalSize)
    case signal(Reference, name: String)
    case release(Reference)
    case take(Reference)
    case changeRole(Reference, Role)
    /// Asks for a new snapshot, because output was dropped on the way to this attachment.
    case refresh(Reference)
    case describe(Reference)
    case end(Reference, by: Operator, transport: String)
    case spawn(Reference, SpawnRequest)
    case signalChild(ChildID, name: String)
    /// The child's channel is gone: its process group gets SIGHUP.
    case hangUp(ChildID)
    /// Whether this attachment is shown the stream or, re-rendered, screen updates. Answered by a fresh snapshot,
    /// which is where the one ends and the other begins.
    case show(Reference, asUpdates: Bool)
    /// From now on the attachment only watches, or steers again.
    case onlyWatch(Reference, Bool)
    /// What the attachment types up to the end of the line is recorded as a count only.
    case hideLine(Reference)
    /// A line for everybody attached.
    case say(Reference, String)
    /// A script's or an agent's question; the reference is the request's.
    case control(Reference, ControlQuestion)
    /// What the agent of this attachment may not do by itself; comes before its ``attach(_:_:)``, and when it changes.
    case limit(Reference, AgentLimits)

    /// Serves the session's files by SFTP; answered as ``spawn(_:_:)`` is.
    case serveFiles(Reference, by: Operator, transport: String)
    /// Wants a socket from inside the session that is connected with a place. Answered as ``listen(_:_:)`` is.
    case connect(Reference, ForwardRequest)
    /// Wants sockets that listen inside the session. Answered by ``HostMessage/socket(_:port:descriptors:)`` or
    /// ``HostMessage/socketFailed(_:_:sentence:)``.
    case listen(Reference, ForwardRequest)
    /// What came of the request is closed, or not wanted any more; what it carried.
    case closeSocket(Reference, ForwardCount)
    /// A control channel works with the session from now on, whether it attaches or not: an ``attach(_:_:)`` of the
    /// same reference is its own. Ended by ``detach(_:)``.
    case announce(Reference, by: Operator, transport: String)
    /// Its operator has no right any more to what this reference stands for: an attachment, a control channel, a
    /// program beside the terminal or a socket. It ends, and the journal has why.
    case revoke(Reference)

    /// The protocol that this code speaks. A host speaks every version up to its own.
    package static let version: UInt16 = 6
    /// Bytes of one frame's body.
    package static let bodyLimit = 256 * 1_024
}
