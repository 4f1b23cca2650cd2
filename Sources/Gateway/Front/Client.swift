import SessionModel

/// An operator at the other end of one connection, whatever carries it: their rights, and what they have open.
final class Client {
    unowned let door: FrontDoor
    let who: Operator
    /// For people and the journal: `ssh 192.0.2.7:51034`.
    let transport: String
    private(set) var admission: Admission
    private var attachments: [ObjectIdentifier: AttachmentChannel] = [:]
    private var lobbies: [ObjectIdentifier: LobbyScreenChannel] = [:]
    private var controls: [ObjectIdentifier: ControlChannel] = [:]
    private var others: [ObjectIdentifier: AnyObject] = [:]
    /// Called when nothing that shows the operator something is open any more.
    var drained: (() -> Void)?

    init(_ who: Operator, _ admission: Admission, over transport: String, at door: FrontDoor) {
        self.who = who
        self.admission = admission
        self.transport = transport
        self.door = door
    }

    var isDrained: Bool { attachments.isEmpty && lobbies.isEmpty }

    func role(in session: SessionName) -> Role? { door.access.policy.role(of: admission, in: session) }

    /// What keeps an agent from acting by itself.
    func limits(in session: SessionName) -> AgentLimits { door.access.policy.limits(of: admission, in: session) }

    // MARK: Changes

    /// Keys or rules changed: what is open goes on with the rights of now.
    func reconsider(_ admission: Admission) {
        self.admission = admission
        for channel in attachments.values {
            guard let role = role(in: channel.attach.session) else {
                channel.revoke("your access to \(channel.attach.session) was revoked")
                continue
            }
            channel.rightsAre(role, limits(in: channel.attach.session))
        }
        for control in controls.values { control.reconsider() }
    }

    /// The operator is not welcome any more.
    func revoke() {
        for channel in attachments.values { channel.revoke("your access was revoked") }
        for lobby in lobbies.values { lobby.end(status: 254, "your access was revoked") }
        for control in controls.values { control.revoke() }
    }

    /// Says goodbye as a lost connection does, so that clients that reconnect do.
    func drain() {
        for channel in attachments.values {
            channel.end(status: nil, "the server stops; the session goes on. Attach again with the same command")
        }
        for lobby in lobbies.values { lobby.end(status: nil, "the server stops; the sessions go on") }
    }

    /// The connection is over.
    func forgetAll() {
        drained = nil
        attachments = [:]
        lobbies = [:]
        controls = [:]
        others = [:]
    }

    // MARK: What is open

    func keep(_ channel: AttachmentChannel) {
        let id = ObjectIdentifier(channel)
        attachments[id] = channel
        channel.finished = { [weak self] in
            self?.attachments[id] = nil
            self?.noteDrained()
        }
    }

    func keep(_ lobby: LobbyScreenChannel) {
        let id = ObjectIdentifier(lobby)
        lobbies[id] = lobby
        lobby.finished = { [weak self] in
            self?.lobbies[id] = nil
            self?.noteDrained()
        }
    }

    func keep(_ control: ControlChannel) {
        let id = ObjectIdentifier(control)
        controls[id] = control
        control.finished = { [weak self] in self?.controls[id] = nil }
    }

    func keep(_ channel: BesideChannel) {
        let id = ObjectIdentifier(channel)
        others[id] = channel
        channel.finished = { [weak self] in self?.others[id] = nil }
    }

    private func noteDrained() { if isDrained { drained?() } }
}
