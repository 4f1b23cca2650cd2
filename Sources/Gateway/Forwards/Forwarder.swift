import HostClient
import Logging
import Observability
import Platform
import SSHTransport
import SessionModel
import SystemPackage
import Wire

/// What one SSH connection forwards: who may, and everything that is open.
///
/// A forward belongs to the session that the connection's user name has, and ends with it.
final class Forwarder {
    /// Ports that one client may listen on.
    private static let listenerLimit = 100

    let client: Client
    private weak var connection: SSHConnection?
    private let userName: String
    private var open: [ObjectIdentifier: OpenForward] = [:]

    init(client: Client, connection: SSHConnection, userName: String) {
        self.client = client
        self.connection = connection
        self.userName = userName
    }

    private var door: FrontDoor { client.door }

    // MARK: From the client to the session

    func connect(_ request: SSHOpenRequest) {
        switch ForwardRight.judge(userName, client, to: .forward) {
        case .failure(let refusal):
            note(refusal, request.host, request.port)
            request.refuse(.prohibited, refusal.sentence)
        case .success(let right):
            ask(right, .inwards, host: request.host, port: request.port) { shortage in
                request.refuse(.tooMany, shortage.sentence)
            } _: { [weak self] forward, outcome in
                self?.connected(request, forward, outcome)
            }
        }
    }

    private func connected(_ request: SSHOpenRequest, _ forward: OpenForward, _ outcome: LinkSockets.Outcome) {
        switch outcome {
        case .failed(let failure, let sentence):
            end(forward)
            request.refuse(SSHOpenRequest.Refusal(failure), sentence)
        case .opened(_, let descriptors):
            let sockets = descriptors.map { SharedDescriptor(taking: $0) }
            guard let socket = sockets.first, let channel = request.accept() else { return end(forward) }
            forward.list(on: door)
            forward.channel = ForwardChannel(channel, socket, on: door.loop) { [weak self, weak forward] channel in
                guard let forward else { return }
                forward.count = ForwardCount(connections: 1, bytesIn: channel.bytesIn, bytesOut: channel.bytesOut)
                self?.end(forward)
            }
        }
    }

    // MARK: From the session to the client

    func listen(_ request: SSHListenRequest) {
        guard !request.isCancellation else { return cancel(request) }
        guard open.values.count(where: { $0.direction == .outwards }) < Self.listenerLimit else {
            return request.refuse()
        }
        switch ForwardRight.judge(userName, client, to: .listener(isPublic: isPublic(request.address))) {
        case .failure(let refusal):
            note(refusal, request.address, request.port)
            request.refuse()
        case .success(let right):
            ask(right, .outwards, host: request.address, port: request.port) { [weak self] shortage in
                self?.note(ForwardRefusal(session: right.session, shortage.sentence), request.address, request.port)
                request.refuse()
            } _: { [weak self] forward, outcome in
                self?.listened(request, forward, outcome)
            }
        }
    }

    /// Whether other machines reach what listens on that address: the rules let them, and they are meant to.
    private func isPublic(_ address: String) -> Bool {
        guard let session = (try? SessionAddress(userName: userName))?.session else { return false }
        return door.access.configuration.rules(for: session).forwards == .any
            && !["localhost", "127.0.0.1", "::1"].contains(address)
    }

    private func listened(_ request: SSHListenRequest, _ forward: OpenForward, _ outcome: LinkSockets.Outcome) {
        switch outcome {
        case .failed(_, let sentence):
            end(forward)
            note(ForwardRefusal(session: forward.session, sentence), request.address, request.port)
            request.refuse()
        case .opened(let port, let descriptors):
            guard let connection, connection.isOpen else {
                for descriptor in descriptors { _ = OwnedDescriptor(taking: descriptor) }
                return end(forward)
            }
            forward.port = port
            forward.list(on: door)
            forward.listener = RemoteListener(
                descriptors, address: request.address, port: port, for: connection, of: client
            ) { [weak self, weak forward] in
                if let forward { self?.end(forward) }
            }
            request.succeed(port: port)
        }
    }

    /// What came in before goes on.
    private func cancel(_ request: SSHListenRequest) {
        let found = open.values.first {
            $0.listener?.isOpen == true && $0.host == request.address && $0.port == request.port
        }
        guard let found else { return request.refuse() }
        found.unlist()
        found.listener?.stopListening()
        request.succeed(port: request.port)
    }

    // MARK: Both ways

    /// Finds the session, or starts it as for a command, and asks its host for sockets.
    private func ask(
        _ right: ForwardRight, _ direction: ForwardDirection, host: String, port: UInt16,
        refuse: (ForwardBoard.Shortage) -> Void, _ completion: @escaping (OpenForward, LinkSockets.Outcome) -> Void
    ) {
        let place: ForwardBoard.Place
        switch door.forwards.takePlace(for: client.who.key.fingerprint) {
        case .success(let free): place = free
        case .failure(let shortage): return refuse(shortage)
        }
        let forward = OpenForward(
            client.who, client.transport, right, direction, host: host, port: port, place: place)
        open[ObjectIdentifier(forward)] = forward
        client.keep(forward)
        forward.endedFor = { [weak self, weak forward] sentence in
            if let forward { self?.end(forward, because: sentence) }
        }
        forward.whenAnswered { [weak forward] outcome in
            if let forward { completion(forward, outcome) }
        }
        let request = self.request(right, host: host, port: port)
        door.link(to: right.session, starting: right.plan) { [weak self, weak forward] outcome in
            guard let forward, !forward.isOver else { return }
            switch outcome {
            case .failure(.notRunning):
                forward.answer(.failed(.prohibited, sentence: ChannelRefusal.noSuchSession))
            case .failure(let error):
                forward.answer(.failed(.failed, sentence: "can not enter \(right.session): \(error)"))
            case .success(let link):
                forward.link = link
                let reference = link.sockets.ask(direction, request) {
                    forward.reference = nil
                    self?.end(forward)
                } _: {
                    forward.answer($0)
                }
                forward.reference = reference
                link.removals[reference] = { [weak forward] in forward?.removed(by: $0) }
            }
        }
    }

    private func request(_ right: ForwardRight, host: String, port: UInt16) -> ForwardRequest {
        ForwardRequest(
            who: client.who, transport: client.transport, host: host, port: port,
            isPublic: door.access.configuration.rules(for: right.session).forwards == .any,
            serverPorts: door.serverPorts)
    }

    private func end(_ forward: OpenForward, _ sentence: String = "the connection ends") {
        guard open.removeValue(forKey: ObjectIdentifier(forward)) != nil else { return }
        forward.end(sentence)
    }

    /// Its client has no stream for the reason: the log has it.
    private func end(_ forward: OpenForward, because sentence: String) {
        note(ForwardRefusal(session: forward.session, sentence), forward.host, forward.port)
        end(forward, sentence)
    }

    func close(_ sentence: String = "the connection ends") {
        for forward in Array(open.values) { end(forward, sentence) }
    }

    private func note(_ refusal: ForwardRefusal, _ host: String, _ port: UInt16) {
        door.logger.notice(
            "forward refused",
            metadata: fields([
                .operator: "\(client.who.name)", .peer: "\(client.transport)",
                .session: "\(refusal.session?.text ?? "")", .place: "\(host.quoted):\(port)",
                .reason: "\(refusal.sentence)",
            ]))
    }
}

extension SSHOpenRequest.Refusal {
    fileprivate init(_ failure: SocketFailure) {
        switch failure {
        case .prohibited: self = .prohibited
        case .failed: self = .connectFailed
        case .tooMany: self = .tooMany
        }
    }
}
