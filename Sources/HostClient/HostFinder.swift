package import Platform
package import SessionModel
private import SystemPackage
package import Wire

/// Finds a session's host, or has it started. Confined to its loop; nothing in it blocks.
package final class HostFinder {
    private static let retryPause = Duration.milliseconds(20)
    private static let patience = Duration.seconds(10)

    package typealias Completion = (Result<HostConnection, HostClientError>) -> Void

    private let store: SessionStore
    private let loop: EventLoop
    private let launcher: Launcher.PortBox
    private var pending: [UInt64: Launch] = [:]
    private var lastLaunch: UInt64 = 0
    /// Hosts that have not said anything yet.
    private var greeted: [ObjectIdentifier: HostConnection] = [:]

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
        self.launcher = launcher
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
        do {
            let directory = try store.open(session)
            if let socket = try? LocalSocket.connect(in: directory, to: SessionFiles.socket) {
                let connection = try HostConnection(socket: socket, on: loop)
                return greet(connection, until: deadline) { isGone in
                    guard isGone else { return completion(.success(connection)) }
                    self.attemptLater(session, plan, deadline, completion)
                }
            }
            guard let lock = try directory.lock(SessionFiles.lock) else {
                // Its host is starting, or ending.
                return attemptLater(session, plan, deadline, completion)
            }
            guard let plan else {
                // Let go first: whoever is told looks at the lock to see whether the session lives.
                _ = consume lock
                return completion(.failure(.notRunning))
            }
            try launch(session, in: directory, plan, lock) { outcome in
                switch outcome {
                case .success: self.attempt(session, plan, deadline, completion)
                case .failure(let error): completion(.failure(error))
                }
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

    /// Waits for the host's first words. One that ends just now has a socket, and may never take the connection: of
    /// such a session it is not known yet whether it is over.
    private func greet(
        _ connection: HostConnection, until deadline: ContinuousClock.Instant,
        _ outcome: @escaping (_ isGone: Bool) -> Void
    ) {
        let id = ObjectIdentifier(connection)
        greeted[id] = connection
        // One without descriptors, or stopped, takes no connection.
        let timer = loop.schedule(at: deadline) { [weak connection] in connection?.close() }
        connection.handler = { [weak self, unowned connection] message, descriptors in
            self?.greeted[id] = nil
            self?.loop.cancel(timer)
            connection.handler = nil
            connection.closed = nil
            outcome(false)
            connection.handler?(message, descriptors)
        }
        connection.closed = { [weak self] in
            self?.greeted[id] = nil
            self?.loop.cancel(timer)
            outcome(true)
        }
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
        let asked = Result { () throws(Errno) in
            try launcher.port.launch(
                plan: plan.borrowed, report: report.writer.borrowed, lock: lock.borrowed, log: log.borrowed)
        }
        if case .failure(.brokenPipe) = asked { throw HostClientError.launcherGone }
        try asked.get()
        for mark in [SessionFiles.ended, SessionFiles.lost] { directory.remove(mark) }
        try awaitReport(report.takeReader(), completion)
    }

    /// What a lost host left running is ended before the session gets a new process tree.
    private func endLeftovers(of session: SessionName) {
        let variable = "\(SessionVariables.directory)=\(store.path(of: session))"
        for process in ProcessTree.processes(withVariable: variable) { process.signal(Signals.kill) }
    }

    private func awaitReport(
        _ report: consuming OwnedDescriptor, _ completion: @escaping (Result<Void, HostClientError>) -> Void
    ) throws(Errno) {
        lastLaunch += 1
        let id = lastLaunch
        let box = OwnedDescriptorBox(report)
        let descriptor = box.descriptor.borrowed
        try descriptor.setNonBlocking()
        pending[id] = Launch(report: box)
        try loop.watch(descriptor, for: .readable) { [weak self] _ in self?.readReport(id, descriptor, completion) }
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
        pending[id] = nil
        switch line {
        case "ok": completion(.success(()))
        case "": completion(.failure(.launchFailed(sentence: "its host process ended at once; host.log may say why")))
        default: completion(.failure(.launchFailed(sentence: line)))
        }
    }
}
