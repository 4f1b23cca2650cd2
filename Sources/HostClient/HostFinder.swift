package import Platform
package import SessionModel
private import SystemPackage
package import Wire

/// Finds a session's host, or has it started. Confined to its loop; nothing in it blocks.
package final class HostFinder {
    private static let retryPause = Duration.milliseconds(20)
    private static let patience = Duration.seconds(10)
    /// How long a host has to end that could not begin.
    private static let discardPatience = Duration.seconds(2)

    package typealias Completion = (Result<HostConnection, HostClientError>) -> Void

    private let store: SessionStore
    private let loop: EventLoop
    private let requests: LaunchRequests
    private var pending: [UInt64: Launch] = [:]
    private var lastLaunch: UInt64 = 0
    /// Hosts that have not said anything yet.
    private var greetings: [SessionName: HostGreeting] = [:]

    /// A host that was asked for and has not reported yet.
    private struct Launch {
        let report: OwnedDescriptorBox
        var line: [UInt8] = []
    }

    private final class OwnedDescriptorBox {
        let descriptor: OwnedDescriptor
        init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
    }

    package init(store: SessionStore, loop: EventLoop, launcher: Launcher.PortBox) {
        self.store = store
        self.loop = loop
        requests = LaunchRequests(port: launcher, on: loop)
    }

    /// Called once, when sessions can not be started any more.
    package var launcherIsGone: (() -> Void)? {
        get { requests.gone }
        set { requests.gone = newValue }
    }

    /// Connects to the session's host.
    ///
    /// - Parameter plan: makes the launch plan of a new incarnation where none runs; `nil` leaves it so.
    package func connect(
        _ session: SessionName, startingWith plan: ((Incarnation) throws -> LaunchPlan)?,
        _ completion: @escaping Completion
    ) {
        let deadline = ContinuousClock.now.advanced(by: Self.patience)
        attempt(session, plan, deadline, completion)
    }

    private func attempt(
        _ session: SessionName, _ plan: ((Incarnation) throws -> LaunchPlan)?, _ deadline: ContinuousClock.Instant,
        _ completion: @escaping Completion
    ) {
        guard plan != nil || store.contains(session) else { return completion(.failure(.notRunning)) }
        if let greeting = greetings[session] { return wait(for: greeting, session, plan, deadline, completion) }
        do {
            let directory = try store.open(session)
            if let socket = try? LocalSocket.connect(in: directory, to: SessionFiles.socket) {
                let greeting = HostGreeting(try HostConnection(socket: socket, on: loop), on: loop)
                greetings[session] = greeting
                greeting.over = { [weak self] in self?.greetings[session] = nil }
                return wait(for: greeting, session, plan, deadline, completion)
            }
            guard let lock = try directory.lock(SessionFiles.lock) else {
                // Its host is starting, or ending; or the launcher, which does nothing, has the lock.
                guard !requests.isSilent else { return completion(.failure(.launcherSilent)) }
                return attemptLater(session, plan, deadline, completion)
            }
            guard let plan else {
                // Let go first: whoever is told looks at the lock to see whether the session lives.
                _ = consume lock
                return completion(.failure(.notRunning))
            }
            try start(session, in: directory, plan, lock) { outcome in
                guard case .failure(let error) = outcome else {
                    return self.attempt(session, plan, deadline, completion)
                }
                completion(.failure(error))
            }
        } catch let error as StateDirectoryError {
            completion(.failure(.state(error)))
        } catch let error as Errno {
            completion(.failure(.io(error)))
        } catch let error as HostClientError {
            completion(.failure(error))
        } catch {
            completion(.failure(.launchFailed(sentence: "\(error)")))
        }
    }

    private func attemptLater(
        _ session: SessionName, _ plan: ((Incarnation) throws -> LaunchPlan)?, _ deadline: ContinuousClock.Instant,
        _ completion: @escaping Completion
    ) {
        guard ContinuousClock.now < deadline else { return completion(.failure(.startTimedOut)) }
        loop.schedule(after: Self.retryPause) { self.attempt(session, plan, deadline, completion) }
    }

    /// Waits for the host's first words. Of one that ends just now it is not known yet whether it is over.
    private func wait(
        for greeting: HostGreeting, _ session: SessionName, _ plan: ((Incarnation) throws -> LaunchPlan)?,
        _ deadline: ContinuousClock.Instant, _ completion: @escaping Completion
    ) {
        greeting.wait { outcome in
            switch outcome {
            case .heard: completion(.success(greeting.connection))
            case .gone: self.attemptLater(session, plan, deadline, completion)
            case .silent: completion(.failure(.notResponding))
            }
        }
    }

    /// Has the host started. A first start that fails leaves nothing: there is no such session then.
    private func start(
        _ session: SessionName, in directory: borrowing StateDirectory, _ plan: (Incarnation) throws -> LaunchPlan,
        _ lock: consuming OwnedDescriptor, _ completion: @escaping (Result<Void, HostClientError>) -> Void
    ) throws {
        let isNew = directory.read(SessionFiles.incarnation) == nil
        do {
            try launch(session, in: directory, plan, lock) { outcome in
                guard isNew, case .failure = outcome else { return completion(outcome) }
                self.discard(session, until: ContinuousClock.now.advanced(by: Self.discardPatience)) {
                    completion(outcome)
                }
            }
        } catch {
            _ = consume lock
            if isNew { _ = store.discard(session) }
            throw error
        }
    }

    private func discard(
        _ session: SessionName, until deadline: ContinuousClock.Instant, then done: @escaping () -> Void
    ) {
        guard !store.discard(session), ContinuousClock.now < deadline else { return done() }
        loop.schedule(after: Self.retryPause) { self.discard(session, until: deadline, then: done) }
    }

    private func launch(
        _ session: SessionName, in directory: borrowing StateDirectory, _ makePlan: (Incarnation) throws -> LaunchPlan,
        _ lock: borrowing OwnedDescriptor, _ completion: @escaping (Result<Void, HostClientError>) -> Void
    ) throws {
        endLeftovers(of: session)
        let last = directory.read(SessionFiles.incarnation).flatMap { UInt32($0.filter(\.isNumber)) } ?? 0
        let incarnation = Incarnation(rawValue: last).next
        let made = try makePlan(incarnation)
        directory.write("\(incarnation.rawValue)\n", to: SessionFiles.incarnation)
        directory.write("\(made.environment)\n", to: SessionFiles.environment)
        let plan = try MemoryFile.holding(made.encoded)
        let report = try Pipe.open()
        let log = try directory.openLog(SessionFiles.log)
        // Another environment has others.
        directory.remove(SessionFiles.ports)
        lastLaunch += 1
        let id = lastLaunch
        try requests.ask(
            plan: plan.borrowed, report: report.writer.borrowed, lock: lock.borrowed, log: log.borrowed
        ) { [weak self] in self?.giveUp(id, completion) }
        try awaitReport(id, report.takeReader()) { outcome in
            guard case .failure(.launchFailed(sentence: Self.endedAtOnce)) = outcome else { return completion(outcome) }
            completion(.failure(.launchFailed(sentence: Self.endedAtOnce + self.lastWords(of: session))))
        }
    }

    private static let endedAtOnce = "its host process ended at once"

    /// What a host said last before it ended.
    private func lastWords(of session: SessionName) -> String {
        let log = (try? store.open(session))?.readEnd(SessionFiles.log, limit: 400)?.bytes ?? []
        let line = String(decoding: log, as: UTF8.self).split(separator: "\n").last ?? ""
        return line.isEmpty ? "" : ": \(line.filter { !$0.isNewline })"
    }

    /// The launcher did not take the request.
    private func giveUp(_ id: UInt64, _ completion: (Result<Void, HostClientError>) -> Void) {
        fail(id, requests.isGone ? .launcherGone : .launcherSilent, completion)
    }

    private func fail(
        _ id: UInt64, _ error: HostClientError, _ completion: (Result<Void, HostClientError>) -> Void
    ) {
        guard let launch = pending.removeValue(forKey: id) else { return }
        loop.unwatch(launch.report.descriptor.borrowed)
        completion(.failure(error))
    }

    /// What a lost host left running is ended before the session gets a new process tree.
    private func endLeftovers(of session: SessionName) {
        let variable = "\(SessionVariables.directory)=\(store.path(of: session))"
        for process in ProcessTree.processes(withVariable: variable) { process.signal(Signals.kill) }
    }

    private func awaitReport(
        _ id: UInt64, _ report: consuming OwnedDescriptor,
        _ completion: @escaping (Result<Void, HostClientError>) -> Void
    ) throws(Errno) {
        let box = OwnedDescriptorBox(report)
        let descriptor = box.descriptor.borrowed
        try descriptor.setNonBlocking()
        pending[id] = Launch(report: box)
        try loop.watch(descriptor, for: .readable) { [weak self] _ in self?.readReport(id, descriptor, completion) }
        loop.schedule(after: Self.patience) { [weak self] in self?.fail(id, .startTimedOut, completion) }
    }

    private func readReport(
        _ id: UInt64, _ descriptor: FileDescriptor, _ completion: (Result<Void, HostClientError>) -> Void
    ) {
        let outcome = withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { room in
            let outcome = try? descriptor.readAvailable(into: room)
            if case .completed(let count) = outcome { pending[id]?.line += room[..<count] }
            return outcome
        }
        if case .completed = outcome, pending[id]?.line.last != 0x0A { return }
        if outcome == .wouldBlock { return }
        let line = String(decoding: pending[id]?.line.dropLast() ?? [], as: UTF8.self)
        loop.unwatch(descriptor)
        guard pending.removeValue(forKey: id) != nil else { return }
        switch line {
        case "ok": completion(.success(()))
        case "": completion(.failure(.launchFailed(sentence: Self.endedAtOnce)))
        default: completion(.failure(.launchFailed(sentence: line)))
        }
    }
}
