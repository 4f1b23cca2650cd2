/// What a key's own line takes away from what the configuration grants. It never adds anything.
package struct KeyLimits: Hashable, Sendable {
    /// The highest role that the key may have; nil for no limit.
    package var role: Role?
    /// The sessions that the key is good for; nil for all.
    package var sessions: [Glob]?
    package var allowsTerminal = true
    package var allowsPortForwarding = true
    /// The last second at which the key is good, since 1970; nil for no end.
    package var expiresAt: Int64?

    package init() {}

    /// Takes nothing away.
    package static let none = KeyLimits()

    /// The role left of one that was granted in a session, or nil.
    package func narrow(_ granted: Role, in session: SessionName) -> Role? {
        if let sessions, !sessions.contains(where: { $0.matches(session.text) }) { return nil }
        guard let role else { return granted }
        return min(granted, role)
    }

    package func isExpired(at now: Int64) -> Bool {
        guard let expiresAt else { return false }
        return now > expiresAt
    }
}
