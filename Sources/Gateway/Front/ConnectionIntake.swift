import Platform
import SystemPackage

/// Takes accepted connections, keeps those that wait for a place, and hands over those that get one. Confined to the
/// loop that listens.
final class ConnectionIntake {
    typealias HandOver = (consuming OwnedDescriptor, _ peer: String, ConnectionGate.Pass) -> Void

    /// A line before the identification, which clients skip or show (RFC 4253, 4.2).
    static let refusal = Array("cmdop: too many connections that have not logged in; try again later\r\n".utf8)

    private final class Waiting {
        let socket: FileDescriptor
        let peer: String
        var isWatched = false
        private var isOwner = true

        init(_ socket: consuming OwnedDescriptor, _ peer: String) {
            self.socket = socket.release()
            self.peer = peer
        }

        deinit { if isOwner { _ = takeSocket() } }

        func refuse() { socket.sendLastWords(ConnectionIntake.refusal) }

        func takeSocket() -> OwnedDescriptor {
            isOwner = false
            return OwnedDescriptor(taking: socket)
        }
    }

    private struct WeakIntake {
        weak var intake: ConnectionIntake?
    }

    private let loop: EventLoop
    private let gate: ConnectionGate
    private let handOver: HandOver
    private var waiting: [Startups.ID: Waiting] = [:]
    private var timer: EventLoop.TimerID?
    private var isStopped = false
    /// Called when a connection was refused for want of a descriptor.
    var starved: (() -> Void)?

    init(on loop: EventLoop, gate: ConnectionGate, handOver: @escaping HandOver) {
        self.loop = loop
        self.gate = gate
        self.handOver = handOver
        let bound = LoopBound(WeakIntake(intake: self), on: loop)
        gate.carryOut { actions in loop.submit { bound.get().intake?.perform(actions) } }
    }

    /// Those that wait are closed.
    func stop() {
        isStopped = true
        if let timer { loop.cancel(timer) }
        for id in Array(waiting.keys) { _ = remove(id) }
    }

    func take(_ socket: consuming OwnedDescriptor, from peer: String) {
        let arrival = socket.borrowed.arrival
        guard !isStopped, arrival != .end else { return }
        guard OpenFileLimit.leavesReserve(socket.borrowed) || shedOne() else {
            starved?()
            return socket.borrowed.sendLastWords(Self.refusal)
        }
        let (id, actions) = gate.arrive(from: peer)
        waiting[id] = Waiting(socket, peer)
        perform(actions)
        if arrival == .bytes { perform(gate.spoke(id)) }
        if arrival == .nothing { watch(id) }
    }

    private func shedOne() -> Bool {
        let actions = gate.shed()
        perform(actions)
        return !actions.isEmpty
    }

    private func perform(_ actions: [Startups.Action]) {
        for action in actions {
            switch action {
            case .admit(let id):
                guard let startup = remove(id) else { continue }
                handOver(startup.takeSocket(), startup.peer, gate.pass(for: id))
            case .displace(let id): gate.displace(id)
            case .refuse(let id): remove(id)?.refuse()
            }
        }
        lookLater()
    }

    private func remove(_ id: Startups.ID) -> Waiting? {
        guard let startup = waiting.removeValue(forKey: id) else { return nil }
        if startup.isWatched { loop.unwatch(startup.socket) }
        return startup
    }

    /// Learns when a connection that waits says something, or goes.
    private func watch(_ id: Startups.ID) {
        guard let startup = waiting[id] else { return }
        let socket = startup.socket
        startup.isWatched = (try? loop.watch(socket, for: .readable) { [weak self] in self?.hear(id, $0) }) != nil
    }

    private func hear(_ id: Startups.ID, _ readiness: EventLoop.Readiness) {
        guard let startup = waiting[id] else { return }
        guard !readiness.contains(.hangup), startup.socket.arrival != .end else {
            _ = remove(id)
            return perform(gate.left(id))
        }
        // It is read when it has a place.
        loop.rewatch(startup.socket, for: [])
        perform(gate.spoke(id))
    }

    private func lookLater() {
        guard timer == nil, !isStopped, let delay = gate.nextLook else { return }
        timer = loop.schedule(after: delay) { [weak self] in
            guard let self else { return }
            timer = nil
            perform(gate.passTime())
        }
    }
}
