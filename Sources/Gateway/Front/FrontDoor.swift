import Control
import Environment
import HostClient
import Logging
import Observability
import Platform
import SSHTransport
import SessionModel
import Wire

/// Somebody who waits for a link.
struct LinkRequest {
    typealias Plan = (Incarnation) throws -> LaunchPlan
    typealias Completion = (Result<SessionLink, HostClientError>) -> Void

    /// How to start the session; `nil` for whoever may not, or does not want to.
    let plan: Plan?
    let completion: Completion
}

/// For another loop, which need not keep it alive.
private struct WeakConnection {
    weak var connection: SSHConnection?
}

/// What the gateway has on one loop: its connections, and its links to hosts. Nothing here is shared with other loops.
final class FrontDoor {
    private static let expiryInterval = Duration.seconds(1)

    let loop: EventLoop
    let store: SessionStore
    let logger: Logger
    let started = ContinuousClock.now
    private(set) var access: Access
    /// What sessions are open from outside, on all loops.
    let forwards: ForwardBoard
    /// On which the server listens; not for forwards.
    var serverPorts: [UInt16] = []
    private let hostKeys: SSHHostKeys
    private let finder: HostFinder
    let keyConnections: KeyConnections
    let loginFailures: LoginFailures
    /// What those who are not in yet cost: handshakes by network, looks at local clients by user.
    let handshakes: FairQueue
    private let limits: SSHLimits
    private var links: [SessionName: SessionLink] = [:]
    private var waiting: [SessionName: [LinkRequest]] = [:]
    private(set) lazy var board = LobbyBoard(door: self)
    private(set) var connections: [ObjectIdentifier: ClientConnection] = [:]
    private var locals: [ObjectIdentifier: LocalConnection] = [:]

    init(_ setup: GatewaySetup, loop: EventLoop, launcher: Launcher.PortBox) throws {
        self.loop = loop
        store = setup.store
        logger = setup.logger
        access = setup.access
        keyConnections = setup.keyConnections
        loginFailures = setup.loginFailures
        handshakes = FairQueue(on: loop)
        forwards = setup.forwards
        hostKeys = try SSHHostKeys(hostKeyFiles: setup.hostKeyFiles)
        finder = HostFinder(store: setup.store, loop: loop, launcher: launcher)
        limits = setup.limits
        watchForExpiry()
        guard launcher.isFirst else { return }
        finder.launcherIsGone = { [logger] in
            logger.error("the launcher is gone: no session can be started until the server is restarted")
        }
    }

    // MARK: Connections

    func accept(_ socket: consuming OwnedDescriptor, from peer: String, _ pass: ConnectionGate.Pass) {
        let address = ConnectionGate.address(of: peer)
        do throws(SSHError) {
            let client = ClientConnection(peer: peer, door: self, pass: pass)
            let connection = try SSHConnection(
                accepting: socket, peer: peer, on: loop, hostKeys: hostKeys, limits: limits, handshakes: handshakes,
                network: "\(ClientNetwork(address))", logger: logger, delegate: client)
            client.connection = connection
            connections[ObjectIdentifier(client)] = client
            let bound = LoopBound(WeakConnection(connection: connection), on: loop)
            pass.whenDisplaced { [loop] in loop.submit { bound.get().connection?.displace() } }
        } catch {
            loginFailures.note(address, "\(error)")
        }
    }

    func forget(_ client: ClientConnection) { connections[ObjectIdentifier(client)] = nil }

    /// A connection on the local socket.
    func accept(_ socket: consuming OwnedDescriptor, from peer: LocalPeer, _ place: LocalGate.Place) {
        // Many are gone by now who connected and left.
        guard socket.borrowed.arrival != .end, let channel = try? LocalChannel(socket, on: loop) else { return }
        let connection = LocalConnection(channel, from: peer, place, at: self)
        locals[ObjectIdentifier(connection)] = connection
    }

    func forget(_ local: LocalConnection) { locals[ObjectIdentifier(local)] = nil }

    var connectionCount: Int { connections.count + locals.count }

    /// New keys or rules: whoever may no longer be here is cut off, and whoever's role changed has the new one.
    func apply(_ access: Access) {
        self.access = access
        for client in connections.values { client.reconsider() }
        for local in locals.values { local.reconsider() }
    }

