import Platform
import SessionModel
private import Synchronization

/// How many connections and forwards each key has open, so that one key can not use all that the server has. Shared by
/// all loops.
package final class KeyConnections: Sendable {
    private let counts = Mutex<[Fingerprint: Int]>([:])
    /// Of one key.
    let limit: Int

    package convenience init() { self.init(limit: Self.limit(descriptors: OpenFileLimit.room)) }

    init(limit: Int) { self.limit = limit }

    /// Half of what half of the descriptors are enough for: others must get in, and each connection needs some for what
    /// it runs.
    static func limit(descriptors: Int) -> Int { min(1_000, max(4, descriptors / 4)) }

    /// For one connection, until it is dropped; `nil` where the key has as many as it may.
    func take(for key: Fingerprint) -> Place? {
        let isFree = counts.withLock { counts in
            guard counts[key, default: 0] < limit else { return false }
            counts[key, default: 0] += 1
            return true
        }
        return isFree ? Place(key: key, connections: self) : nil
    }

    private func giveBack(_ key: Fingerprint) {
        counts.withLock { counts in
            counts[key, default: 1] -= 1
            if counts[key] == 0 { counts[key] = nil }
        }
    }

    final class Place: Sendable {
        private let key: Fingerprint
        private let connections: KeyConnections

        fileprivate init(key: Fingerprint, connections: KeyConnections) {
            self.key = key
            self.connections = connections
        }

        deinit { connections.giveBack(key) }
    }
}
