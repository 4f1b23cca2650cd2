import Control
import HostClient
import Platform
import SSHTransport
import SessionModel
import Wire

/// A channel that says something and closes.
final class LobbyChannel: SSHChannelDelegate {
    private let channel: SSHChannel
    private let hasTerminal: Bool
    private var text: ArraySlice<UInt8> = []
    private var complaint: ArraySlice<UInt8> = []
    private var status = 0

    init(channel: SSHChannel, hasTerminal: Bool) {
        self.channel = channel
        self.hasTerminal = hasTerminal
    }

    func finish(with answer: VerbAnswer) {
        // A client with a terminal has put it into raw mode: line feeds alone would make stairs.
        func bytes(_ text: String) -> ArraySlice<UInt8> {
            Array(
                (hasTerminal
                    ? text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n") : text)
                    .utf8)[...]
        }
        text = bytes(answer.text)
        complaint = bytes(answer.complaint)
        status = answer.status
        channel.delegate = self
        flush()
    }

    private func flush() {
        if !text.isEmpty { text = text.dropFirst(channel.write(text)) }
        if text.isEmpty, !complaint.isEmpty { complaint = complaint.dropFirst(channel.writeError(complaint)) }
        if text.isEmpty, complaint.isEmpty { channel.finish(status: status) }
    }

    func channelHasRoom(_ channel: SSHChannel) { flush() }
}

/// What the verbs of the lobby work with, for one caller.
final class LobbyDesk: ControlDesk {
    private static let patience = Duration.seconds(2)

    let caller: Operator
    private let client: ClientConnection
    private let transport: String

    init(client: ClientConnection, who: Operator, transport: String) {
        self.client = client
        self.transport = transport
        caller = who
    }

    var store: SessionStore { client.door.store }

    func role(in session: SessionName) -> Role? { client.role(in: session) }

    /// A host that does not answer soon is as one that is not there: it must not keep the others from being listed.
    func describe(_ session: SessionName, _ answer: @escaping (SessionDescription?) -> Void) {
        var waiting: ((SessionDescription?) -> Void)? = answer
        func settle(_ description: SessionDescription?) {
            let answer = waiting
            waiting = nil
            answer?(description)
        }
        client.door.loop.schedule(after: Self.patience) { settle(nil) }
        client.door.link(to: session, starting: nil) { outcome in
            guard case .success(let link) = outcome else { return settle(nil) }
            link.describe { settle($0) }
        }
    }

    func end(_ session: SessionName, _ answer: @escaping (Bool) -> Void) {
        client.door.link(to: session, starting: nil) { outcome in
            guard case .success(let link) = outcome else { return answer(false) }
            link.end(by: self.caller, over: self.transport)
            answer(true)
        }
    }
}
