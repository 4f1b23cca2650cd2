import Platform
import SSHTransport
import SessionModel
import SystemPackage
import Wire

/// Where `ssh -R` listens inside a session: what comes in is offered to the client, no faster than it takes it.
final class RemoteListener {
    private let offer: SSHForwardedOffer
    private var sockets: [SharedDescriptor]
    private weak var connection: SSHConnection?
    private let loop: EventLoop
    private let board: ForwardBoard
    private let key: Fingerprint
    private var channels: [ObjectIdentifier: ForwardChannel] = [:]
    /// Offered, and not yet answered.
    private var pending: [ObjectIdentifier: (SharedDescriptor, ForwardBoard.Place)] = [:]
    private var retry: EventLoop.TimerID?
    private var drained: (() -> Void)?
    private(set) var isOpen = true
    private(set) var count = ForwardCount(connections: 0, bytesIn: 0, bytesOut: 0)

    /// - Parameters:
    ///   - address: as the client asked.
    ///   - port: on which the sockets listen.
    ///   - drained: called once, when it was stopped and the last connection has ended.
    init(
        _ sockets: [FileDescriptor], address: String, port: UInt16, for connection: SSHConnection, of client: Client,
        drained: @escaping () -> Void
    ) {
        offer = SSHForwardedOffer(address: address, port: port, originator: "", originatorPort: 0)
        self.sockets = sockets.map { SharedDescriptor(taking: $0) }
        self.connection = connection
        loop = client.door.loop
        board = client.door.forwards
        key = client.who.key.fingerprint
        self.drained = drained
        for socket in self.sockets {
            try? socket.borrowed.setNonBlocking()
            try? loop.watch(socket.borrowed, for: .readable) { [weak self] _ in self?.accept(from: socket) }
        }
    }

    var port: UInt16 { offer.port }

    /// Listens no more; what came in before goes on until it ends, as under sshd.
    func stopListening() {
        guard isOpen else { return }
        isOpen = false
        if let retry { loop.cancel(retry) }
        retry = nil
        for socket in sockets {
            loop.unwatch(socket.borrowed)
        }
        sockets = []
        loop.afterThisRound { [weak self] in self?.noteDrained() }
    }

    private func noteDrained() {
        guard !isOpen, channels.isEmpty, pending.isEmpty else { return }
        let drained = drained
        self.drained = nil
        drained?()
    }

    func close() {
        stopListening()
        pending = [:]
        for channel in channels.values { channel.close() }
    }

    private func accept(from listener: SharedDescriptor) {
        guard isOpen else { return }
        guard let connection, connection.takesOffers, let place = try? board.takePlace(for: key).get() else {
            return pause()
        }
        let accepted: InternetPeer
        do {
            guard let next = try InternetPeer.accept(from: listener.borrowed) else { return }
            accepted = next
        } catch {
            // Without a descriptor to spare, whoever waits would make the loop spin.
            return pause()
        }
        var offer = offer
        offer.originator = accepted.address
        offer.originatorPort = accepted.port
        let socket = SharedDescriptor(taking: accepted.descriptor)
        let id = ObjectIdentifier(socket)
        pending[id] = (socket, place)
        connection.offer(offer) { [weak self] channel in
            guard let channel else {
                self?.pending[id] = nil
                self?.noteDrained()
                return
            }
            guard let self, let (socket, place) = pending.removeValue(forKey: id) else { return channel.close() }
            splice(channel, socket, place)
        }
    }

    /// The kernel keeps who comes meanwhile, up to its limit.
    private func pause() {
        for socket in sockets { loop.rewatch(socket.borrowed, for: []) }
        guard retry == nil else { return }
        retry = loop.schedule(after: .milliseconds(50)) { [weak self] in
            guard let self, isOpen else { return }
            retry = nil
            for socket in sockets { loop.rewatch(socket.borrowed, for: .readable) }
        }
    }

    private func splice(_ channel: SSHChannel, _ socket: SharedDescriptor, _ place: ForwardBoard.Place) {
        count.connections += 1
        let forward = ForwardChannel(channel, socket, on: loop) { [weak self] forward in
            // Given back with this closure, which is called once.
            withExtendedLifetime(place) {}
            guard let self else { return }
            channels[ObjectIdentifier(forward)] = nil
            count.bytesIn += forward.bytesIn
            count.bytesOut += forward.bytesOut
            noteDrained()
        }
        channels[ObjectIdentifier(forward)] = forward
    }
}
