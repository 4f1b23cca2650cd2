import Platform
import SSHTransport
import ScreenModel
import SessionModel
import Wire

/// An SSH channel that is an operator's live view of a session.
final class AttachmentChannel: SSHChannelDelegate {
    /// Bytes that wait for a slow client, past which it gets a fresh screen instead.
    static let backlogLimit = 256 * 1_024
    /// Bytes of input that may be on their way to the host.
    static let inputLimit = 64 * 1_024
    private static let noticeTime = Duration.seconds(3)

    private enum Phase {
        case waiting
        case live
        /// Output was dropped; the next thing shown is a snapshot.
        case behind(isAsked: Bool)
        case ending(status: Int?)
        case over
    }

    let attach: AttachIntent
    private let channel: SSHChannel
    private let loop: EventLoop
    private var phase = Phase.waiting
    private var link: SessionLink?
    private var reference = Reference(rawValue: 0)
    private(set) var id: AttachmentID?
    private var queue = OutputQueue(limit: backlogLimit)
    private var isFlushScheduled = false
    private var keys = PanelKeys()
    /// What came in the same round as the request to attach: clients do not wait for its answer before they send.
    private var early: [UInt8] = []
    private var unsent: ArraySlice<UInt8> = []
    private var unacknowledged = 0
    private var role: Role
    private var size: TerminalSize?
    private var notice: Notice?
    private var refusedInTurn: TurnNumber?
    private var shownTitle = ""
    /// Called once, when the channel has nothing more to do.
    var finished: (() -> Void)?

    init(channel: SSHChannel, loop: EventLoop, attach: AttachIntent) {
        self.channel = channel
        self.loop = loop
        self.attach = attach
        size = attach.size
        role = attach.role
        channel.isReading = false
    }

    // MARK: The session

    func connect(to link: SessionLink) {
        guard case .waiting = phase else { return }
        self.link = link
        reference = link.attach(
            self,
            AttachRequest(
                who: attach.who, role: role, isSteering: attach.isSteering, transport: attach.transport,
                size: size, scrollback: 200))
    }

    func attached(as id: AttachmentID, _ snapshot: ScreenSnapshot) {
        guard case .waiting = phase else { return }
        self.id = id
        phase = .live
        queue.append(Screens.greeting(attach, turn: link?.turn.holder))
        queue.append(
            SnapshotRenderer.bytes(
                for: snapshot, scrollbackRows: snapshot.scrollback.count, keepsOldScreen: true))
        turnChanged()
        channel.isReading = true
        let early = early
        self.early = []
        receive(early)
        flush()
    }

    func deliver(_ bytes: [UInt8]) {
        guard case .live = phase else { return }
        if case .overflowed = queue.enqueue(bytes) { phase = .behind(isAsked: false) }
        scheduleFlush()
    }

    func refreshed(_ snapshot: ScreenSnapshot) {
        switch phase {
        case .live: break
        case .behind: phase = .live
        case .waiting, .ending, .over: return
        }
        let shown = notice?.over(snapshot) ?? snapshot
        queue.append(SnapshotRenderer.bytes(for: shown, scrollbackRows: 0))
        scheduleFlush()
    }

    func turnChanged() {
        guard isLive else { return }
        let title = Screens.title(attach, turn: link?.turn.holder)
        guard title != shownTitle else { return }
        shownTitle = title
        queue.append(Screens.setTitle(title))
        scheduleFlush()
    }

    func refused(_ refusal: Refusal, _ turn: TurnNotice) {
        // Once for each turn: whoever goes on typing knows by now.
        guard refusedInTurn != turn.turn else { return }
        refusedInTurn = turn.turn
        show(.refused(refusal, turn))
    }

    func inputTaken(_ count: Int) {
        unacknowledged -= count
        if isLive { sendUnsent() }
    }

