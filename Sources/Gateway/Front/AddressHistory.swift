import SessionModel

/// What is remembered of networks: who logged in from them within the last hour, and how much failed from there.
///
/// A penalty never shuts a network out, because a team member may be behind the same address: it makes its share of
/// the places smaller.
struct AddressHistory: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Why a connection ended that did not authenticate.
    enum Failure: Sendable {
        /// It left by itself.
        case left
        /// No key of it was accepted, or its signature was wrong.
        case authentication
        /// It took too long.
        case slow
        /// It broke the protocol.
        case protocolError

        /// What it adds to the penalty, as OpenSSH's `PerSourcePenalties` does (sshd_config(5)).
        fileprivate var cost: Duration {
            switch self {
            case .left: .seconds(1)
            case .authentication: .seconds(5)
            case .slow, .protocolError: .seconds(10)
            }
        }
    }

    static let memory = Duration.seconds(3_600)
    private static let longestPenalty = Duration.seconds(600)
    /// Networks and keys that are remembered; further ones are not while none of these has been forgotten.
    private static let loginLimit = 8_192
    private static let penaltyLimit = 16_384

    private var logins: [ClientNetwork: [Fingerprint: Instant]] = [:]
    private var loginCount = 0
    private var penalties: [ClientNetwork: Instant] = [:]

    // MARK: Logins

    mutating func noteLogin(of key: Fingerprint, from network: ClientNetwork, at now: Instant) {
        if logins[network]?[key] == nil {
            if loginCount >= Self.loginLimit { forgetOldLogins(at: now) }
            guard loginCount < Self.loginLimit else { return }
            loginCount += 1
        }
        logins[network, default: [:]][key] = now
        penalties[network] = nil
    }

    func hasLogin(from network: ClientNetwork, at now: Instant) -> Bool {
        logins[network]?.values.contains { now - $0 < Self.memory } == true
    }

    func hasLogin(of key: Fingerprint, from network: ClientNetwork, at now: Instant) -> Bool {
        logins[network]?[key].map { now - $0 < Self.memory } == true
    }

    private mutating func forgetOldLogins(at now: Instant) {
        logins = logins.mapValues { $0.filter { now - $0.value < Self.memory } }.filter { !$0.value.isEmpty }
        loginCount = logins.values.reduce(0) { $0 + $1.count }
    }

    // MARK: Penalties

    mutating func note(_ failure: Failure, from network: ClientNetwork, at now: Instant) {
        if penalties[network] == nil, penalties.count >= Self.penaltyLimit {
            penalties = penalties.filter { $0.value > now }
            guard penalties.count < Self.penaltyLimit else { return }
        }
        let end = max(now, penalties[network] ?? now) + failure.cost
        penalties[network] = min(end, now + Self.longestPenalty)
    }

    enum Penalty: Int, Comparable, Sendable {
        case none, small, large
        static func < (one: Penalty, other: Penalty) -> Bool { one.rawValue < other.rawValue }
    }

    /// A single mistake costs nothing.
    func penalty(of network: ClientNetwork, at now: Instant) -> Penalty {
        guard let end = penalties[network] else { return .none }
        switch end - now {
        case ..<Duration.seconds(15): return .none
        case ..<Duration.seconds(120): return .small
        default: return .large
        }
    }
}
