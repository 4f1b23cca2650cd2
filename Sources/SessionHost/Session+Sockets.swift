import Platform
import SessionModel
import SystemPackage
import Wire

/// The sockets that front-ends have from inside the session, and those that are being made.
struct SessionSockets {
    /// Of a front-end's request.
    struct Key: Hashable {
        let frontEnd: UInt32
        let reference: Reference
    }

    /// Asked for while the place of the session is being made, or while too many others are.
    var waiting: Set<Key> = []
    /// Of those that wait for others, the oldest first; some may not be wanted any more.
    var queue: [() -> Void] = []
    var making: [Key: SocketMaker] = [:]
    var open: [Key: OpenSocket] = [:]
}

/// A socket that a front-end has.
struct OpenSocket {
    let channel: OpenedChannel
    let since: Moment
    var forward: ForwardRecord
    /// Whether it was ended because of its operator's rights, or by a lead; its front-end closes it.
    var isEnding = false
}

extension Session {
    /// Sockets of one session that front-ends hold or wait for, and processes that make some at one time.
    private static let socketLimit = 1_000
    private static let makerLimit = 32

    /// Has a process inside the session make the socket, so that the far end sees the session's user and network.
    func open(
        _ direction: ForwardDirection, _ reference: Reference, _ request: ForwardRequest, for frontEnd: FrontEnd
    ) {
        let key = SessionSockets.Key(frontEnd: frontEnd.id, reference: reference)
        func fail(_ failure: SocketFailure, _ sentence: String) {
            frontEnd.send(.socketFailed(reference, failure, sentence: sentence))
        }
        guard !isOver else { return fail(.failed, "the session is over") }
        guard sockets.making[key] == nil, sockets.open[key] == nil else { return frontEnd.close() }
        if whenPlaceIsThere({ [weak self] in self?.goOn(direction, key, request, for: frontEnd) }) {
            sockets.waiting.insert(key)
            return
        }
        guard isPlaceThere else { return fail(.failed, refuseForWantOfPlace()) }
        guard !isFrozen else { return fail(.failed, Self.frozenSentence) }
        guard sockets.making.count + sockets.waiting.count + sockets.open.count < Self.socketLimit else {
            return fail(.tooMany, "\(Self.socketLimit) forwards of this session are open; close some first")
        }
        guard sockets.making.count < Self.makerLimit else {
            sockets.waiting.insert(key)
            sockets.queue.append { [weak self] in self?.goOn(direction, key, request, for: frontEnd) }
            return
        }
        guard OpenFileLimit.hasRoom(for: Self.descriptorsOfStart) else { return fail(.tooMany, Self.fullSentence()) }
        do {
            sockets.making[key] = try SocketMaker.start(
                Self.arguments(direction, request), { inside($0) }, on: loop
            ) { [weak self, weak frontEnd] outcome in
                guard let self, let frontEnd else { return }
                self.made(key, direction, request, outcome, for: frontEnd)
            }
        } catch let failure as SpawnFailure {
            fail(.failed, failure.sentence(about: inside([])))
        } catch {
            fail(.failed, "the session's host can not make a socket: \(error)")
        }
    }

    /// What it waited for is there; the socket may not be wanted any more.
    private func goOn(
        _ direction: ForwardDirection, _ key: SessionSockets.Key, _ request: ForwardRequest, for frontEnd: FrontEnd
    ) {
        guard sockets.waiting.remove(key) != nil else { return }
        open(direction, key.reference, request, for: frontEnd)
    }

    private static func arguments(_ direction: ForwardDirection, _ request: ForwardRequest) -> [String] {
        switch direction {
        case .inwards:
            let ports = request.serverPorts.map(String.init).joined(separator: ",")
            return ["connect", request.host, String(request.port), ports, NetworkNamespace.current]
        case .outwards:
            return ["listen", request.host, String(request.port), request.isPublic ? "any" : "loopback"]
        }
    }

    private func made(
        _ key: SessionSockets.Key, _ direction: ForwardDirection, _ request: ForwardRequest,
        _ outcome: SocketMaker.Outcome, for frontEnd: FrontEnd
    ) {
        sockets.making[key] = nil
        switch outcome {
        case .made(let port, let descriptors):
            let forward = ForwardRecord(
                who: request.who, transport: request.transport, direction: direction, host: request.host,
                port: direction == .inwards ? request.port : port, count: nil)
            let channel = OpenedChannel(
                id: nextNumber(), kind: direction == .inwards ? .forward : .listener, who: request.who,
                transport: request.transport, detail: "\(forward.host):\(forward.port)")
            sockets.open[key] = OpenSocket(channel: channel, since: now, forward: forward)
            frontEnd.send(
                .socket(key.reference, port: port, descriptors: UInt8(descriptors.count)), descriptors: descriptors)
        case .failed(let failure, let sentence):
            frontEnd.send(.socketFailed(key.reference, failure, sentence: sentence))
        }
        makeNext()
    }

    private func makeNext() {
        while sockets.making.count < Self.makerLimit, !sockets.queue.isEmpty { sockets.queue.removeFirst()() }
    }

    /// The front-end is done with a socket, or wants one no more.
    func closeSocket(_ reference: Reference, _ count: ForwardCount, of frontEnd: FrontEnd) {
        let key = SessionSockets.Key(frontEnd: frontEnd.id, reference: reference)
        sockets.waiting.remove(key)
        sockets.making.removeValue(forKey: key)?.cancel()
        makeNext()
        guard var forward = sockets.open.removeValue(forKey: key)?.forward else { return }
        forward.count = count
        record(.forwarded(forward))
    }

    /// A front-end went away, and with it what its sockets carried.
    func loseSockets(of frontEnd: FrontEnd) {
        sockets.waiting = sockets.waiting.filter { $0.frontEnd != frontEnd.id }
        for (key, maker) in sockets.making where key.frontEnd == frontEnd.id {
            sockets.making[key] = nil
            maker.cancel()
        }
        makeNext()
        for (key, socket) in sockets.open where key.frontEnd == frontEnd.id {
            sockets.open[key] = nil
            record(.forwarded(socket.forward))
        }
    }
}
