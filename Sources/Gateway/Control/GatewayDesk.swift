import Control
import HostClient
import JSONText
import Platform
import SessionModel
import Wire

/// What the control methods work with, for one caller on one channel.
final class GatewayDesk: ControlDesk {
    private static let patience = Duration.seconds(3)

    let caller: Operator
    let transport: String
    let defaultSession: SessionName?
    let loop: EventLoop
    private let client: Client
    private let door: FrontDoor
    /// Whether the caller wants only to watch, whatever the role.
    private let isObserving: Bool
    private let locale: [EnvironmentVariable]
    private var sessions: [SessionName: ControlSession] = [:]
    /// How many answers are on their way from what is kept of sessions.
    var readingJournals = 0
    private var isClosed = false
    /// Called when a lead ended the caller's work with a session.
    var removed: ((_ session: SessionName, _ sentence: String) -> Void)?

    init(
        client: Client, transport: String, session: SessionName? = nil,
        isObserving: Bool = false, locale: [EnvironmentVariable] = []
    ) {
        self.client = client
        door = client.door
        loop = client.door.loop
        self.transport = transport
        self.isObserving = isObserving
        self.locale = locale
        caller = client.who
        defaultSession = session
    }

    var panelKey: String { "\(door.access.configuration.panelKey)" }
    var store: SessionStore { door.store }

    var server: ServerFacts {
        ServerFacts(
            runningFor: ContinuousClock.now - door.started, connections: door.connectionCount,
            operators: Set(door.access.roster.members.map(\.name)).count)
    }

    func role(in session: SessionName) -> Role? {
        client.role(in: session).map { isObserving ? min($0, .observer) : $0 }
    }

    func limits(in session: SessionName) -> AgentLimits { client.limits(in: session) }

    func kind(of name: String) -> OperatorKind? { door.access.roster.member(named: name)?.kind }

    func turnRules(in session: SessionName) -> TurnRules {
        door.access.configuration.rules(for: session).turnRules
    }

    // MARK: Sessions

    func liveSession(_ session: SessionName) async throws(ControlFailure) -> (any LiveSession)? {
        switch await linked(session, starting: nil) {
        case .success(let live): return live
        case .failure(.notRunning): return nil
        // A host that holds the session's lock and is behind no socket may be in its last moments.
        case .failure(.startTimedOut):
            guard store.status(of: session) == .live else { return nil }
            throw .notResponding(session)
        case .failure(.notResponding): throw .notResponding(session)
        case .failure(let error):
            throw ControlFailure(
                .busy, "whether '\(session)' runs can not be seen: \(error)", data: ["session": .string(session.text)])
        }
    }

    func start(_ session: SessionName, environment: String?) async throws(ControlFailure) -> any LiveSession {
        guard role(in: session)?.may(.create) == true,
            let plan = door.plan(for: session, environment: environment, size: nil, locale: locale, by: caller)
        else {
            throw ControlFailure(
                .canNotStart,
                "there is no environment '\((environment ?? "").printable)'; name one that the configuration has"
            )
        }
        switch await linked(session, starting: plan) {
        case .success(let live): return live
        case .failure(.notResponding): throw .notResponding(session)
        case .failure(let error): throw ControlFailure(.canNotStart, "'\(session)' can not be started: \(error)")
        }
    }

    private func linked(
        _ session: SessionName, starting plan: LinkRequest.Plan?
    ) async -> Result<ControlSession, HostClientError> {
        if let known = sessions[session], known.isOpen {
            return known.isResponding ? .success(known) : .failure(.notResponding)
        }
        let outcome = await withCheckedContinuation { continuation in
            door.link(to: session, starting: plan) { [loop] in continuation.resume(returning: LoopBound($0, on: loop)) }
        }
        return outcome.get().map { link in
            if let known = sessions[session], known.isOpen { return known }
            let live = ControlSession(link, desk: self)
            if isClosed { live.close() } else { sessions[session] = live }
            return live
        }
    }

    func past(_ session: SessionName, _ life: SessionLife) -> any SessionAnswers {
        KeptSession(session, life, desk: self)
    }

    /// A host that does not answer soon is as one that is not there: it must not keep the others from being listed.
    func describe(_ sessions: [SessionName]) async -> [SessionName: SessionDescription] {
        guard !sessions.isEmpty else { return [:] }
        return await withCheckedContinuation { continuation in
            let gathering = Gathering(missing: sessions.count) { continuation.resume(returning: $0) }
            for session in sessions {
                door.link(to: session, starting: nil) { outcome in
                    guard case .success(let link) = outcome else { return gathering.note(session, nil) }
                    link.describe { gathering.note(session, $0) }
                }
            }
            gathering.finish(after: Self.patience, on: loop)
        }
    }

