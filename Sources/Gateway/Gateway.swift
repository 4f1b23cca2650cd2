package import HostClient
package import Logging
import Observability
package import Platform
package import SSHTransport
private import SessionModel
package import SystemPackage

/// What every loop of the gateway is given at start.
package struct GatewaySetup: Sendable {
    package var store: SessionStore
    package var access: Access
    package var hostKeyFiles: [String]
    package var limits: SSHLimits
    package var logger: Logger
    /// These are of all loops.
    package let gate = ConnectionGate()
    package let keyConnections = KeyConnections()
    package let loginFailures: LoginFailures
    let localGate = LocalGate()
    let forwards = ForwardBoard()

    package init(
        store: SessionStore, access: Access, hostKeyFiles: [String],
        limits: SSHLimits, logger: Logger
    ) {
        self.store = store
        self.access = access
        self.hostKeyFiles = hostKeyFiles
        self.limits = limits
        self.logger = logger
        loginFailures = LoginFailures(logger: logger)
    }
}

/// The server: listeners on the main loop, connections spread over the others.
///
/// It holds no session state that it could not ask hosts for again, so it can be killed at any moment.
package final class Gateway {
    private static let patience = Duration.seconds(2)
    private static let starvedPause = Duration.seconds(60)

    private let loop: EventLoop
    private let fronts: [Front]
    private let logger: Logger
    private let localGate: LocalGate
    private var intake: ConnectionIntake?
    private var listeners: [SSHListener] = []
    private var localListeners: [LocalListener] = []
    private var next = 0
    private let retention: Retention
    private var isStopping = false
    private var starvedAt: ContinuousClock.Instant?

    /// - Parameter launchers: one for each loop that connections are spread over.
    package init(_ setup: GatewaySetup, on loop: EventLoop, launchers: [Launcher.PortBox]) throws {
        self.loop = loop
        logger = setup.logger
        localGate = setup.localGate
        retention = Retention(setup, on: loop)
        fronts = try launchers.map { _ in Front(loop: try EventLoop()) }
        for (front, launcher) in zip(fronts, launchers) {
            // Here, before its thread is there: what fails is thrown, and a server that gives up ends undisturbed.
            front.loop.adopt()
            try front.assumeIsolated { try $0.open(setup, launcher: launcher) }
            front.loop.runOnNewThread()
        }
        intake = ConnectionIntake(on: loop, gate: setup.gate) { [weak self] in self?.accept($0, from: $1, $2) }
        intake?.starved = { [weak self] in self?.noteStarved(.tooManyOpenFiles) }
    }

    /// Listens on an address; the port is the kernel's choice where it is 0.
    package func listen(on address: ListenAddress) throws(SSHError) -> UInt16 {
        let refusal = ConnectionIntake.refusal
        let listener = try SSHListener(on: "\(address)", loop: loop, refusal: refusal) { [weak self] socket, peer in
            self?.intake?.take(socket, from: peer)
        }
        listener.starved = { [weak self] in self?.noteStarved($0) }
        listeners.append(listener)
        let port = listener.port
        for front in fronts { front.loop.submit { front.assumeIsolated { $0.note(serverPort: port) } } }
        return port
    }

    private func accept(_ socket: consuming OwnedDescriptor, from peer: String, _ pass: ConnectionGate.Pass) {
        let descriptor = socket.release()
        let front = nextFront()
        front.loop.submit {
            front.assumeIsolated { $0.accept(OwnedDescriptor(taking: descriptor), from: peer, pass) }
        }
    }

    /// Says at most once in a while that there are no descriptors left.
    private func noteStarved(_ error: Errno) {
        guard starvedAt.map({ ContinuousClock.now - $0 > Self.starvedPause }) ?? true else { return }
        starvedAt = .now
        logger.warning("no descriptor left for a connection", metadata: fields([.error: "\(error)"]))
    }

    /// Listens on a local socket; who may use it, the configuration says.
    package func listen(locally listener: LocalListener) throws(Errno) {
        try listener.start(on: loop, starved: { [weak self] in self?.noteStarved($0) }) { [weak self] in
            self?.accept($0, from: $1)
        }
        localListeners.append(listener)
    }

    private func accept(_ socket: consuming OwnedDescriptor, from peer: LocalPeer) {
        guard OpenFileLimit.leavesReserve(socket.borrowed) else {
            noteStarved(.tooManyOpenFiles)
            return socket.borrowed.sendLastWords(LocalListener.refusal)
        }
        guard let place = localGate.take(for: peer.number) else {
            return socket.borrowed.sendLastWords(LocalListener.refusal)
        }
        let descriptor = socket.release()
        let front = nextFront()
        front.loop.submit {
            front.assumeIsolated { $0.accept(OwnedDescriptor(taking: descriptor), from: peer, place) }
        }
    }

    private func nextFront() -> Front {
        next += 1
        return fronts[next % fronts.count]
    }

    /// New keys or rules: known to every loop within this round.
    package func apply(_ access: Access) {
        for front in fronts { front.loop.submit { front.assumeIsolated { $0.apply(access) } } }
        retention.apply(access.configuration)
        logger.info("access rules read", metadata: fields([.count: "\(access.roster.members.count)"]))
    }

    /// Stops in order: everybody attached is told and gets their terminal back, sessions stay.
    package func stop() {
        guard !isStopping else { return }
        isStopping = true
        retention.stop()
        for listener in listeners { listener.stop() }
        intake?.stop()
        for listener in localListeners { listener.stop() }
        for front in fronts { front.loop.submit { front.assumeIsolated { $0.drain() } } }
        waitForConnections(until: ContinuousClock.now.advanced(by: Self.patience))
    }

    private func waitForConnections(until deadline: ContinuousClock.Instant) {
        let counting = Counting(missing: fronts.count)
        for front in fronts {
            front.loop.submit { [loop] in
                let count = front.assumeIsolated { $0.connectionCount }
                loop.submit { counting.add(count) }
            }
        }
        loop.schedule(after: .milliseconds(20)) { [loop] in
            if counting.total == 0 || ContinuousClock.now > deadline { return loop.stop() }
            self.waitForConnections(until: deadline)
        }
    }
}
