/// Where a session is in its life, as far as one can see from outside.
package enum SessionStatus: Hashable, Sendable {
    case live
    /// Its shell ended, and other processes of it are still there.
    case ending
    /// All its processes have ended; the shell with a status as `wait` would say it: 128 + n for signal n.
    case ended(status: Int)
    /// Its host process is gone without having said why.
    case lost

    package var name: String {
        switch self {
        case .live: "live"
        case .ending: "ending"
        case .ended: "ended"
        case .lost: "lost"
        }
    }
}
