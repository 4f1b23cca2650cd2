import Control
import SessionModel
import Wire

/// One forward of a client's, from when it is asked for until it is closed.
final class OpenForward: OpenChannel {
    let use: ChannelUse
    let who: Operator
    let transport: String
    let session: SessionName
    let direction: ForwardDirection
    let host: String
    var port: UInt16
    var link: SessionLink?
    /// By which the host knows it.
    var reference: Reference?
    var channel: ForwardChannel?
    var listener: RemoteListener?
    var count = ForwardCount(connections: 0, bytesIn: 0, bytesOut: 0)
    /// Answers whoever asked for it; until it is answered.
    private var pending: ((LinkSockets.Outcome) -> Void)?
    private(set) var isOver = false
    /// Called when it is to end because of its operator's rights, or a lead's will.
    var endedFor: ((_ sentence: String) -> Void)?
    var finished: (() -> Void)?
    private var place: ForwardBoard.Place?
    private var entry: ForwardBoard.Entry?

    init(
        _ who: Operator, _ transport: String, _ right: ForwardRight, _ direction: ForwardDirection, host: String,
        port: UInt16, place: ForwardBoard.Place
    ) {
        use = right.use
        self.who = who
        self.transport = transport
        session = right.session
        self.direction = direction
        self.host = host
        self.port = port
        self.place = place
    }

    /// Whoever asked is answered once: by the host, or because it is not to be any more.
    func whenAnswered(_ completion: @escaping (LinkSockets.Outcome) -> Void) { pending = completion }

    func answer(_ outcome: LinkSockets.Outcome) {
        let pending = pending
        self.pending = nil
        pending?(outcome)
    }

    /// Shows it to whoever lists the session's ports.
    func list(on door: FrontDoor) {
        entry = door.forwards.list(
            SessionForward(who: who.name, transport: transport, direction: direction, host: host, port: port),
            of: session)
    }

    /// Shows it no more: it only waits for what came in to end.
    func unlist() { entry = nil }

    /// Closes what is open, and tells the host what it carried.
    func end(_ sentence: String) {
        guard !isOver else { return }
        isOver = true
        answer(.failed(.prohibited, sentence: sentence))
        channel?.close()
        listener?.close()
        if let listener { count = listener.count }
        channel = nil
        listener = nil
        entry = nil
        if let reference {
            link?.removals[reference] = nil
            link?.sockets.close(reference, count)
        }
        reference = nil
        link = nil
        place = nil
        endedFor = nil
        let finished = finished
        self.finished = nil
        finished?()
    }

    // MARK: Rights

    /// The host is told why first: that it is closed follows.
    func revoke(_ sentence: String) {
        if let reference { link?.revoke(reference) }
        endedFor?(sentence)
    }

    /// A lead ended it.
    func removed(by name: String) { endedFor?("\(name.stripped) removed it; the session goes on") }
}
