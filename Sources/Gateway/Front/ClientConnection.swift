import Logging
import Observability
import Platform
import SSHTransport
import SessionModel

/// One client's connection: who it is, and the channels it has open.
final class ClientConnection: SSHConnectionDelegate {
    let peer: String
    unowned let door: FrontDoor
    var connection: SSHConnection?
    private var pass: ConnectionGate.Pass?
    /// What the client is told at the end, once it is to leave.
    private var parting: String?
    private(set) var who: Operator?
    private(set) var admission: Admission?
    private(set) var userName = ""
    private var attachments: [ObjectIdentifier: AttachmentChannel] = [:]
    private var lobbies: [ObjectIdentifier: LobbyScreenChannel] = [:]
    private var others: [ObjectIdentifier: AnyObject] = [:]

    init(peer: String, door: FrontDoor, pass: ConnectionGate.Pass) {
        self.peer = peer
        self.door = door
        self.pass = pass
    }

    // MARK: Who it is

    func connection(_ connection: SSHConnection, wouldAdmit key: OfferedKey, user: String) -> Bool {
        (try? judge(key.blob).get()) != nil
    }

    func connection(_ connection: SSHConnection, admit key: VerifiedKey, user: String) -> Bool {
        switch judge(key.blob) {
        case .success(let admission):
            self.admission = admission
            who = Operator(name: admission.name, kind: admission.kind, key: key)
            userName = user
            pass = nil
            return true
        case .failure: return false
        }
    }

    private func judge(_ blob: [UInt8]) -> Result<Admission, AdmissionRefusal> {
        let address = ConnectionGate.address(of: peer)
        let now = Int64(UnixTime.now.nanoseconds / 1_000_000_000)
        return door.access.roster.admission(of: blob, from: address, at: now)
    }

    func role(in session: SessionName) -> Role? {
        admission.flatMap { door.access.policy.role(of: $0, in: session) }
    }

    /// Keys or rules changed: still welcome, and as what?
    func reconsider() {
        guard let who, parting == nil else { return }
        guard case .success(let admission) = judge(who.key.blob), admission.name == who.name else {
            for channel in attachments.values { channel.end(status: 254, "your access was revoked") }
            for lobby in lobbies.values { lobby.end(status: 254, "your access was revoked") }
            return part(saying: "access revoked")
        }
        self.admission = admission
        for channel in attachments.values {
            guard let role = role(in: channel.attach.session) else {
                channel.end(status: 254, "your access to \(channel.attach.session) was revoked")
                continue
            }
            channel.roleIs(role)
        }
    }

    /// Says goodbye on every attachment, and then as a lost connection, so that clients that reconnect do.
    func drain() {
        for channel in attachments.values {
            channel.end(status: nil, "the server stops; the session goes on. Attach again with the same command")
        }
        for lobby in lobbies.values { lobby.end(status: nil, "the server stops; the sessions go on") }
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
        if let parting, attachments.isEmpty, lobbies.isEmpty { connection?.disconnect(parting) }
    }

    // MARK: Channels

    func connection(_ connection: SSHConnection, accepts start: SSHStart, terminal: SSHTerminalRequest?) -> Bool {
        guard parting == nil else { return false }
        if terminal != nil, admission?.limits.allowsTerminal == false { return false }
        guard case .subsystem(let name) = start else { return true }
        let address = try? SessionAddress(subsystem: name)
        return address != nil
    }

    func connection(_ connection: SSHConnection, opened channel: SSHChannel) {
        channel.delegate = ChannelStart(client: self)
    }

    func keep(_ channel: AttachmentChannel) {
        let id = ObjectIdentifier(channel)
        attachments[id] = channel
        channel.finished = { [weak self] in
            self?.attachments[id] = nil
            self?.disconnectIfDrained()
        }
    }

    func keep(_ lobby: LobbyScreenChannel) {
        let id = ObjectIdentifier(lobby)
        lobbies[id] = lobby
        lobby.finished = { [weak self] in
            self?.lobbies[id] = nil
            self?.disconnectIfDrained()
        }
    }

    func keep(_ channel: BesideChannel) {
        let id = ObjectIdentifier(channel)
        others[id] = channel
        channel.finished = { [weak self] in self?.others[id] = nil }
    }

    func connectionClosed(_ connection: SSHConnection, reason: SSHCloseReason) {
        door.forget(self)
        attachments = [:]
        lobbies = [:]
        others = [:]
        self.connection = nil
    }
}
