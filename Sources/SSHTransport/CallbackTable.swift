import CSSH
import SessionModel

/// The C side of a connection: the tables that libssh keeps pointers to, the answers to what it asks, and notes of what
/// it tells.
///
/// The tables are allocated, because libssh holds their addresses until the session is freed.
final class CallbackTable {
    let server: UnsafeMutablePointer<ssh_server_callbacks_struct>
    let channelCallbacks: UnsafeMutablePointer<ssh_channel_callbacks_struct>
    let limits: SSHLimits
    weak var connection: SSHConnection?
    /// Every channel that libssh knows.
    var channels: [OpaquePointer: SSHChannel] = [:]
    private(set) var authentication: Authentication
    /// Whether the client has asked for the authentication service, which ends the first key exchange.
    private(set) var hasRequestedService = false
    /// Questions that were answered, to tell a request that libssh dropped.
    private(set) var questions = 0
    private var reports: [SSHReport] = []
    private(set) var isEnded = false
    private var channelsOpened = 0

    init(limits: SSHLimits) {
        self.limits = limits
        authentication = Authentication(limits: limits)
        server = .allocate(capacity: 1)
        server.initialize(to: ssh_server_callbacks_struct())
        channelCallbacks = .allocate(capacity: 1)
        channelCallbacks.initialize(to: ssh_channel_callbacks_struct())
        let context = Unmanaged.passUnretained(self).toOpaque()
        cssh_init_server_callbacks(server, context)
        cssh_init_channel_callbacks(channelCallbacks, context)
        fillServerCallbacks()
        fillChannelCallbacks()
    }

    deinit {
        server.deallocate()
        channelCallbacks.deallocate()
    }

    // MARK: Reports

    var hasReports: Bool { !reports.isEmpty }

    func takeReports() -> [SSHReport] {
        defer { reports = [] }
        return reports
    }

    func report(_ report: SSHReport) {
        if case .ended = report {
            guard !isEnded else { return }
            isEnded = true
        }
        reports.append(report)
    }

    /// Adds bytes to the last report where that is of the same channel, so that a burst is told of once.
    func report(_ bytes: UnsafeRawBufferPointer, from channel: SSHChannel) {
        guard case .received(let last, _)? = reports.last, last === channel,
            case .received(_, var received) = reports.removeLast()
        else { return reports.append(.received(channel, Array(bytes))) }
        received.append(contentsOf: bytes)
        reports.append(.received(channel, received))
    }

    /// Replaces a size that nobody has heard of yet.
    func resize(_ channel: SSHChannel, columns: Int, rows: Int) {
        if case .resized(let last, _, _)? = reports.last, last === channel { reports.removeLast() }
        reports.append(.resized(channel, columns: columns, rows: rows))
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> CallbackTable {
        guard let context else { preconditionFailure("libssh lost the context it was given") }
        return Unmanaged<CallbackTable>.fromOpaque(context).takeUnretainedValue()
    }
}

// MARK: Questions about the connection

extension CallbackTable {
    fileprivate func fillServerCallbacks() {
        server.pointee.auth_pubkey_function = { _, user, key, state, context in
            CallbackTable.from(context).answer(user: user, key: key, state: state)
        }
        server.pointee.auth_password_function = { _, user, _, context in
            let table = CallbackTable.from(context)
            return table.conclude(table.authentication.other(user: table.text(user), isNone: false))
        }
        server.pointee.auth_none_function = { _, user, context in
            let table = CallbackTable.from(context)
            return table.conclude(table.authentication.other(user: table.text(user), isNone: true))
        }
        server.pointee.service_request_function = { _, service, context in
            CallbackTable.from(context).requestService(service)
            // Refusing here would free the channels while libssh is using one: the connection is ended afterwards.
            return 0
        }
        server.pointee.channel_open_request_session_function = { session, context in
            CallbackTable.from(context).openChannel(session)
        }
    }

    /// What nobody took: other channels, unknown methods and requests. All of it is refused.
    func refuse(_ message: ssh_message?) -> CInt {
        if ssh_message_type(message) == CInt(SSH_REQUEST_AUTH.rawValue) {
            _ = conclude(authentication.other(user: text(ssh_message_auth_user(message)), isNone: false))
        }
        return 1
    }

    private func answer(user: UnsafePointer<CChar>?, key: ssh_key?, state: CChar) -> CInt {
        guard let key, let offered = try? KeyHandle.offered(by: key), let connection, let delegate = connection.delegate
        else { return conclude(authentication.other(user: text(user), isNone: false)) }
        switch CInt(state) {
        case CInt(SSH_PUBLICKEY_STATE_NONE.rawValue):
            switch authentication.query(user: text(user)) {
            case .answered(let answer): return conclude(answer)
            case .of(let user):
                let isWelcome = delegate.connection(connection, wouldAdmit: offered, user: user)
                return conclude(isWelcome ? .granted : .refused)
            }
        case CInt(SSH_PUBLICKEY_STATE_VALID.rawValue):
            switch authentication.signature(user: text(user)) {
            case .answered(let answer): return conclude(answer)
            case .of(let user):
                // The one place where a proof is made: libssh verified the signature of this very key.
                let key = VerifiedKey(offered, proof: SignatureProof())
                guard !isEnded, delegate.connection(connection, admit: key, user: user) else {
                    return conclude(authentication.failed())
                }
                return conclude(authentication.admit(key, user: user))
            }
        default:
            return conclude(authentication.failed())
        }
    }

    /// Makes an answer libssh's, which takes every success after a signature as entry: so it is said in one place.
    private func conclude(_ answer: Authentication.Answer) -> CInt {
        questions += 1
        switch answer {
        case .granted where !isEnded:
            if authentication.admitted != nil { report(.admitted) }
            return CInt(SSH_AUTH_SUCCESS.rawValue)
        case .granted, .refused:
            return CInt(SSH_AUTH_DENIED.rawValue)
        case .ended(let reason):
            report(.ended(reason))
            return CInt(SSH_AUTH_DENIED.rawValue)
        }
    }

    private func requestService(_ service: UnsafePointer<CChar>?) {
        hasRequestedService = true
        guard service.map({ String(cString: $0) }) != "ssh-userauth" else { return }
        report(.ended(.wrongService))
    }

    private func openChannel(_ session: ssh_session?) -> ssh_channel? {
        guard let session, let connection, authentication.admitted != nil, !isEnded,
            channels.count - forwardCount < limits.channels, let raw = ssh_channel_new(session)
        else { return nil }
        ssh_set_channel_callbacks(raw, channelCallbacks)
        report(.opened(number(raw, of: connection)))
        return raw
    }

    /// A channel of ours for one of libssh's.
    func number(_ raw: ssh_channel, of connection: SSHConnection) -> SSHChannel {
        channelsOpened += 1
        let channel = SSHChannel(raw, number: channelsOpened, of: connection, limits: limits)
        channels[raw] = channel
        return channel
    }

    /// A client's text; nil for what is not UTF-8, so that two names never become one.
    private func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.flatMap { String(validatingCString: $0) } }
}
