import Control
import HostClient
import Platform
import SessionModel
import Wire

/// One connection on the local socket: who it is, and what it becomes.
final class LocalConnection {
    /// How long a client may take to say what it wants.
    private static let patience = Duration.seconds(10)

    private unowned let door: FrontDoor
    private let peer: LocalPeer
    private let channel: LocalChannel
    private let place: LocalGate.Place
    /// Who it is, once it has said what it wants: before, it is worth no look at the session's processes.
    private var client: Client?
    private lazy var user = peer.user
    private var timer: EventLoop.TimerID?
    private var isParting = false

    init(_ channel: LocalChannel, from peer: LocalPeer, _ place: LocalGate.Place, at door: FrontDoor) {
        self.door = door
        self.peer = peer
        self.channel = channel
        self.place = place
        channel.awaitTurn = { [unowned door] turn in door.handshakes.add(for: "local \(peer.number)", turn) }
        channel.greeted = { [weak self] in self?.greeted($0) }
        channel.gone = { [weak self] in self?.isOver() }
        timer = door.loop.schedule(after: Self.patience) { [weak self] in self?.checkGreeting() }
    }

    // MARK: Who it is

    private func admit() throws(LocalRefusal) -> Client {
        guard !channel.isFromInside(door.store) else {
            throw LocalRefusal("what runs inside a session may not use the local socket: it would act as somebody else")
        }
        guard let name = door.access.configuration.local.operator(for: user) else {
            throw LocalRefusal(
                "user \(user.name.printable) is no operator here; whoever runs the server can add "
                    + "'local: {\(user.name.printable): NAME}' to its configuration")
        }
        guard let admission = Self.admission(as: name, at: door) else {
            throw LocalRefusal("\(name) is an agent, and only people come by the local socket")
        }
        let key = VerifiedKey(localUser: PeerCredential(user: user))
        let who = Operator(name: name, kind: .person, key: key)
        return Client(who, admission, over: "local \(user.name)", at: door)
    }

    /// A person without a key's limits; what they may do is decided by the same policy.
    private static func admission(as name: String, at door: FrontDoor) -> Admission? {
        door.access.roster.member(named: name)?.kind == .agent ? nil : Admission(person: name)
    }

    /// Rules changed: still welcome, and as what?
    func reconsider() {
        guard let client, !isParting else { return }
        let name = client.who.name
        guard door.access.configuration.local.operator(for: user) == name,
            let admission = Self.admission(as: name, at: door)
        else {
            client.revoke()
            return part()
        }
        client.reconsider(admission)
    }

    func drain() {
        client?.drain()
        part()
    }

    /// Closes when whatever has last words has said them, or soon.
    private func part() {
        isParting = true
        door.loop.schedule(after: .seconds(1)) { [channel] in channel.abandon() }
        guard let client, !client.isDrained else { return channel.close() }
        client.drained = { [channel] in channel.close() }
    }

    private func isOver() {
        forgetTimer()
        client?.forgetAll()
        door.forget(self)
    }

    // MARK: What it becomes

    private func forgetTimer() {
        if let timer { door.loop.cancel(timer) }
        timer = nil
    }

    private func checkGreeting() {
        timer = nil
        if channel.greeted != nil { channel.refuse(LocalRefusal("nothing was asked within \(Self.patience)")) }
    }

    private func greeted(_ outcome: Result<LocalHello, LocalRefusal>) {
        forgetTimer()
        guard !isParting else { return }
        do throws(LocalRefusal) {
            // Whoever may not come in is told so in answer to what they asked: many look for one only then.
            let client = try admit()
            self.client = client
            begin(try outcome.get(), client)
        } catch {
            channel.refuse(error)
        }
    }

    private func begin(_ hello: LocalHello, _ client: Client) {
        var opening = ChannelOpening(
            channel: channel, client: client, terminal: nil,
            locale: hello.environment.sorted { $0.key < $1.key }.map {
                EnvironmentVariable(name: $0.key, value: $0.value)
            })
        switch hello.face {
        case .verb(let line): opening.run(verb: line)
        case .control(let session): control(.control, session, opening)
        case .mcp(let session): control(.mcp, session, opening)
        case .attach(let name, let term, let columns, let rows):
            opening.terminal = TerminalRequest(term: term, columns: columns, rows: rows)
            guard let address = try? SessionAddress(userName: name) else { return opening.refuse() }
            switch address.place {
            case .lobby: opening.showLobby()
            case .session: opening.attach(address)
            }
        }
    }

    private func control(_ face: ControlFace, _ session: String?, _ opening: ChannelOpening) {
        guard let address = try? SessionAddress(userName: session ?? "cmdop") else { return opening.refuse() }
        opening.control(face, address)
    }
}
