import Control
import HostClient
import Platform
import SessionModel
import Wire

/// Decides what a started channel may be, and makes it that.
///
/// Access is decided before existence is looked up: a name that does not parse, a session that the operator may not
/// see, and one that does not exist and may not be created get the same answer.
struct ChannelOpening {
    let channel: any ClientChannel
    let client: Client
    var terminal: TerminalRequest?
    let locale: [EnvironmentVariable]

    private var size: TerminalSize? {
        terminal.flatMap { TerminalSize(columns: $0.columns, rows: $0.rows) }
    }

    private var who: Operator { client.who }
    private var transport: String { client.transport }

    func attach(_ address: SessionAddress) {
        guard let session = address.session else { return refuse() }
        let use = ChannelUse(
            kind: .attachment, session: session, isObserving: address.isObserving, hasTerminal: terminal != nil)
        guard let (role, limits) = right(to: use) else { return }
        guard !address.isReplaying else { return answer("this server does not replay records yet", status: 254) }
        let attachment = AttachmentChannel(
            channel: channel, loop: client.door.loop,
            attach: AttachIntent(
                session: session, who: who, role: role, limits: limits,
                isSteering: !address.isObserving, transport: transport,
                size: size, terminal: ClientTerminal(name: terminal?.term ?? ""), hasTerminal: terminal != nil,
                panelKey: client.door.access.configuration.panelKey))
        channel.handler = attachment
        client.keep(attachment)
        client.door.link(to: session, starting: plan(address, session, role)) { outcome in
            switch outcome {
            case .success(let link): attachment.connect(to: link)
            case .failure(.notRunning): attachment.end(status: 254, Self.whyNotStarted(address, role))
            case .failure(let error): attachment.end(status: 254, "can not attach to \(session): \(error)")
            }
        }
    }

    /// A command, or a private shell, beside the terminal.
    func spawn(_ command: [UInt8]?, at address: SessionAddress) {
        let request = SpawnRequest(
            who: who, transport: transport, command: command, terminal: terminal == nil ? nil : size ?? .standard,
            variables: locale)
        beside(address, .program, "run commands beside the terminal") { beside, link in beside.start(request, on: link)
        }
    }

    /// The session's files, by SFTP.
    func serveFiles(at address: SessionAddress) {
        let (who, transport) = (who, "sftp \(transport)")
        beside(address, .files, "move files") { beside, link in beside.serveFiles(by: who, over: transport, on: link) }
    }

    private func beside(
        _ address: SessionAddress, _ kind: ChannelUse.Kind, _ deed: String,
        _ start: @escaping (BesideChannel, SessionLink) -> Void
    ) {
        guard let session = address.session else { return refuse() }
        let use = ChannelUse(
            kind: kind, session: session, isObserving: address.isObserving, hasTerminal: terminal != nil)
        guard let (role, _) = right(to: use) else { return }
        guard OpenFileLimit.hasRoom(for: Self.descriptorsBeside) else {
            return answer(Self.fullSentence, status: 254)
        }
        let beside = BesideChannel(channel: channel, loop: client.door.loop, use: use)
        channel.handler = beside
        client.keep(beside)
        client.door.link(to: session, starting: plan(address, session, role)) { outcome in
            switch outcome {
            case .success(let link): start(beside, link)
            case .failure(.notRunning): beside.failed(Self.whyNotStarted(address, role))
            case .failure(let error): beside.failed("can not \(deed) in \(session): \(error)")
            }
        }
    }

    /// Its three streams, and perhaps a link to the session's host.
    static let descriptorsBeside = 4
    static let fullSentence = "the server has as many files open as it may; try again later"

    func run(verb commandLine: ByteString) {
        let desk = GatewayDesk(client: client, transport: transport, locale: locale)
        let verb = VerbChannel(channel: channel, desk: desk, hasTerminal: terminal != nil)
        client.keep(verb)
        verb.run(commandLine)
    }

    /// JSON-RPC, for scripts and agents. It starts nothing: a session that does not run is no reason to refuse.
    func control(_ face: ControlFace, _ address: SessionAddress) {
        let use = ChannelUse(kind: .control, session: address.session, isObserving: address.isObserving)
        if case .failure(let refusal) = client.judge(use) { return answer(refusal.sentence, status: 254) }
        let desk = GatewayDesk(
            client: client, transport: "\(face.transport) \(transport)", session: address.session,
            isObserving: address.isObserving, locale: locale)
        let control = ControlChannel(channel: channel, desk: desk, dispatcher: face.dispatcher(at: desk), use: use)
        channel.handler = control
        client.keep(control)
        control.start()
    }

    /// Whether there is a terminal that can be drawn on.
    var canShowLobby: Bool { size != nil && terminal.map { !["", "dumb", "unknown"].contains($0.term) } == true }

    /// The list of sessions on the whole terminal, until one is chosen.
    func showLobby() {
        guard let size else { return run(verb: "ls") }
        let lobby = LobbyScreenChannel(opening: self, size: size)
        channel.handler = lobby
        client.keep(lobby)
        lobby.start()
    }

    /// What a channel becomes that showed the lobby, in a window that may have changed since.
    func attach(to session: SessionName, window: TerminalSize, typedAhead: [UInt8]) {
        guard let address = try? SessionAddress(userName: session.text) else { return refuse() }
        var opening = self
        let term = terminal?.term ?? "unknown"
        opening.terminal = TerminalRequest(term: term, columns: window.columns, rows: window.rows)
        opening.attach(address)
        if !typedAhead.isEmpty { channel.handler?.channel(channel, received: typedAhead) }
    }

    /// The operator's role where the channel may be that, and limits; otherwise it is told why it may not.
    private func right(to use: ChannelUse) -> (Role, AgentLimits)? {
        switch client.judge(use) {
        case .success(let right):
            guard let role = right.role else { preconditionFailure("it is about a session") }
            return (role, right.limits)
        case .failure(let refusal):
            answer(refusal.sentence, status: 254)
            return nil
        }
    }

    func refuse() { answer(ChannelRefusal.noSuchSession, status: 254) }

    /// Only who may start sessions is told that it is the environment which is not there.
    private static func whyNotStarted(_ address: SessionAddress, _ role: Role) -> String {
        guard role.may(.create), let environment = address.environment else { return ChannelRefusal.noSuchSession }
        return "there is no environment '\(environment)'; name one that the configuration has, or none"
    }

    private func answer(_ sentence: String, status: Int) {
        LobbyChannel(channel: channel, hasTerminal: terminal != nil)
            .finish(with: VerbAnswer(text: "", complaint: "cmdop: \(sentence)\n", status: status))
    }

    /// How the session is started if it does not run; `nil` where the operator may not, or names no environment.
    private func plan(
        _ address: SessionAddress, _ session: SessionName, _ role: Role
    ) -> LinkRequest.Plan? {
        guard role.may(.create) else { return nil }
        return client.door.plan(
            for: session, environment: address.environment, size: size, locale: locale, by: who)
    }
}
