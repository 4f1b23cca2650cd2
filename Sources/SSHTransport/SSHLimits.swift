/// What a client may cost. libssh limits none of it.
package struct SSHLimits: Sendable {
    /// How long a client may take to authenticate.
    package var graceTime: Duration = .seconds(30)
    /// How long a client may stay quiet after a request that libssh dropped without an answer, as it does with a
    /// signature that is wrong or of a kind that is not accepted.
    package var unansweredGrace: Duration = .seconds(2)
    /// Failed attempts to authenticate; the last of them ends the connection.
    package var authAttempts = 6
    /// Keys that a client may ask about; the question after them ends the connection.
    package var keyQueries = 15
    /// Packets that a client may send before it is authenticated.
    package var packetsBeforeAuth = 96
    /// Session channels of one connection; more are refused.
    package var channels = 64
    /// Channels of one connection that carry forwards, with those that are asked for; more are refused.
    package var forwardChannels = 256
    /// Wishes to listen that a client may wait for answers to; more end the connection. Offers, the other way round.
    package var pendingForwards = 100
    /// Bytes of a channel that libssh may hold unread. An honest client stays below it: libssh opens the window to
    /// 1,280,000 while window and unread bytes together are below half of that.
    package var inboundUnreadCap = 2_000_000
    /// Bytes that libssh may hold for a client that is not authenticated.
    package var outboundCapBeforeAuth = 64 << 10
    /// Bytes that libssh may hold for a client; above it nothing more is read from that client.
    package var outboundCap = 1 << 20
    /// How long a client may stay above ``outboundCap``, or leave a key exchange unanswered.
    package var stallGrace: Duration = .seconds(60)
    /// Bytes on their way to one channel, whatever window it grants.
    package var inFlight = 128 << 10
    /// How often a silent client is asked whether it is there.
    package var keepaliveInterval: Duration = .seconds(30)
    /// How many intervals a client may stay silent after it was asked.
    package var keepaliveMisses = 3
    /// Bytes in one direction after which new keys are agreed on.
    package var rekeyBytes: UInt64 = 1 << 30
    package var environmentVariables = 64
    /// Bytes of an environment variable's value.
    package var environmentValueLength = 256
    /// Bytes of a command.
    package var requestLength = 128 << 10
    /// Bytes of a user's, subsystem's or terminal's name.
    package var nameLength = 256

    package init() {}
}
