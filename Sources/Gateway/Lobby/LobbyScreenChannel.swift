import Platform
import ScreenModel
import SessionModel
import Wire

/// A channel that shows the lobby, until its operator leaves or attaches: then the channel is the attachment's.
final class LobbyScreenChannel: ClientChannelDelegate, OpenChannel {
    /// How long an Escape waits for the rest of what may be another key's sequence.
    private static let keyPatience = Duration.milliseconds(50)

    private enum Phase {
        case live
        case attaching(SessionName, typedAhead: [UInt8])
        case ending(status: Int?)
        case over
    }

    private let opening: ChannelOpening
    private var screen: LobbyScreen
    private var renderer: WindowRenderer
    private var phase = Phase.live
    /// What is on its way to the client: never more than one frame.
    private var queue: ArraySlice<UInt8> = []
    private var isDirty = true
    private var isFlushScheduled = false
    private var keyTimer: EventLoop.TimerID?
    /// Called once, when the channel has nothing more to do.
    var finished: (() -> Void)?

    init(opening: ChannelOpening, size: TerminalSize) {
        self.opening = opening
        screen = LobbyScreen(title: "cmdop on \(Machine.name)", viewer: opening.client.who.name, size: size)
        renderer = WindowRenderer(colors: ClientTerminal(name: opening.terminal?.term ?? "").colors)
    }

    let use = ChannelUse(kind: .lobby, hasTerminal: true)

    /// Until its client has closed it, too.
    var delaysDisconnect: Bool { true }

    /// What may be seen now.
    func rightsAre(_ right: ChannelRight) { listChanged() }

    func revoke(_ sentence: String) { end(status: 254, sentence) }

    func drain() { end(status: nil, "the server stops; the sessions go on") }

    private var channel: any ClientChannel { opening.channel }
    private var client: Client { opening.client }
    private var door: FrontDoor { opening.client.door }

    func start() {
        queue = (TerminalReset.begin + Screens.setTitle("sessions on \(Machine.name)"))[...]
        door.board.add(self) { [weak self] in self?.listChanged() }
        scheduleFlush()
    }

    /// Gives the client its terminal back, says why, and closes with the status; without one, as a lost connection.
    func end(status: Int?, _ sentence: String? = nil) {
        switch phase {
        case .live, .attaching: break
        case .ending, .over: return
        }
        leave(for: .ending(status: status))
        if let sentence { queue += Array("[cmdop] \(sentence)\r\n".utf8) }
        flush()
    }

    /// Nothing of the lobby's may follow what gives the terminal back; what was begun of a frame goes before it.
    private func leave(for next: Phase) {
        if let keyTimer { door.loop.cancel(keyTimer) }
        keyTimer = nil
        door.board.remove(self)
        if case .live = phase { queue += TerminalReset.end }
        phase = next
    }

    // MARK: What is shown

    private func listChanged() {
        guard case .live = phase, door.board.isFilled else { return }
        screen.show(
            door.board.entries.compactMap { name, entry in
                client.role(in: name).map {
                    LobbySession(name: name, status: entry.status, live: entry.live, role: $0)
                }
            })
        redraw()
    }

    private func redraw() {
        isDirty = true
        scheduleFlush()
    }

    private func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        door.loop.afterThisRound { [weak self] in self?.flush() }
    }

    /// A slow client gets the newest frame only: the next is drawn when the last is gone.
    private func flush() {
        isFlushScheduled = false
        if queue.isEmpty, isDirty, case .live = phase {
            isDirty = false
            queue = renderer.bytes(for: screen.frame)[...]
        }
        if !queue.isEmpty { queue = queue.dropFirst(channel.write(queue)) }
        guard queue.isEmpty else { return }
        queue = []
        switch phase {
        case .live: if isDirty { scheduleFlush() }
        case .attaching(let session, let typed): attach(to: session, typed)
        case .ending(let status):
            phase = .over
            if let status { channel.finish(status: status) } else { channel.close() }
        case .over: break
        }
    }

    private func attach(to session: SessionName, _ typed: [UInt8]) {
        phase = .over
        finish()
        opening.attach(to: session, window: screen.size, typedAhead: typed)
    }

    private func finish() {
        let finished = finished
        self.finished = nil
        finished?()
    }

    // MARK: The client

    func channel(_ channel: any ClientChannel, received bytes: [UInt8]) {
        switch phase {
        case .live: break
        case .attaching(let session, let typed):
            phase = .attaching(session, typedAhead: typed + bytes)
            return
        case .ending, .over: return
        }
        // Ctrl-L: whatever else came onto the screen is painted over.
        if bytes.contains(0x0C) { renderer.forget() }
        let act = screen.receive(bytes) { client.role(in: $0) }
        redraw()
        waitForKeys()
        switch act {
        case .leave: end(status: 0)
        case .attach(let session, let typed):
            // Said once more when it is known whether the client's terminal is its own again.
            leave(for: .attaching(session, typedAhead: typed))
            channel.isReading = false
            flush()
        case nil: break
        }
    }

    private func waitForKeys() {
        if let keyTimer { door.loop.cancel(keyTimer) }
        keyTimer = nil
        guard screen.isHoldingKeys else { return }
        keyTimer = door.loop.schedule(after: Self.keyPatience) { [weak self] in
            guard let self else { return }
            self.keyTimer = nil
            self.screen.flushKeys()
            self.redraw()
        }
    }

    func channel(_ channel: any ClientChannel, resizedTo columns: Int, rows: Int) {
        guard let size = TerminalSize(columns: columns, rows: rows) else { return }
        screen.size = size
        renderer.forget()
        redraw()
    }

    func channelEndOfInput(_ channel: any ClientChannel) { end(status: 0) }

    func channelHasRoom(_ channel: any ClientChannel) { flush() }

    func channelClosed(_ channel: any ClientChannel) {
        leave(for: .over)
        finish()
    }
}
