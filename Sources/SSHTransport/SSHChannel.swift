import CSSH
import Platform

/// One channel of a connection, confined to the connection's loop.
///
/// Whatever is called after it closed, or after the connection ended, does nothing.
package final class SSHChannel {
    /// Held until ``SSHChannelDelegate/channelClosed(_:)``.
    package var delegate: (any SSHChannelDelegate)?
    package private(set) weak var connection: SSHConnection?
    /// Counted from 1 on each connection, for logs.
    package let number: Int
    /// Bytes that may be on their way, whatever window the client grants.
    package var inFlightLimit: Int
    /// Whether more is received. While not, the client's window closes; what was taken in before still arrives.
    package var isReading = true {
        didSet { if isReading, !oldValue { connection?.attend(to: self) } }
    }

    private let raw: ssh_channel
    private var hasEndedOutput = false
    private var hasClosed = false
    private var isGone = false
    lazy var credit = WindowCredit(packet: Int(clamping: largestPacket ?? 32 << 10))
    var probes = ChannelProbes()
    /// Whether the window may be smaller than what is known to be sent.
    private var isInWrite = false

    /// What the client asked for; written by callbacks.
    var requests: ChannelRequests
    /// Bytes that libssh holds because they were not taken; written by callbacks.
    var unread = 0
    /// Bytes that were taken from libssh and not yet received.
    private var staged: ArraySlice<UInt8> = []
    private var isTakingUnread = false
    /// Ends that the client announced, told when everything before them was received.
    private var isEndAnnounced = false
    private var isCloseAnnounced = false
    private var isEndTold = false
    /// Whether a write found no room, so that ``SSHChannelDelegate/channelHasRoom(_:)`` is owed.
    private(set) var isStarved = false
    /// Whether the connection has it on its list of channels to look at.
    var isAttendedTo = false
    /// Whether it carries a forward; then it takes no requests, and needs no start.
    var isForward = false
    /// Whether the client has yet to take it.
    var isOpening = false

    init(_ raw: ssh_channel, number: Int, of connection: SSHConnection, limits: SSHLimits) {
        self.raw = raw
        self.number = number
        self.connection = connection
        inFlightLimit = limits.inFlight
        requests = ChannelRequests(limits: limits)
    }

    /// Whether this side can still write or finish.
    package var isOpen: Bool { !isGone && !hasClosed && !isCloseAnnounced && !isOpening }

    package var start: SSHStart? { requests.start }
    package var terminal: SSHTerminalRequest? { requests.terminal }
    package var environment: [(name: String, value: String)] { requests.environment }

    // MARK: Writing

    /// Bytes that a write takes now; 0 during a key exchange. Where it is 0, ``SSHChannelDelegate/channelHasRoom(_:)``
    /// follows when it is not.
    package var room: Int {
        let room = measureRoom()
        if room == 0 { starve() }
        return room
    }

    /// Sends as much as there is room for, and says how much that is. Not from inside a question of the connection's.
    package func write(_ bytes: UnsafeRawBufferPointer) -> Int { write(bytes, asErrors: false) }

    package func write(_ bytes: ArraySlice<UInt8>) -> Int { bytes.withUnsafeBytes { write($0, asErrors: false) } }

    /// As ``write(_:)``, to the stream for errors.
    package func writeError(_ bytes: UnsafeRawBufferPointer) -> Int { write(bytes, asErrors: true) }

    package func writeError(_ bytes: ArraySlice<UInt8>) -> Int { bytes.withUnsafeBytes { write($0, asErrors: true) } }

    private func write(_ bytes: UnsafeRawBufferPointer, asErrors: Bool) -> Int {
        guard !bytes.isEmpty, let connection else { return 0 }
        var count = min(bytes.count, measureRoom())
        // Whole packets, where there are more to come anyway.
        if count < bytes.count, count > payload { count -= count % payload }
        isInWrite = true
        let taken =
            count > 0 ? connection.write(UnsafeRawBufferPointer(rebasing: bytes[..<count]), to: raw, asErrors) : 0
        isInWrite = false
        credit.sent(taken, window: window)
        noteSent(taken)
        if taken < bytes.count { starve() }
        return taken
    }

    /// What a packet to the client holds.
    private lazy var payload = max(1, Int(largestPacket ?? 32_768) - 10)

    /// The largest packet that the client takes, as it said when it opened the channel; nil where that is not known.
    private var largestPacket: UInt32? {
        let size = cssh_largest_packet(raw)
        return size == 0 ? nil : size
    }

    private func measureRoom() -> Int {
        guard isOpen, !hasEndedOutput, let connection, connection.isWritable else { return 0 }
        let window = self.window
        let room = connection.isPromptReader ? credit.room(window: window, limit: creditLimit) : window
        return max(0, min(room, connection.allowance(below: inFlightLimit)))
    }

    /// What the client has room for, as it said.
    var window: Int { Int(ssh_channel_window_size(raw)) }

    /// Bytes that the client may leave without credit. What is not shown on a terminal need not be there soon: the
    /// client may take as much as its window holds, as from any server.
    private var creditLimit: Int { isForward || isPiped ? .max / 2 : inFlightLimit }

    /// Whether it carries a program's streams, without a terminal.
    var isPiped: Bool {
        switch start {
        case .exec, .shell: terminal == nil
        case .subsystem, nil: false
        }
    }

    var isWriting: Bool { isOpen && !hasEndedOutput }

    private func starve() {
        guard isOpen, !hasEndedOutput else { return }
        isStarved = true
        connection?.attend(to: self)
        scheduleProbe()
    }

    // MARK: Ending

    /// Tells the client that nothing more will be written.
    package func sendEndOfOutput() {
        guard isOpen, !hasEndedOutput else { return }
        hasEndedOutput = true
        connection?.call { _ = ssh_channel_send_eof(raw) }
    }

    /// Ends the channel with an exit status. What no write has taken is lost.
    package func finish(status: Int) {
        end { _ = ssh_channel_request_send_exit_status(raw, CInt(truncatingIfNeeded: status)) }
    }

    /// Ends the channel as a program ends by a signal: its name without SIG, such as `KILL`.
    package func finish(signal: String) {
        end { _ = ssh_channel_request_send_exit_signal(raw, signal, 0, "", "") }
    }

    /// Ends the channel without a word.
    package func close() { end {} }

    private func end(_ lastWords: () -> Void) {
        guard isOpen, let connection else { return }
        hasClosed = true
        connection.call {
            lastWords()
            sendClose()
        }
    }

    /// Twice, because the first call stops after the end of output when the socket does not take that at once.
    private func sendClose() { for _ in 0..<2 where ssh_channel_close(raw) != SSH_OK {} }
}