    func remove(_ session: SessionName, isForced: Bool) async -> SessionStore.Removal {
        await aside { [store] in store.remove(session, isForced: isForced) }
    }

    func clear(_ session: SessionName) async -> SessionStore.Removal {
        await aside { [store] in store.clear(session) }
    }

    func kill(_ session: SessionName, after patience: Duration) async -> SessionStore.Removal {
        await aside { [store] in store.kill(session, after: patience) }
    }

    private func aside(_ work: @escaping @Sendable () -> SessionStore.Removal) async -> SessionStore.Removal {
        await withCheckedContinuation { continuation in
            loop.runAside(work) { continuation.resume(returning: $0) }
        }
    }

    func retention(of session: SessionName) -> SessionRetention {
        guard let keep = door.access.configuration.rules(for: session).keep, let ended = store.endTime(of: session)
        else { return SessionRetention() }
        return SessionRetention(
            remains: max(.zero, keep - ended.elapsed), keptBecause: store.keptBecause(session))
    }

    // MARK: Processes

    func processes(of session: SessionName, below host: Int32, beside shell: Int32) -> [SessionProcess] {
        let mask = door.secrets(of: session).map { SecretMask(values: $0.map { Array($0.value.utf8) }) }
        let boot = ProcessTree.bootTime
        let host = ProcessID(rawValue: host)
        // What runs a container, and what brings others into it, is the server's and not the session's.
        let others = ProcessTree.namespace("pid", of: host)
        let isElsewhere = ProcessTree.namespace("pid", of: ProcessID(rawValue: shell)) != others
        return ProcessTree.descendants(of: host).compactMap { process in
            if isElsewhere, ProcessTree.namespace("pid", of: process) == others { return nil }
            guard let facts = ProcessTree.facts(of: process) else { return nil }
            let (seconds, attoseconds) = facts.startedAfter.components
            return SessionProcess(
                pid: facts.pid.rawValue, parent: facts.parent.rawValue, name: facts.name,
                arguments: mask.map { ProcessTree.arguments(of: process).map($0.masked) } ?? [],
                state: Self.word(of: facts.state),
                processorTime: facts.processorTime, memoryBytes: facts.residentBytes,
                startTime: boot + UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000))
        }
    }

    func ports(below host: Int32) -> [SessionPort] {
        ListeningSocket.all(of: ProcessTree.descendants(of: ProcessID(rawValue: host))).map {
            SessionPort(
                address: $0.address, port: $0.port, pid: $0.process.rawValue,
                program: ProcessTree.name(of: $0.process) ?? "")
        }
    }

    func forwards(of session: SessionName) -> [SessionForward] { door.forwards.forwards(of: session) }

    private static func word(of state: Character) -> String {
        switch state {
        case "R": "running"
        case "S", "I": "sleeping"
        case "D": "waiting"
        case "T", "t": "stopped"
        case "Z", "X": "ended"
        default: "other"
        }
    }

    // MARK: The end

    /// Keys or rules changed.
    func reconsider() { for (name, session) in sessions { session.rightsAre(role(in: name), limits(in: name)) } }

    func removed(from session: SessionName, _ sentence: String) {
        sessions[session] = nil
        removed?(session, sentence)
    }

    /// The caller is not welcome any more.
    func revoke() {
        for session in sessions.values { session.revoke() }
        close()
    }

    /// The caller left: what waits is given up, and what is attached detaches.
    func close() {
        isClosed = true
        for session in sessions.values { session.close() }
        sessions = [:]
    }
}

/// Answers of several hosts on their way to one list.
private final class Gathering {
    private var missing: Int
    private var found: [SessionName: SessionDescription] = [:]
    private var done: (([SessionName: SessionDescription]) -> Void)?
    private var stopWaiting: (() -> Void)?

    init(missing: Int, done: @escaping ([SessionName: SessionDescription]) -> Void) {
        self.missing = missing
        self.done = done
    }

    func note(_ session: SessionName, _ description: SessionDescription?) {
        found[session] = description
        missing -= 1
        if missing == 0 { finish() }
    }

    /// Waits no longer than that for those that are missing.
    func finish(after patience: Duration, on loop: EventLoop) {
        guard done != nil else { return }
        let timer = loop.schedule(after: patience) { self.finish() }
        stopWaiting = { loop.cancel(timer) }
    }

    private func finish() {
        let done = done
        self.done = nil
        stopWaiting?()
        stopWaiting = nil
        done?(found)
    }
}
