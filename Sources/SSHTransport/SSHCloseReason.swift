/// Why a connection ended.
package enum SSHCloseReason: Hashable, Sendable {
    /// The client said goodbye or its end of the transport went away; what libssh says, quoted.
    case peerLeft(String)
    /// ``SSHConnection/disconnect(_:)``.
    case disconnected
    /// ``SSHConnection/closeWhenIdle(within:)``.
    case idle
    /// No authentication within ``SSHLimits/graceTime``.
    case graceExpired
    /// A request to authenticate that libssh dropped: its signature was wrong, or of a kind that is not accepted.
    case unansweredRequest
    case tooManyAttempts
    case tooManyQueries
    case tooManyPackets
    /// The client asked for another service than authentication.
    case wrongService
    /// The client changed the user name between two requests.
    case userChanged
    /// The client sent beyond the window of a channel.
    case inboundOverrun
    /// The client does not read what it asked for.
    case outboundOverrun
    /// The client asked for more than it waited for answers to.
    case tooManyRequests
    /// The client left a key exchange unfinished.
    case rekeyStalled
    /// The client answered nothing.
    case unresponsive
    /// ``SSHConnection/displace()``.
    case displaced

    /// A word for logs and metrics.
    package var code: String {
        switch self {
        case .peerLeft: "peer-left"
        case .disconnected: "disconnected"
        case .idle: "idle"
        case .graceExpired: "grace-expired"
        case .unansweredRequest: "unanswered-request"
        case .tooManyAttempts: "too-many-attempts"
        case .tooManyQueries: "too-many-queries"
        case .tooManyPackets: "too-many-packets"
        case .wrongService: "wrong-service"
        case .userChanged: "user-changed"
        case .inboundOverrun: "inbound-overrun"
        case .outboundOverrun: "outbound-overrun"
        case .tooManyRequests: "too-many-requests"
        case .rekeyStalled: "rekey-stalled"
        case .unresponsive: "unresponsive"
        case .displaced: "displaced"
        }
    }

    /// What the client is told, where it can still be told something.
    var message: String {
        switch self {
        case .peerLeft, .disconnected, .idle: "goodbye"
        case .graceExpired: "authentication took too long"
        case .unansweredRequest: "the signature was not accepted; RSA keys need rsa-sha2-256 or rsa-sha2-512"
        case .tooManyAttempts, .tooManyQueries: "Too many authentication failures"
        case .tooManyPackets: "too many packets before authentication"
        case .wrongService: "that service is not offered here"
        case .userChanged: "the user name may not change during authentication"
        case .inboundOverrun: "more was sent than the window allows"
        case .outboundOverrun: "nothing was read for too long"
        case .tooManyRequests: "too many requests at once"
        case .rekeyStalled: "the key exchange took too long"
        case .unresponsive: "no answer"
        case .displaced: "too many connections that have not logged in; try again later"
        }
    }
}
