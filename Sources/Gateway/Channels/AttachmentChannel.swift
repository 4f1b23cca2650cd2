import HostClient
import Platform
import ScreenModel
import SessionModel
import Wire

/// A channel that is an operator's live view of a session.
///
/// Here are its life and its session; what the client types is in `+Input`, what it is shown in `+Showing`.
final class AttachmentChannel: ClientChannelDelegate, OpenChannel {
    enum Phase {
        case waiting
        case live
        case ending(status: Int?)
        case over
    }

    let attach: AttachIntent
    let channel: any ClientChannel
    let loop: EventLoop
    var phase = Phase.waiting
    private(set) var link: SessionLink?
    private(set) var reference = Reference(rawValue: 0)
    private(set) var id: AttachmentID?
    private(set) var role: Role
    private var limits: AgentLimits
    var view: AttachmentView
    var panel: Panel
    /// What the client is shown of the panel as soon as it has taken everything.
    var drawn: (Panel, TerminalSize)?
    var panelTimer: EventLoop.TimerID?
    var isFlushScheduled = false
    var shownTitle = ""
    var refusedInTurn: TurnNumber?
    var turnWarning: TurnWarning?
    /// Whether its operator only wants to watch, for now.
    var onlyWatches = false
    /// What came in the same round as the request to attach: clients do not wait for its answer before they send.
    private var early: [UInt8] = []
    var unsent: ArraySlice<UInt8> = []
    var unacknowledged = 0
    /// What its client is shown of it, for a session that shows the client.
    private let token = WatchToken(time: UnixTime.now.nanoseconds, number: UInt64.random(in: 0...UInt64.max))
    private let started = ContinuousClock.now
    private var absence: Absence?
    /// Called once, when the channel has nothing more to do.
    var finished: (() -> Void)?

    init(channel: any ClientChannel, loop: EventLoop, attach: AttachIntent) {
        self.channel = channel
        self.loop = loop
        self.attach = attach
        role = attach.role
        limits = attach.limits
        view = AttachmentView(terminal: attach.terminal, window: attach.size)
        panel = Panel(key: attach.panelKey, session: attach.session.text)
        panel.window = attach.size ?? .standard
        channel.isReading = false
    }

    var use: ChannelUse {
        ChannelUse(
            kind: .attachment, session: attach.session, isObserving: !attach.isSteering,
            hasTerminal: attach.hasTerminal)
    }

    /// Until its client has closed it, too.
    var delaysDisconnect: Bool { true }

    var now: Moment { Moment(sinceStart: ContinuousClock.now - started) }

    func time(of moment: Moment) -> ContinuousClock.Instant { started.advanced(by: moment.sinceStart) }

    var isLive: Bool { if case .live = phase { true } else { false } }

    var holdsTurn: Bool { id != nil && link?.turn.holder?.attachment == id }

    // MARK: The session

    func connect(to link: SessionLink) {
        guard case .waiting = phase else { return }
        self.link = link
        reference = link.attach(
            self,
            AttachRequest(
                who: attach.who, role: role, isSteering: attach.isSteering, transport: attach.transport,
                size: view.window, scrollback: attach.scrollback), limits)
    }

    /// What was missed; comes before the attachment is there.
    func missed(_ absence: Absence) { self.absence = absence }

    func attached(as id: AttachmentID, _ snapshot: ScreenSnapshot) {
        guard case .waiting = phase else { return }
        self.id = id
        panel.own = id
        phase = .live
        let greeting = Screens.greeting(attach, turn: link?.turn.holder, absence: absence)
        absence = nil
        if let source = view.begin(with: snapshot, greeting: greeting) { ask(for: source) }
        turnsChanged()
        showTitle()
        mark(link?.watched ?? WatchedTokens())
        view.report(wantedReports)
        channel.isReading = true
        let early = early
        self.early = []
        receive(early)
        flush()
    }

