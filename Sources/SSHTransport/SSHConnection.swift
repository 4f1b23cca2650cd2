import CSSH
package import Logging
import Observability
package import Platform
package import SessionModel
import SystemPackage

/// One client's transport, confined to one loop for its whole life; it keeps itself alive until it is closed.
///
/// libssh calls back from inside its calls. A callback that asks something is answered at once, from values; one that
/// tells something is noted, and acted on when the call has returned.
package final class SSHConnection {
    package let loop: EventLoop
    package let peer: String
    /// Held until ``SSHConnectionDelegate/connectionClosed(_:reason:)``.
    package private(set) var delegate: (any SSHConnectionDelegate)?
    package private(set) var isOpen = true

    let limits: SSHLimits
    let library: LibrarySession
    let table: CallbackTable
    private let logger: Logger
    /// Why it is to end, from the moment that is known.
    private(set) var ending: SSHCloseReason?
    private var farewell: String?
    private var closesWhenIdle = false
    private var isWatching = false
    private var isSettling = false
    private var isSettlingAsked = false
    /// Channels that could not go on, oldest first.
    private var attention: [SSHChannel] = []
    /// Set when a write was held back for a key exchange; nothing is written until the next poll.
    private var isHeldBack = false
    /// Above the cap, nothing more is read from the client.
    var isBacklogged = false
    var timers: [ConnectionTimer: EventLoop.TimerID] = [:]
    var dialogue = DialogueWatch()
    var silence = SilenceWatch()
    var forwards = ConnectionForwards()
    /// Where it waits to be heard until it is authenticated, and as one of whom.
    private let handshakes: FairQueue?
    private let network: String
    private var waitsForTurn = false
    private var progress = SSHProgress.connected

    /// Starts the handshake on a connected, non-blocking socket. Throws when the client is gone already.
    ///
    /// - Parameters:
    ///   - handshakes: hears it in turns with others, until it is authenticated.
    ///   - network: those of one network share their turns.
    package init(
        accepting socket: consuming OwnedDescriptor, peer: String, on loop: EventLoop, hostKeys: SSHHostKeys,
        limits: SSHLimits = SSHLimits(), handshakes: FairQueue? = nil, network: String = "", logger: Logger,
        delegate: any SSHConnectionDelegate
    ) throws(SSHError) {
        loop.checkIsolated()
        self.loop = loop
        self.peer = peer
        self.limits = limits
        self.handshakes = handshakes
        self.network = network
        self.delegate = delegate
        var logger = logger
        logger[.peer] = "\(peer)"
        self.logger = logger
        TransportOptions.set(on: socket.borrowed, limits: limits)
        table = CallbackTable(limits: limits)
        library = try LibrarySession(accepting: socket, hostKeys: hostKeys, table: table)
        table.connection = self
        do {
            try loop.watch(library.descriptor, for: .readable) { [self] in handle($0) }
        } catch {
            library.close(message: nil)
            throw .system(call: "epoll_ctl", error)
        }
        isWatching = true
        startGrace()
        askToSettle()
    }

    /// The user name that the client asked for, once it is admitted.
    package var user: String? { table.authentication.admitted?.user }
    /// The key that signed, once the client is admitted.
    package var key: VerifiedKey? { table.authentication.admitted?.key }
    package var channels: [SSHChannel] { table.channels.values.sorted { $0.number < $1.number } }
    var isAuthenticated: Bool { table.authentication.admitted != nil }

    /// Ends the connection soon, with a message that stock clients show. The delegates hear of it afterwards, never
    /// from inside this call.
    package func disconnect(_ message: String) { end(.disconnected, saying: message) }

    /// Ends the connection, unless it is authenticated: others need its place.
    package func displace() {
        if !isAuthenticated { end(.displaced) }
    }

    /// Ends the connection when its last channel is closed and everything was sent, at the latest after a while.
    package func closeWhenIdle(within limit: Duration = .seconds(5)) {
        guard isOpen, !closesWhenIdle else { return }
        closesWhenIdle = true
        setTimer(.idle, after: limit) { $0.end(.idle) }
        askToSettle()
    }

    func end(_ reason: SSHCloseReason, saying message: String? = nil) {
        guard isOpen, ending == nil else { return }
        ending = reason
        farewell = message ?? reason.message
        askToSettle()
    }

    // MARK: Calls of libssh

    /// Whether a write would be taken, as far as the connection knows.
    var isWritable: Bool { isOpen && ending == nil && !isHeldBack && library.isAlive }

    /// Clients that say what they have read at least every 96 KiB, so that what they have not said is on its way.
    private(set) lazy var isPromptReader = library.clientIdentification.hasPrefix("SSH-2.0-OpenSSH")

    /// What may be added to what libssh holds; half of the limit has to be gone before more is.
    func allowance(below limit: Int) -> Int {
        let held = library.heldBytes()
        return held > limit / 2 ? 0 : limit - held
    }

    func write(_ bytes: UnsafeRawBufferPointer, to channel: ssh_channel, _ asErrors: Bool) -> Int {
        defer { afterCall() }
        switch library.write(bytes, to: channel, asErrors: asErrors) {
        case .taken(let count):
            cancelTimer(.rekey)
            return count
        case .queued(let count):
            holdBack()
            return count
        case .refused:
            holdBack()
            return 0
        }
    }

    /// Has the client wake up, and nothing else.
    func nudge() {
        call { library.sendIgnored() }
    }

    /// Runs a call of libssh about one of the channels, and looks after what it did.
    func call(_ body: () -> Void) {
        guard isOpen, library.isAlive else { return }
        body()
        afterCall()
    }

    /// Frees a channel that the client has closed. Its callbacks go first: libssh would still call them.
    func release(_ raw: ssh_channel, _ lastWords: () -> Void) {
        guard isOpen, table.channels.removeValue(forKey: raw) != nil else { return }
        if library.isAlive { lastWords() }
        ssh_remove_channel_callbacks(raw, table.channelCallbacks)
        ssh_channel_free(raw)
        afterCall()
    }

    /// Looks at the channel again when this round's calls are done.
    func attend(to channel: SSHChannel) {
        guard isOpen, !channel.isAttendedTo else { return }
        channel.isAttendedTo = true
        attention.append(channel)
        askToSettle()
    }

    func afterCall() {
        // At once: libssh has closed the descriptor, and its number may be another's next.
        if !library.isAlive { stopWatching() }
        if isSettling { return }
        if table.hasReports || !library.isAlive { askToSettle() }
        updateInterest()
    }

    private func holdBack() {
        isHeldBack = true
        watchKeyExchange()
    }

    // MARK: Rounds

    private func handle(_ readiness: EventLoop.Readiness) {
        if isBacklogged, readiness.isDisjoint(with: [.writable, .hangup]) { return }
        guard isAuthenticated || handshakes == nil else { return waitForTurn() }
        hear()
    }

    private func waitForTurn() {
        guard !waitsForTurn else { return }
        waitsForTurn = true
        loop.rewatch(library.descriptor, for: [])
        handshakes?.add(for: network) { [self] in takeTurn() }
    }

    /// It is heard now, unless it ended while it waited.
    func takeTurn() {
        waitsForTurn = false
        guard isOpen, isWatching, library.isAlive else { return askToSettle() }
        hear()
    }

    private func hear() {
        isHeldBack = false
        library.poll()
        settle()
    }

    func askToSettle() {
        guard isOpen, !isSettling, !isSettlingAsked else { return }
        isSettlingAsked = true
        loop.afterThisRound { [self] in
            isSettlingAsked = false
            settle()
        }
    }

    /// Acts on what libssh told, until it tells nothing more.
    private func settle() {
        guard isOpen, !isSettling else { return }
        isSettling = true
        repeat {
            if !library.isAlive {
                stopWatching()
                ending = ending ?? .peerLeft(library.failure.quoted)
            }
            for report in table.takeReports() { act(on: report) }
            if !forwards.offered.isEmpty { settleOffers() }
            goOnWithChannels()
        } while table.hasReports || (ending == nil && !library.isAlive)
        isSettling = false
        noteProgress()
        enforceLimits()
        if closesWhenIdle, table.channels.isEmpty, !library.hasPendingOutput { end(.idle) }
        if let ending { return close(ending) }
        // What was sent to hold the client to its limits may have found it gone.
        if library.isAlive { updateInterest() } else { askToSettle() }
    }

    private func noteProgress() {
        guard !isAuthenticated, library.isAlive else { return }
        let reached: SSHProgress =
            table.hasRequestedService ? .keysExchanged : library.bytesReceived > 0 ? .identified : .connected
        guard reached > progress else { return }
        progress = reached
        delegate?.connection(self, reached: reached)
    }

    private func goOnWithChannels() {
        let channels = attention
        attention = []
        for channel in channels {
            channel.isAttendedTo = false
            guard channel.goOn(), !channel.isAttendedTo else { continue }
            channel.isAttendedTo = true
            attention.append(channel)
        }
    }

    private func act(on report: SSHReport) {
        switch report {
        case .admitted: welcome()
        case .opened(let channel): if channel.isUsable() { delegate?.connection(self, opened: channel) }
        case .started(let channel): channel.tellStart()
        case .received(let channel, let bytes): channel.delegate?.channel(channel, received: bytes)
        case .resized(let channel, let columns, let rows):
            channel.delegate?.channel(channel, resizedTo: columns, rows: rows)
        case .signalled(let channel, let name): channel.delegate?.channel(channel, signalled: name)
        case .endOfInput(let channel): channel.announceEnd()
        case .closed(let channel): channel.announceClose()
        case .askedToConnect(let request): ask(request)
        case .askedTooMuch(let request):
            request.refuse(.tooMany, "\(limits.forwardChannels) forwards of this connection are open; close some first")
        case .askedToListen(let request): ask(request)
        case .ended(let reason): end(reason)
        }
    }

    private func welcome() {
        cancelTimer(.grace)
        cancelTimer(.unanswered)
        startKeepalive()
        guard let admitted = table.authentication.admitted else { return }
        logger.info(
            "operator authenticated",
            metadata: fields([.user: "\(admitted.user.quoted)", .key: "\(admitted.key.fingerprint)"]))
    }

    private func updateInterest() {
        guard isWatching, library.isAlive, !waitsForTurn else { return }
        var interest: EventLoop.Readiness = isBacklogged ? [] : .readable
        if library.hasPendingOutput || attention.contains(where: \.canGoOn) { interest.insert(.writable) }
        loop.rewatch(library.descriptor, for: interest)
    }

    private func stopWatching() {
        guard isWatching else { return }
        isWatching = false
        loop.unwatch(library.descriptor)
    }

    private func close(_ reason: SSHCloseReason) {
        isOpen = false
        stopWatching()
        cancelTimers()
        let channels = channels
        library.close(message: farewell)
        for channel in channels { channel.vanish() }
        attention = []
        forgetForwards()
        // Of those who did not log in there may be thousands; whoever counts them says so.
        if isAuthenticated { logger.info("connection closed", metadata: fields([.reason: "\(reason.code)"])) }
        delegate?.connectionClosed(self, reason: reason)
        delegate = nil
    }
}
