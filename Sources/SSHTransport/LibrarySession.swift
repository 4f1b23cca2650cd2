import CSSH
import Platform
import SystemPackage

/// One `ssh_session` in an `ssh_event` of its own, and the order in which libssh wants to be called.
///
/// Every call may run callbacks, and may end the session: ``isAlive`` is to be looked at after each.
final class LibrarySession {
    /// Closed by libssh, at any call that finds the transport broken.
    let descriptor: FileDescriptor
    private let session: ssh_session
    private let event: ssh_event
    private let table: CallbackTable
    private let sent: UnsafeMutablePointer<ssh_counter_struct>
    private let sealed: UnsafeMutablePointer<ssh_counter_struct>
    private var meter = OutboundMeter()
    private var isFreed = false

    /// Takes the connected, non-blocking socket and sends the identification line.
    init(
        accepting socket: consuming OwnedDescriptor, hostKeys: SSHHostKeys, table: CallbackTable
    ) throws(SSHError) {
        guard let session = ssh_new() else { throw .outOfMemory(call: "ssh_new") }
        guard let event = ssh_event_new() else {
            ssh_free(session)
            throw .outOfMemory(call: "ssh_event_new")
        }
        self.table = table
        self.session = session
        self.event = event
        descriptor = socket.borrowed
        sent = .allocate(capacity: 1)
        sent.initialize(to: ssh_counter_struct())
        sealed = .allocate(capacity: 1)
        sealed.initialize(to: ssh_counter_struct())
        ssh_set_blocking(session, 0)
        let result = ssh_bind_accept_fd(hostKeys.raw, session, socket.borrowed.rawValue)
        // From the moment the session knows it, libssh closes the socket.
        if ssh_get_fd(session) == socket.borrowed.rawValue { _ = socket.release() }
        guard result == SSH_OK else { throw .last(on: hostKeys.raw, call: "ssh_bind_accept_fd") }
        try begin()
    }

    deinit {
        close(message: nil)
        sent.deallocate()
        sealed.deallocate()
    }

    private func begin() throws(SSHError) {
        var rekeyBytes = table.limits.rekeyBytes
        guard ssh_options_set(session, SSH_OPTIONS_COMPRESSION_C_S, "none") == SSH_OK,
            ssh_options_set(session, SSH_OPTIONS_COMPRESSION_S_C, "none") == SSH_OK,
            ssh_options_set(session, SSH_OPTIONS_REKEY_DATA, &rekeyBytes) == SSH_OK
        else { throw .last(on: session, call: "ssh_options_set") }
        // All before the key exchange, so that a client that does not wait for it finds them set.
        ssh_set_server_callbacks(session, table.server)
        ssh_set_message_callback(
            session, { _, message, context in CallbackTable.from(context).take(message) },
            Unmanaged.passUnretained(table).toOpaque())
        ssh_set_auth_methods(session, CInt(SSH_AUTH_METHOD_PUBLICKEY))
        ssh_set_counters(session, sent, sealed)
        // Called once: it makes the poll context that an event takes over, and the event drives the rest.
        let result = ssh_handle_key_exchange(session)
        guard result == SSH_OK || result == SSH_AGAIN, ssh_event_add_session(event, session) == SSH_OK, isAlive else {
            throw .last(on: session, call: "ssh_handle_key_exchange")
        }
    }

    // MARK: State

    var isAlive: Bool {
        !isFreed && ssh_is_connected(session) != 0 && ssh_get_status(session) & (SSH_CLOSED | SSH_CLOSED_ERROR) == 0
            && ssh_get_fd(session) == descriptor.rawValue
    }

    /// Whether the socket did not take everything yet.
    var hasPendingOutput: Bool { ssh_get_status(session) & SSH_WRITE_PENDING != 0 }

    /// Bytes that libssh holds for the client, and does not hold back during a key exchange.
    func heldBytes() -> Int {
        meter.held(
            sealed: OutboundMeter.Count(bytes: sealed.pointee.out_bytes, packets: packetsSealed),
            sent: OutboundMeter.Count(bytes: bytesSent, packets: 0), isEmpty: !hasPendingOutput)
    }

    var packetsReceived: UInt64 { sealed.pointee.in_packets }
    var packetsSealed: UInt64 { sealed.pointee.out_packets }
    var bytesReceived: UInt64 { sent.pointee.in_bytes }
    var bytesSent: UInt64 { sent.pointee.out_bytes }

