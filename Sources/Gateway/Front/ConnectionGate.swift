import Platform
import SessionModel
private import Synchronization

/// Which of the connections that have not authenticated are served: ``Startups``, shared by all loops.
package final class ConnectionGate: Sendable {
    private struct State {
        var startups: Startups
        var last: UInt64 = 0
        var displacing: [Startups.ID: @Sendable () -> Void] = [:]
        /// Carries out what other loops' events bring about.
        var carryOut: (@Sendable ([Startups.Action]) -> Void)?
    }

    private let state: Mutex<State>

    package convenience init() { self.init(limits: StartupLimits(descriptors: OpenFileLimit.room)) }

    init(limits: StartupLimits) { state = Mutex(State(startups: Startups(limits: limits))) }

    /// The address in `192.0.2.7:51034` and `[2001:db8::7]:51034`; what has no port is an address already.
    static func address(of peer: String) -> String {
        if peer.hasPrefix("[") { return String(peer.dropFirst().prefix { $0 != "]" }) }
        let parts = peer.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : peer
    }

    // MARK: The loop that listens

    func carryOut(by body: @escaping @Sendable ([Startups.Action]) -> Void) {
        state.withLock { $0.carryOut = body }
    }

    /// A connection came; what is done about it need not concern it alone.
    func arrive(from peer: String) -> (Startups.ID, [Startups.Action]) {
        let network = ClientNetwork(Self.address(of: peer))
        return state.withLock { state in
            state.last += 1
            let id = Startups.ID(rawValue: state.last)
            return (id, state.startups.arrive(id, from: network, at: .now))
        }
    }

    /// A connection that waits has said something.
    func spoke(_ id: Startups.ID) -> [Startups.Action] { state.withLock { $0.startups.spoke(id, at: .now) } }

    /// A connection that waited has gone.
    func left(_ id: Startups.ID) -> [Startups.Action] { state.withLock { $0.startups.leave(id, at: .now) } }

    func passTime() -> [Startups.Action] { state.withLock { $0.startups.pass(to: .now) } }

    var nextLook: Duration? { state.withLock { $0.startups.nextLook } }

    /// Who leaves because the process runs out of descriptors.
    func shed() -> [Startups.Action] { state.withLock { $0.startups.shed(at: .now) } }

    func pass(for id: Startups.ID) -> Pass { Pass(id: id, gate: self) }

    /// It lost its place.
    func displace(_ id: Startups.ID) { state.withLock { $0.displacing.removeValue(forKey: id) }?() }

    // MARK: The loops that serve

    private func leave(_ id: Startups.ID, _ change: (inout Startups) -> [Startups.Action]) {
        let (actions, carryOut) = state.withLock { state in
            state.displacing[id] = nil
            return (change(&state.startups), state.carryOut)
        }
        if !actions.isEmpty { carryOut?(actions) }
    }

    /// A place among those that are served; given back when it is dropped.
    final class Pass: Sendable {
        private let id: Startups.ID
        private let gate: ConnectionGate

        fileprivate init(id: Startups.ID, gate: ConnectionGate) {
            self.id = id
            self.gate = gate
        }

        deinit { leave(nil) }

        /// Calls the closure once if the place is lost, on any thread; at once if it is lost already.
        func whenDisplaced(_ body: @escaping @Sendable () -> Void) {
            let isLost = gate.state.withLock { state in
                guard state.startups.stage(of: id) != nil else { return true }
                state.displacing[id] = body
                return false
            }
            if isLost { body() }
        }

        func reached(_ stage: Startups.Stage) { gate.state.withLock { $0.startups.advance(id, to: stage) } }

        func named(_ key: Fingerprint) { gate.state.withLock { $0.startups.named(key, by: id, at: .now) } }

        func authenticated(with key: Fingerprint) {
            gate.leave(id) { $0.authenticated(id, with: key, at: .now) }
        }

        func failed(_ failure: AddressHistory.Failure) { leave(failure) }

        private func leave(_ failure: AddressHistory.Failure?) {
            gate.leave(id) { $0.leave(id, because: failure, at: .now) }
        }
    }
}