// MARK: What the connection does with it

extension SSHChannel {
    enum Intake {
        case takes
        case waits
        case discards
    }

    /// What becomes of bytes that arrive now.
    var intake: Intake {
        if isGone || hasClosed || isEndTold { return .discards }
        return isReading && isStarted && staged.isEmpty && !isTakingUnread ? .takes : .waits
    }

    private var isStarted: Bool { isForward ? !isOpening : requests.start != nil }

    private var isHolding: Bool { unread > 0 || !staged.isEmpty }

    /// Whether something can be done for it now.
    var canGoOn: Bool { (isStarved && !isInWrite && measureRoom() > 0) || canReceiveHeld }

    private var canReceiveHeld: Bool {
        isReading && isStarted && !hasClosed && !isGone && isHolding
    }

    /// Does what could not be done before. True when something is left for later.
    func goOn() -> Bool {
        while canReceiveHeld { receiveHeld() }
        tellEnds()
        tellIfDiscarding()
        if isStarved, isOpen, measureRoom() > 0 {
            isStarved = false
            delegate?.channelHasRoom(self)
        }
        return (isStarved && isOpen && !hasEndedOutput) || canReceiveHeld
    }

    /// Closes a channel whose client takes no packets of a useful size: libssh would write to it for ever.
    func isUsable() -> Bool {
        guard let largestPacket, largestPacket < 256 else { return true }
        close()
        return false
    }

    func tellStart() {
        guard let start = requests.start else { return }
        delegate?.channel(self, started: start, terminal: requests.terminal, environment: requests.environment)
        if isHolding { connection?.attend(to: self) }
    }

    func announceEnd() {
        isEndAnnounced = true
        tellEnds()
    }

    func announceClose() {
        isEndAnnounced = true
        isCloseAnnounced = true
        tellEnds()
    }

    /// The connection is over, and with it libssh's side of the channel.
    func vanish() {
        guard !isGone else { return }
        isGone = true
        unread = 0
        staged = []
        delegate?.channelClosed(self)
        delegate = nil
    }

    /// Receives a piece of what was held back.
    private func receiveHeld() {
        if staged.isEmpty { takeUnread() }
        let piece = staged.prefix(64 << 10)
        staged = staged.dropFirst(piece.count)
        if staged.isEmpty { staged = [] }
        if !piece.isEmpty { delegate?.channel(self, received: Array(piece)) }
    }

    /// Takes all that libssh holds at once: it opens the window anew at every read, whatever it still holds, so that
    /// small reads would let an honest client fill it without end.
    private func takeUnread() {
        // The call may bring in more, which comes after what it returns.
        isTakingUnread = true
        defer { isTakingUnread = false }
        let held = unread
        staged =
            [UInt8](unsafeUninitializedCapacity: held) { buffer, initialized in
                var count: CInt = 0
                connection?.call {
                    count = ssh_channel_read_timeout(raw, buffer.baseAddress, UInt32(clamping: buffer.count), 0, 0)
                }
                initialized = max(0, Int(count))
            }[...]
        // What came during the call was counted on top of what the call then took. Where it took nothing, the transport
        // is gone, and what was held with it: to ask again would be to ask for ever.
        unread = max(0, unread - (staged.isEmpty ? held : staged.count))
    }

    private func tellEnds() {
        guard !isGone, !isHolding || hasClosed else { return }
        if isEndAnnounced, !isEndTold {
            isEndTold = true
            delegate?.channelEndOfInput(self)
        }
        guard isCloseAnnounced, !isGone else { return }
        connection?.release(raw) {
            if !hasClosed { sendClose() }
        }
        vanish()
    }
}