    /// The client's identification line, as it wrote it.
    var clientIdentification: String {
        ssh_get_clientbanner(session).map { String(cString: $0) } ?? ""
    }

    /// libssh's words for the end of the session.
    var failure: String { ssh_get_error(UnsafeMutableRawPointer(session)).map { String(cString: $0) } ?? "" }

    // MARK: Calls

    /// Reads and writes what the socket has and takes: at most 4 KiB in a step, and another step while steps are full.
    func poll() {
        for _ in 0..<16 {
            let before = bytesReceived
            _ = ssh_event_dopoll(event, 0)
            guard isAlive, bytesReceived - before >= 4_096 else { return }
        }
    }

    enum Written {
        case taken(Int)
        /// Taken, and held back until new keys are agreed on.
        case queued(Int)
        case refused
    }

    func write(_ bytes: UnsafeRawBufferPointer, to channel: ssh_channel, asErrors: Bool) -> Written {
        let before = sealed.pointee.out_bytes
        let length = UInt32(clamping: bytes.count)
        let result =
            asErrors
            ? ssh_channel_write_stderr(channel, bytes.baseAddress, length)
            : ssh_channel_write(channel, bytes.baseAddress, length)
        guard result > 0 else { return .refused }
        return sealed.pointee.out_bytes - before >= UInt64(result) ? .taken(Int(result)) : .queued(Int(result))
    }

    /// Whether what is sent now is held back for a key exchange; sends a packet that means nothing to find out.
    func isHoldingBack() -> Bool {
        let before = packetsSealed
        _ = ssh_send_ignore(session, "")
        return packetsSealed == before
    }

    /// Sends a packet that means nothing.
    func sendIgnored() { _ = ssh_send_ignore(session, "") }

    func newChannel() -> ssh_channel? { isAlive ? ssh_channel_new(session) : nil }

    /// Offers a channel, or looks what became of the offer: `SSH_OK`, `SSH_ERROR`, or `SSH_AGAIN` for no answer yet.
    func open(_ channel: ssh_channel, _ offer: SSHForwardedOffer) -> CInt {
        ssh_channel_open_reverse_forward(
            channel, offer.address, CInt(offer.port), offer.originator, CInt(offer.originatorPort))
    }

    /// Refuses a channel with a reason and a sentence (RFC 4254, 5.1), which libssh has no call for.
    ///
    /// Its language is what libssh adds behind it: an `SSH_MSG_IGNORE` without data, five bytes.
    func refuse(_ message: KeptMessage, _ reason: SSHOpenRequest.Refusal, _ sentence: String) {
        guard let number = message.channel, let packet = cssh_next_packet(session) else {
            _ = ssh_message_reply_default(message.raw)
            return
        }
        let text = sentence.utf8.prefix(1_024)
        var bytes: [UInt8] = [92]
        for word in [number, reason.rawValue, UInt32(text.count)] { bytes += Self.bigEndian(word) }
        bytes += text
        bytes += Self.bigEndian(5)
        guard ssh_buffer_add_data(packet, bytes, UInt32(bytes.count)) == SSH_OK else {
            _ = ssh_buffer_reinit(packet)
            return
        }
        _ = ssh_send_ignore(session, "")
    }

    private static func bigEndian(_ word: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
    }

    /// Asks whether the client is there, unless the last question is unanswered.
    func sendKeepalive() {
        let before = packetsSealed
        _ = ssh_send_keepalive(session)
        // Every second call only collects the answer to the one before.
        if packetsSealed == before { _ = ssh_send_keepalive(session) }
    }

    /// Ends everything, with a message where the transport still takes one. All channels are gone after it.
    func close(message: String?) {
        guard !isFreed else { return }
        if isAlive, let message {
            // The first writes what is left; the second finds the socket writable, without which libssh would only
            // queue the message and close.
            for _ in 0..<2 where isAlive { _ = ssh_event_dopoll(event, 0) }
            ssh_session_set_disconnect_message(session, message)
        }
        isFreed = true
        for raw in table.channels.keys { ssh_remove_channel_callbacks(raw, table.channelCallbacks) }
        table.channels = [:]
        ssh_event_remove_session(event, session)
        if message == nil { ssh_silent_disconnect(session) } else { ssh_disconnect(session) }
        ssh_event_free(event)
        ssh_free(session)
    }
}