    /// Keys may expire while their operators are here, and hosts may cease to respond.
    private func watchForExpiry() {
        loop.schedule(after: Self.expiryInterval) { [weak self] in
            guard let self else { return }
            self.apply(self.access)
            for link in self.links.values { link.look() }
            self.loginFailures.sumUp()
            self.watchForExpiry()
        }
    }

    /// Tells everybody attached that the server stops; sessions stay.
    func drain() {
        for client in connections.values { client.drain() }
        for local in locals.values { local.drain() }
    }

    // MARK: Links

    /// This loop's link to a session's host, which is found, or started where `starting` says how.
    func link(to session: SessionName, starting plan: LinkRequest.Plan?, _ completion: @escaping LinkRequest.Completion)
    {
        if let link = links[session] {
            return completion(link.isResponding ? .success(link) : .failure(.notResponding))
        }
        waiting[session, default: []].append(LinkRequest(plan: plan, completion: completion))
        if waiting[session]?.count == 1 { find(session, plan) }
    }

    private func find(_ session: SessionName, _ plan: LinkRequest.Plan?) {
        finder.connect(session, startingWith: plan) { [weak self] outcome in self?.found(session, outcome) }
    }

    /// Answers those who wait. Whoever may start the session is not answered with what another may not.
    private func found(_ session: SessionName, _ outcome: Result<HostConnection, HostClientError>) {
        let requests = waiting.removeValue(forKey: session) ?? []
        if case .failure(.notRunning) = outcome, let plan = requests.compactMap(\.plan).first {
            waiting[session] = requests.filter { $0.plan != nil }
            for request in requests where request.plan == nil { request.completion(.failure(.notRunning)) }
            return find(session, plan)
        }
        let linked = outcome.map { open(session, $0) }
        for request in requests { request.completion(linked) }
    }

    private func open(_ session: SessionName, _ connection: HostConnection) -> SessionLink {
        let link = SessionLink(session: session, connection: connection, loop: loop)
        links[session] = link
        link.idle = { [weak self, weak link] in
            // Whoever lists sessions does so again soon.
            self?.loop.schedule(after: .seconds(5)) { if link?.isIdle == true { link?.close() } }
        }
        link.closed = { [weak self, weak link] in
            guard let self, self.links[session] === link else { return }
            self.links[session] = nil
        }
        return link
    }

    /// Those that the session's environment has now; `nil` where they cannot be read: then nobody knows what to mask.
    func secrets(of session: SessionName) -> [EnvironmentVariable]? {
        guard let settings = store.environment(of: session).flatMap({ access.configuration.environments[$0] })
        else { return nil }
        return try? SecretFiles.variables(in: settings.secrets) + SecretFiles.files(in: settings.secretFiles)
    }

    /// The launch plan of a new process tree, as the configuration has it.
    func plan(
        for session: SessionName, environment: String?, size: TerminalSize?, locale: [EnvironmentVariable],
        by who: Operator
    ) -> LinkRequest.Plan? {
        let rules = access.configuration.rules(for: session)
        let environments = access.configuration.environments
        // A session that ended goes on where it was.
        let last = store.environment(of: session).flatMap { environments[$0] == nil ? nil : $0 }
        let name = environment ?? last ?? rules.environment
        guard let settings = environments[name] else { return nil }
        var terms = SessionTerms(
            session: session, environment: name, stateDirectory: store.path(of: session), locale: locale,
            size: size ?? .standard, turns: rules.turnRules, scrollback: rules.scrollback, createdBy: who)
        terms.idle = rules.idle
        switch settings.kind {
        case .process:
            // Of a user who is gone since the configuration was read there can be no session.
            guard let account = settings.user.map({ Account.named($0) }) ?? .current else { return nil }
            var recipe = ProcessEnvironment(
                shell: settings.shell, directory: settings.directory, account: account, limits: settings.limits,
                secrets: settings.secrets)
            recipe.secretFiles = settings.secretFiles
            recipe.variables = settings.variables
            recipe.mask = settings.mask
            recipe.openFiles = settings.openFiles
            return { try recipe.plan(for: terms, $0) }
        case .container:
            guard let source = settings.source else { return nil }
            var recipe = ContainerEnvironment(
                source: source, shell: settings.shell, limits: settings.limits, mounts: settings.mounts,
                localVariables: settings.localVariables, secrets: settings.secrets)
            recipe.secretFiles = settings.secretFiles
            recipe.allowsOnBuild = settings.allowsOnBuild
            return { try recipe.plan(for: terms, $0) }
        }
    }
}
