import SessionModel

/// An operator at the other end of one connection, whatever carries it: their rights, and what they have open.
final class Client {
    /// From what the rights of open channels follow.
    private struct Grounds: Equatable {
        let admission: Admission
        let policy: AccessPolicy
        let sessions: [SessionSettings]
    }

    unowned let door: FrontDoor
    let who: Operator
    /// For people and the journal: `ssh 192.0.2.7:51034`.
    let transport: String
    private(set) var admission: Admission
    private var channels: [ObjectIdentifier: any OpenChannel] = [:]
    /// By what all that is open was judged last.
    private var grounds: Grounds
    /// Called when nothing is open any more that a disconnect has to wait for.
    var drained: (() -> Void)?

    init(_ who: Operator, _ admission: Admission, over transport: String, at door: FrontDoor) {
        self.who = who
        self.admission = admission
        self.transport = transport
        self.door = door
        grounds = Grounds(
            admission: admission, policy: door.access.policy, sessions: door.access.configuration.sessions)
    }

    var isDrained: Bool { !channels.values.contains(where: \.delaysDisconnect) }

    func role(in session: SessionName) -> Role? { door.access.policy.role(of: admission, in: session) }

    /// What keeps an agent from acting by itself.
    func limits(in session: SessionName) -> AgentLimits { door.access.policy.limits(of: admission, in: session) }

    func judge(_ use: ChannelUse) -> Result<ChannelRight, ChannelRefusal> {
        ChannelRight.judge(use, admission, by: door.access)
    }

    // MARK: Changes

    /// Keys or rules may have changed: what is open goes on with the rights of now, or ends.
    func reconsider(_ admission: Admission) {
        self.admission = admission
        let now = Grounds(
            admission: admission, policy: door.access.policy, sessions: door.access.configuration.sessions)
        guard now != grounds else { return }
        grounds = now
        for channel in Array(channels.values) {
            switch judge(channel.use) {
            case .success(let right): channel.rightsAre(right)
            case .failure(let refusal): channel.revoke(refusal.revocation)
            }
        }
    }

    /// The operator is not welcome any more.
    func revoke() {
        for channel in Array(channels.values) { channel.revoke("your access was revoked") }
    }

    /// Says goodbye as a lost connection does, so that clients that reconnect do.
    func drain() {
        for channel in Array(channels.values) { channel.drain() }
    }

    /// The connection is over.
    func forgetAll() {
        drained = nil
        channels = [:]
    }

    // MARK: What is open

    func keep(_ channel: any OpenChannel) {
        let id = ObjectIdentifier(channel)
        channels[id] = channel
        channel.finished = { [weak self] in
            self?.channels[id] = nil
            self?.noteDrained()
        }
    }

    private func noteDrained() { if isDrained { drained?() } }
}
