import Logging
import Observability
import Platform
import SSHTransport
import SessionModel

/// One SSH connection: whose key it came with, and what it may become.
final class ClientConnection: SSHConnectionDelegate {
    let peer: String
    private unowned let door: FrontDoor
    var connection: SSHConnection?
    private var pass: ConnectionGate.Pass?
    private var place: KeyConnections.Place?
    /// What the client is told at the end, once it is to leave.
    private var parting: String?
    /// Whoever came in; `nil` until then.
    private(set) var client: Client?
    private(set) var userName = ""
    private var forwarder: Forwarder?

    init(peer: String, door: FrontDoor, pass: ConnectionGate.Pass) {
        self.peer = peer
        self.door = door
        self.pass = pass
    }

    // MARK: Who it is

    func connection(_ connection: SSHConnection, wouldAdmit key: OfferedKey, user: String) -> Bool {
        guard case .success = judge(key.blob) else { return false }
        pass?.named(key.fingerprint)
        return true
    }

    func connection(_ connection: SSHConnection, admit key: VerifiedKey, user: String) -> Bool {
        switch judge(key.blob) {
        case .success(let admission):
            let who = Operator(name: admission.name, kind: admission.kind, key: key)
            let client = Client(who, admission, over: "ssh \(peer)", at: door)
            client.drained = { [weak self] in self?.disconnectIfDrained() }
            self.client = client
            userName = user
            takePlace(for: key.fingerprint)
            return true
        case .failure: return false
        }
    }

    /// Whoever is in needs no place among those who are not; of one key there are only so many.
    private func takePlace(for key: Fingerprint) {
        pass?.authenticated(with: key)
        pass = nil
        place = door.keyConnections.take(for: key)
        guard place == nil else { return }
        let sentence = "your key has \(door.keyConnections.limit) connections open, and may not have more; close some"
        // The library waits for the answer.
        door.loop.afterThisRound { [weak self] in self?.part(saying: sentence) }
    }

    func connection(_ connection: SSHConnection, reached progress: SSHProgress) {
        switch progress {
        case .connected: break
        case .identified: pass?.reached(.identified)
        case .keysExchanged: pass?.reached(.keysExchanged)
        }
    }

    private func judge(_ blob: [UInt8]) -> Result<Admission, AdmissionRefusal> {
        let address = ConnectionGate.address(of: peer)
        let now = Int64(UnixTime.now.nanoseconds / 1_000_000_000)
        return door.access.roster.admission(of: blob, from: address, at: now)
    }

    /// Keys or rules changed: still welcome, and as what?
    func reconsider() {
        guard let client, parting == nil else { return }
        guard case .success(let admission) = judge(client.who.key.blob), admission.name == client.who.name else {
            client.revoke()
            return part(saying: "access revoked")
        }
        client.reconsider(admission)
    }

    /// Says goodbye on every attachment, and then as a lost connection, so that clients that reconnect do.
    func drain() {
        client?.drain()
        forwarder?.close()
        part(saying: "the server stops")
    }

    /// Disconnects when the clients of all attachments have closed them, or soon: OpenSSH never shows what it reads
    /// together with a disconnect.
    private func part(saying message: String) {
        parting = message
        connection?.closeWhenIdle(within: .seconds(1))
        disconnectIfDrained()
    }

    private func disconnectIfDrained() {
        if let parting, client?.isDrained != false { connection?.disconnect(parting) }
    }

    // MARK: Channels

    func connection(_ connection: SSHConnection, accepts start: SSHStart, terminal: SSHTerminalRequest?) -> Bool {
        guard parting == nil else { return false }
        if terminal != nil, client?.admission.limits.allowsTerminal == false { return false }
        guard case .subsystem(let name) = start else { return true }
        if name == "sftp" || ControlFace(rawValue: name) != nil { return true }
        let address = try? SessionAddress(subsystem: name)
        return address != nil
    }

    func connection(_ connection: SSHConnection, opened channel: SSHChannel) {
        channel.delegate = ChannelStart(connection: self)
    }

    func connection(_ connection: SSHConnection, asksToConnect request: SSHOpenRequest) {
        guard let forwarder = self.forwarder(on: connection) else {
            return request.refuse(.prohibited, "the connection ends")
        }
        forwarder.connect(request)
    }

    func connection(_ connection: SSHConnection, asksToListen request: SSHListenRequest) {
        guard let forwarder = self.forwarder(on: connection) else { return request.refuse() }
        forwarder.listen(request)
    }

    private func forwarder(on connection: SSHConnection) -> Forwarder? {
        guard parting == nil, let client else { return nil }
        let forwarder = self.forwarder ?? Forwarder(client: client, connection: connection, userName: userName)
        self.forwarder = forwarder
        return forwarder
    }

    func connectionClosed(_ connection: SSHConnection, reason: SSHCloseReason) {
        forwarder?.close()
        forwarder = nil
        if client == nil { noteFailure(reason) }
        door.forget(self)
        client?.forgetAll()
        self.connection = nil
    }
}

extension ClientConnection {
    /// Called when it ended without a login.
    private func noteFailure(_ reason: SSHCloseReason) {
        door.loginFailures.note(ConnectionGate.address(of: peer), reason.code)
        let failure: AddressHistory.Failure? =
            switch reason {
            case .displaced, .disconnected, .idle: nil
            case .peerLeft: .left
            case .tooManyAttempts, .tooManyQueries, .unansweredRequest: .authentication
            case .graceExpired, .unresponsive: .slow
            case .tooManyPackets, .wrongService, .userChanged, .inboundOverrun, .outboundOverrun, .tooManyRequests,
                .rekeyStalled:
                .protocolError
            }
        if let failure { pass?.failed(failure) }
    }
}
