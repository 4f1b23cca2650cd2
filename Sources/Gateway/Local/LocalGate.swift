import Platform
private import Synchronization

/// How many connections each user of this machine has open on the local sockets. Shared by all loops.
final class LocalGate: Sendable {
    private struct Counts {
        var all = 0
        var byUser: [UInt32: Int] = [:]
    }

    private let limit: Int
    private let limitByUser: Int
    private let counts = Mutex(Counts())

    convenience init() { self.init(limit: min(1_000, max(16, OpenFileLimit.room / 4))) }

    /// One user may have half of them: the others, and the server's own, must get in.
    init(limit: Int) {
        self.limit = limit
        limitByUser = limit / 2
    }

    /// For one connection, until it is dropped; `nil` where the user, or all users, have as many as they may.
    func take(for user: UInt32) -> Place? {
        let isFree = counts.withLock { counts in
            guard counts.all < limit, counts.byUser[user, default: 0] < limitByUser else { return false }
            counts.all += 1
            counts.byUser[user, default: 0] += 1
            return true
        }
        return isFree ? Place(user: user, gate: self) : nil
    }

    private func giveBack(_ user: UInt32) {
        counts.withLock { counts in
            counts.all -= 1
            counts.byUser[user, default: 1] -= 1
            if counts.byUser[user] == 0 { counts.byUser[user] = nil }
        }
    }

    final class Place: Sendable {
        private let user: UInt32
        private let gate: LocalGate

        fileprivate init(user: UInt32, gate: LocalGate) {
            self.user = user
            self.gate = gate
        }

        deinit { gate.giveBack(user) }
    }
}
