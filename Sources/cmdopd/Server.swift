import Gateway
import Glibc
import HostClient
import Logging
import Observability
import Platform
import SSHTransport
import SessionModel
import SystemPackage

/// A start in the order that its parts need: the launcher before any thread, keys before the first connection.
struct Server {
    let configuration: Configuration
    let path: FilePath

    /// Connections and forwards take one each.
    private static let descriptors = 65_536

    private static let handledSignals = [Signals.terminate, Signals.interrupt, Signals.hangUp]
    /// Besides those that are handled, what a write to nobody, or of too much, raises.
    private static let signals = handledSignals + [Signals.pipe, Signals.fileSize]

    init(_ configuration: Configuration, readFrom path: FilePath) {
        self.configuration = configuration
        self.path = path
    }

    func run() throws {
        umask(0o077)
        SignalSource.block(Self.signals)
        let store = try complaining { try SessionStore(stateDirectory: configuration.state.string) }
        let loops = max(1, min(4, sysconf(CInt(_SC_NPROCESSORS_ONLN))))
        let launchers = try Launcher.start(hostProgram: hostProgram, ports: loops)
        // After the launcher: what runs in sessions has the limit that the server was started with.
        OpenFileLimit.raise(to: Self.descriptors)
        let hostKeys = try complaining {
            try HostKeyDirectory(path: configuration.keys.appending("host")).keyPaths {
                _ = try SSHHostKeys.createHostKey(at: $0)
            }
        }
        let loop = try EventLoop()
        loop.adopt()
        var rules = AccessFiles(configuration, readFrom: path, offeredKey: { try offeredKey(type: $0, base64: $1) })
        for sentence in rules.look(at: .start).sentences { say(sentence) }
        let gateway = try complaining {
            try Gateway(
                GatewaySetup(
                    store: store, access: rules.access, hostKeyFiles: hostKeys.map(\.string), limits: SSHLimits(),
                    logger: Logger(label: "cmdopd")),
                on: loop, launchers: launchers)
        }
        // Ports before sockets: a second server finds the port taken, before it takes the first one's socket away. Who
        // reads that the server listens finds all of it there.
        let places = try configuration.listen.map { try listen(gateway, $0) } + listenLocally(gateway)
        for place in places { say("listening on \(place)") }
        let user = Account.current.name
        say("sessions run as \(user), as this server does: roles and records guard against mistakes, not malice")
        AccessWatch.start(rules, on: loop, say: { say($0) }, onChange: { gateway.apply($0) })
        let signals = try handleSignals(of: gateway, on: loop)
        loop.run()
        signals.close()
        // The other loops' threads still run: what exit(3) tears down is theirs too.
        _exit(0)
    }

    private func handleSignals(of gateway: Gateway, on loop: EventLoop) throws(Errno) -> SignalSource {
        try SignalSource(Self.handledSignals, on: loop) { signal in
            guard signal == Signals.hangUp else { return gateway.stop() }
            say("SIGHUP: the configuration and the keys are looked at all the time, so this changes nothing")
        }
    }

    private var hostProgram: String { "\(ThisProgram.directory)/cmdop-host" }

    private func listen(_ gateway: Gateway, _ address: ListenAddress) throws -> String {
        let port = try complaining { try gateway.listen(on: address) }
        return "\(ListenAddress(address: address.address, port: port))"
    }

    private func listenLocally(_ gateway: Gateway) throws -> [String] {
        let standard = try complaining { try LocalListener(below: configuration.state) }
        try complaining { try gateway.listen(locally: standard) }
        guard let path = configuration.localSocket else { return ["\(standard.path)"] }
        let shared = try complaining { try LocalListener(sharedAt: path) }
        try complaining { try gateway.listen(locally: shared) }
        return ["\(standard.path)", "\(shared.path), for every user of this machine whom 'local' makes an operator"]
    }

    private func complaining<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch {
            throw Complaint(["\(error)"])
        }
    }
}
