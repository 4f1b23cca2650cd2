private import Synchronization

/// Bounds connections that have not authenticated: in all, and from one address. Shared by all loops.
package final class ConnectionGate: Sendable {
    private struct Counts {
        var all = 0
        var byAddress: [String: Int] = [:]
    }

    private let limit: Int
    private let limitByAddress: Int
    private let counts = Mutex(Counts())

    package init(limit: Int = 1_000, limitByAddress: Int = 200) {
        self.limit = limit
        self.limitByAddress = limitByAddress
    }

    /// A place for a connection that has yet to authenticate; `nil` when there is none.
    func admit(_ peer: String) -> Pass? {
        let address = Self.address(of: peer)
        let isAdmitted = counts.withLock { counts in
            guard counts.all < limit, counts.byAddress[address, default: 0] < limitByAddress else { return false }
            counts.all += 1
            counts.byAddress[address, default: 0] += 1
            return true
        }
        return isAdmitted ? Pass(address: address, gate: self) : nil
    }

    /// The address in `192.0.2.7:51034` and `[2001:db8::7]:51034`; what has no port is an address already.
    static func address(of peer: String) -> String {
        if peer.hasPrefix("[") { return String(peer.dropFirst().prefix { $0 != "]" }) }
        let parts = peer.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : peer
    }

    fileprivate func giveBack(_ address: String) {
        counts.withLock { counts in
            counts.all -= 1
            counts.byAddress[address, default: 1] -= 1
            if counts.byAddress[address] == 0 { counts.byAddress[address] = nil }
        }
    }

    /// A place among the unauthenticated; given back when it is dropped.
    final class Pass {
        private let address: String
        private let gate: ConnectionGate

        fileprivate init(address: String, gate: ConnectionGate) {
            self.address = address
            self.gate = gate
        }

        deinit { gate.giveBack(address) }
    }
}