    func sessionIsOver(_ ending: SessionEnding?) {
        link = nil
        guard let ending else {
            return end(
                status: 254, "the session \(attach.session) is lost: its host is gone; attach again to start it anew")
        }
        let by = ending.by.map { " by \($0.stripped)" } ?? ""
        end(status: ending.status, "the session \(attach.session) ended\(by)")
    }

    var isWaiting: Bool { if case .waiting = phase { true } else { false } }

    /// The session's host does not answer: who has a screen keeps it, who waits for one is told.
    func hostIsSilent() {
        if isLive {
            // What is drawn over the screen needs the screen, which only the host has.
            let line = Notice.hostIsSilent.line(key: attach.panelKey)
            view.append(Screens.overBottomRow(line, in: view.window ?? .standard))
            return scheduleFlush()
        }
        guard isWaiting else { return }
        end(status: 254, "can not attach to \(attach.session): \(HostClientError.notResponding)")
    }

    func hostResponds() { show(.hostResponds) }

    /// The session's programs show attachments: this one, which closes a loop, or others, which its client shows, too.
    func shows(_ watched: WatchedTokens) {
        guard isLive else { return }
        guard !watched.isClosed(by: token) else {
            return end(
                status: 254, "\(attach.session) would be shown inside itself, which has no end; attach from elsewhere")
        }
        mark(watched)
        scheduleFlush()
    }

    private func mark(_ watched: WatchedTokens) {
        view.append(WatchToken.marker([token] + watched.tokens.filter { $0 != token }))
    }

    /// A lead ended this attachment; the host has forgotten it.
    func removed(by name: String) {
        end(status: 254, "\(name.stripped) removed you from \(attach.session); it goes on")
    }

    // MARK: The end

    /// Gives the client its terminal back, says why, and closes with the status; without one, as a lost connection.
    func end(status: Int?, _ sentence: String) {
        switch phase {
        case .ending, .over: return
        // Where every other answer is: a stranger's and a watcher's must not differ.
        case .waiting: _ = channel.writeError(Array("cmdop: \(sentence)\r\n".utf8)[...])
        case .live: view.append(Screens.farewell(sentence))
        }
        detachFromSession()
        phase = .ending(status: status)
        channel.isReading = true
        flush()
    }

    func rightsAre(_ right: ChannelRight) {
        if right.limits != limits {
            limits = right.limits
            link?.turns.isNew == true
                ? link?.send(.limit(reference, limits))
                : end(status: 254, "the limits of agents changed, and the session's host does not know them")
        }
        guard let current = right.role, current != role else { return }
        role = current
        link?.send(.changeRole(reference, role))
    }

    /// Neither has what the operator approved any force, nor does what they began to type reach the session.
    func revoke(_ sentence: String) {
        link?.revoke(reference)
        end(status: 254, sentence)
    }

    func drain() {
        end(status: nil, "the server stops; the session goes on. Attach again with the same command")
    }

    private func detachFromSession() {
        if let panelTimer { loop.cancel(panelTimer) }
        panelTimer = nil
        link?.detach(reference)
        link = nil
    }

    // MARK: The client

    func channel(_ channel: any ClientChannel, received bytes: [UInt8]) {
        if case .waiting = phase { early += bytes } else { receive(bytes) }
    }

    func channel(_ channel: any ClientChannel, resizedTo columns: Int, rows: Int) {
        guard let window = TerminalSize(columns: columns, rows: rows) else { return }
        view.window = window
        panel.window = window
        guard isLive else { return }
        link?.send(.resize(reference, window))
        viewChanged()
    }

    func channel(_ channel: any ClientChannel, signalled name: String) { link?.send(.signal(reference, name: name)) }

    func channelHasRoom(_ channel: any ClientChannel) { flush() }

    func channelClosed(_ channel: any ClientChannel) {
        detachFromSession()
        phase = .over
        finish()
    }

    private func finish() {
        let finished = finished
        self.finished = nil
        finished?()
    }
}