    func journalGap(isOpen: Bool, lostBytes: UInt64) {
        show(
            isOpen
                ? Notice(text: "the disk is full: what happens now is missing from the record")
                : Notice(text: "the record goes on; \(lostBytes) bytes of output are missing from it"))
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

    // MARK: The end

    /// Gives the client its terminal back, says why, and closes with the status; without one, as a lost connection.
    func end(status: Int?, _ sentence: String) {
        switch phase {
        case .ending, .over: return
        // Where every other answer is: a stranger's and a watcher's must not differ.
        case .waiting: _ = channel.writeError(Array("cmdop: \(sentence)\r\n".utf8)[...])
        case .live, .behind: queue.append(Screens.farewell(sentence))
        }
        detachFromSession()
        phase = .ending(status: status)
        channel.isReading = true
        flush()
    }

    /// The role that the operator has by now.
    func roleIs(_ current: Role) {
        guard current != role else { return }
        role = current
        link?.send(.changeRole(reference, role))
    }

    private func detachFromSession() {
        link?.detach(reference)
        link = nil
    }

    private var isLive: Bool {
        switch phase {
        case .live, .behind: true
        case .waiting, .ending, .over: false
        }
    }

    // MARK: The client

    func channel(_ channel: SSHChannel, received bytes: [UInt8]) {
        if case .waiting = phase { early += bytes } else { receive(bytes) }
    }

    private func receive(_ bytes: [UInt8]) {
        guard isLive else { return }
        for piece in keys.split(bytes) {
            switch piece {
            case .input(let bytes): send(bytes)
            case .command(let key): perform(key)
            }
        }
    }

    private func send(_ bytes: [UInt8]) {
        guard isLive else { return }
        unsent += bytes
        sendUnsent()
    }

    /// A client may send its whole window at once; the host is never sent more than it was said to have room for.
    private func sendUnsent() {
        while unacknowledged < Self.inputLimit, !unsent.isEmpty {
            let piece = unsent.prefix(Self.inputLimit - unacknowledged)
            unsent = unsent.dropFirst(piece.count)
            unacknowledged += piece.count
            link?.send(.input(reference, Array(piece)))
        }
        if unsent.isEmpty { unsent = [] }
        channel.isReading = unacknowledged < Self.inputLimit
    }

    private func perform(_ key: UInt8) {
        switch key {
        case UInt8(ascii: "d"): end(status: 0, "detached from \(attach.session); it goes on")
        case UInt8(ascii: "x"): link?.send(.release(reference))
        case UInt8(ascii: "t"):
            refusedInTurn = nil
            link?.send(.take(reference))
        case UInt8(ascii: "w"): link?.describe { [weak self] in self?.showWho($0) }
        default: show(.help)
        }
    }

    private func showWho(_ description: SessionDescription?) {
        guard let description else { return }
        let names = description.attachments.map { attachment in
            attachment.id == description.turn.holder?.attachment
                ? "\(attachment.operatorName) (steers)" : attachment.operatorName
        }
        show(Notice(text: names.joined(separator: ", ")))
    }

    func channel(_ channel: SSHChannel, resizedTo columns: Int, rows: Int) {
        guard let window = TerminalSize(columns: columns, rows: rows) else { return }
        size = window
        guard isLive else { return }
        link?.send(.resize(reference, window))
    }

    func channel(_ channel: SSHChannel, signalled name: String) { link?.send(.signal(reference, name: name)) }

    func channelHasRoom(_ channel: SSHChannel) { flush() }

    func channelClosed(_ channel: SSHChannel) {
        detachFromSession()
        phase = .over
        finish()
    }

    private func finish() {
        let finished = finished
        self.finished = nil
        finished?()
    }

    // MARK: Showing

    private func show(_ notice: Notice) {
        guard isLive else { return }
        self.notice = notice
        link?.send(.refresh(reference))
        loop.schedule(after: Self.noticeTime) { [weak self] in
            guard let self, self.notice == notice else { return }
            self.notice = nil
            self.link?.send(.refresh(self.reference))
        }
    }

    private func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        loop.afterThisRound { [weak self] in self?.flush() }
    }

    /// One write a round: each costs three system calls, whatever its size.
    private func flush() {
        isFlushScheduled = false
        guard channel.room > 0 || queue.isEmpty else { return }
        queue.drain { channel.write($0) }
        guard queue.isEmpty else { return }
        switch phase {
        case .behind(isAsked: false):
            phase = .behind(isAsked: true)
            link?.send(.refresh(reference))
        case .ending(let status):
            phase = .over
            // Over for the connection only when the client has closed too: it has shown the last words by then.
            if let status { channel.finish(status: status) } else { channel.close() }
        case .waiting, .live, .behind, .over: break
        }
    }
}
