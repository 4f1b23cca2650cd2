package import SessionModel

/// Decides for a connection, and hears of it. All calls come on the connection's loop.
///
/// The first three are questions: libssh waits for the answer, so they answer from values and call nothing of the
/// connection or its channels.
package protocol SSHConnectionDelegate: AnyObject {
    /// Whether it is worth the client's while to sign with the key. Grants nothing.
    func connection(_ connection: SSHConnection, wouldAdmit key: OfferedKey, user: String) -> Bool
    /// Whether the client may come in; its signature was verified. `user` and `key` are set when this was true.
    func connection(_ connection: SSHConnection, admit key: VerifiedKey, user: String) -> Bool
    /// Whether a channel may become this; a refusal is what the client sees at once.
    func connection(_ connection: SSHConnection, accepts start: SSHStart, terminal: SSHTerminalRequest?) -> Bool

    /// A channel is there; set its delegate now.
    func connection(_ connection: SSHConnection, opened channel: SSHChannel)
    /// Answer the request, now or later.
    func connection(_ connection: SSHConnection, asksToConnect request: SSHOpenRequest)
    /// Answer the request, now or later; there is no other until then.
    func connection(_ connection: SSHConnection, asksToListen request: SSHListenRequest)
    /// The client got further; not told of the last step, being admitted.
    func connection(_ connection: SSHConnection, reached progress: SSHProgress)
    /// The last call; the channels were told before.
    func connectionClosed(_ connection: SSHConnection, reason: SSHCloseReason)
}

/// What a delegate does that forwards nothing.
extension SSHConnectionDelegate {
    package func connection(_ connection: SSHConnection, asksToConnect request: SSHOpenRequest) {
        request.refuse(.prohibited, "forwards are not offered here")
    }
    package func connection(_ connection: SSHConnection, asksToListen request: SSHListenRequest) { request.refuse() }
    package func connection(_ connection: SSHConnection, reached progress: SSHProgress) {}
}

/// Hears of a channel. All calls come on the connection's loop, never from inside a call of the channel's.
package protocol SSHChannelDelegate: AnyObject {
    /// What the channel is to be, once.
    func channel(
        _ channel: SSHChannel, started start: SSHStart, terminal: SSHTerminalRequest?,
        environment: [(name: String, value: String)])
    func channel(_ channel: SSHChannel, received bytes: [UInt8])
    func channel(_ channel: SSHChannel, resizedTo columns: Int, rows: Int)
    /// A signal's name without SIG, as RFC 4254 section 6.10 spells it.
    func channel(_ channel: SSHChannel, signalled name: String)
    /// Nothing more will be received.
    func channelEndOfInput(_ channel: SSHChannel)
    /// More can be written, after a write took less than it was given or ``SSHChannel/room`` was 0.
    func channelHasRoom(_ channel: SSHChannel)
    /// The client throws away what is written: its own output has failed. Nobody reads a command's output any more.
    func channelDiscards(_ channel: SSHChannel)
    /// The last call: both sides closed it, or the connection is gone.
    func channelClosed(_ channel: SSHChannel)
}

extension SSHChannelDelegate {
    package func channelDiscards(_ channel: SSHChannel) {}
}
