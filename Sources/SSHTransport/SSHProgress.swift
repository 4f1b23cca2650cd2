/// How far a client got that has not authenticated.
package enum SSHProgress: Int, Comparable, Sendable {
    case connected
    /// It said something.
    case identified
    /// The key exchange is over: it asked for a service.
    case keysExchanged

    package static func < (one: SSHProgress, other: SSHProgress) -> Bool { one.rawValue < other.rawValue }
}
