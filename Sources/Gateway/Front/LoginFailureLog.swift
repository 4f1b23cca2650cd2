/// Which connections that ended before authentication get a line in the log, and which are only counted.
///
/// The first of each network has one at once, for tools that read addresses there; those that follow are summed up.
struct LoginFailureLog: Sendable {
    typealias Instant = ContinuousClock.Instant

    struct Summary: Hashable, Sendable {
        /// `nil`: those of networks that had no line of their own.
        let address: String?
        let count: Int
    }

    private struct Entry {
        let address: String
        var due: Instant
        var pause: Duration
        var count = 0
    }

    /// How long connections are summed up: longer while more come.
    private static let firstPause = Duration.seconds(10)
    private static let longestPause = Duration.seconds(300)
    /// Lines that may be written at once for networks that had none lately, and how many more each second.
    private static let burst = 1_000.0
    private static let rate = 20.0
    private static let networkLimit = 8_192

    private var entries: [ClientNetwork: Entry] = [:]
    private var others = 0
    private var othersSince: Instant?
    private var tokens = LoginFailureLog.burst
    private var refilled: Instant?

    /// - Returns: whether it has a line of its own.
    mutating func note(_ address: String, at now: Instant) -> Bool {
        let network = ClientNetwork(address)
        guard entries[network] == nil else {
            entries[network]?.count += 1
            return false
        }
        refill(at: now)
        guard tokens >= 1, entries.count < Self.networkLimit else {
            others += 1
            othersSince = othersSince ?? now
            return false
        }
        tokens -= 1
        entries[network] = Entry(address: address, due: now + Self.firstPause, pause: Self.firstPause)
        return true
    }

    /// What has been summed up long enough.
    mutating func summaries(at now: Instant) -> [Summary] {
        var found: [Summary] = []
        for (network, entry) in entries where entry.due <= now {
            guard entry.count > 0 else {
                entries[network] = nil
                continue
            }
            found.append(Summary(address: entry.address, count: entry.count))
            let pause = min(entry.pause * 2, Self.longestPause)
            entries[network] = Entry(address: entry.address, due: now + pause, pause: pause)
        }
        if let since = othersSince, now - since >= Self.firstPause {
            found.append(Summary(address: nil, count: others))
            (others, othersSince) = (0, nil)
        }
        return found
    }

    private mutating func refill(at now: Instant) {
        let (seconds, attoseconds) = (now - (refilled ?? now)).components
        tokens = min(Self.burst, tokens + Self.rate * (Double(seconds) + Double(attoseconds) / 1e18))
        refilled = now
    }
}
