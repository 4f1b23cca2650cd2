package import SessionModel

/// What kind of thing an operator has open to a session.
///
/// The raw value is on the wire and in journals.
package enum ChannelKind: UInt8, Hashable, Sendable, CaseIterable {
    /// A view of the session's terminal: `ssh NAME@host`.
    case terminal = 1
    /// A private shell beside the terminal: `ssh -T NAME@host`.
    case shell = 2
    /// A command beside the terminal.
    case exec = 3
    case sftp = 4
    /// One connection from the operator's machine into the session: `ssh -L`, `-D` and `-W`.
    case forward = 5
    /// A port that is listened on inside the session, with what came in by it: `ssh -R`.
    case listener = 6
    /// A script's or an agent's requests: `cmdop-control` and `cmdop-mcp`.
    case control = 7

    package var word: String {
        switch self {
        case .terminal: "terminal"
        case .shell: "shell"
        case .exec: "exec"
        case .sftp: "sftp"
        case .forward: "forward"
        case .listener: "listener"
        case .control: "control"
        }
    }
}

/// Something that an operator has open to a session.
package struct OpenedChannel: Hashable, Sendable {
    /// By which it is removed; no two channels of an incarnation have the same, whatever their kinds.
    package var id: AttachmentID
    package var kind: ChannelKind
    package var who: Operator
    /// For people and the journal: `ssh 192.0.2.7:51034`.
    package var transport: String
    /// The command, or the place of a forward; empty where the kind says all.
    package var detail: String

    package init(id: AttachmentID, kind: ChannelKind, who: Operator, transport: String, detail: String) {
        self.id = id
        self.kind = kind
        self.who = who
        self.transport = transport
        self.detail = detail
    }
}

/// One open channel as `who` shows it.
package struct OpenedDescription: Hashable, Sendable {
    package var channel: OpenedChannel
    package var openFor: Duration

    package init(channel: OpenedChannel, openFor: Duration) {
        self.channel = channel
        self.openFor = openFor
    }
}

// Layout: `Formats/host-protocol.md`, "An opened channel".

extension ByteWriter {
    mutating func put(_ channel: OpenedChannel) {
        put(channel.id.rawValue)
        put(channel.kind.rawValue)
        put(channel.who)
        put(channel.transport)
        put(channel.detail)
    }

    mutating func put(_ description: OpenedDescription) {
        put(description.channel)
        put(description.openFor)
    }
}

extension ByteReader {
    mutating func openedChannel() throws(WireError) -> OpenedChannel {
        let id = AttachmentID(rawValue: try number())
        guard let kind = ChannelKind(rawValue: try number()) else { throw .invalid("channel kind") }
        return OpenedChannel(
            id: id, kind: kind, who: try vouchedOperator(), transport: try text(), detail: try text())
    }

    mutating func openedDescription() throws(WireError) -> OpenedDescription {
        OpenedDescription(channel: try openedChannel(), openFor: try duration())
    }
}
