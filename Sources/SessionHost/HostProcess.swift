import Journal
import Platform
import SessionModel
import SystemPackage
import Wire

/// The life of a `cmdop-host`: a launch plan in, a session until its shell ends.
///
/// It inherits three descriptors: 3 the plan, 4 a pipe for one line that says `ok` or why not, 5 the session's lock,
/// which it holds for as long as it lives.
package enum HostProcess {
    private static let planDescriptor = FileDescriptor(rawValue: 3)
    private static let reportDescriptor = FileDescriptor(rawValue: 4)
    /// Front-ends and what runs beside the terminal take some each.
    private static let descriptors = 65_536
    private static let planLimit = 4 * 1_024 * 1_024

    /// - Returns: the exit status of the program.
    package static func run() -> Int32 {
        FileMask.closeToOthers()
        OpenFileLimit.raise(to: descriptors)
        let report = LaunchReport(descriptor: OwnedDescriptor(taking: reportDescriptor))
        do {
            let plan = try LaunchPlan(decoding: try readPlan())
            let running = try RunningHost(plan)
            report.succeed()
            running.run()
            return 0
        } catch {
            report.fail("\(error)")
            return 1
        }
    }

    private static func readPlan() throws -> [UInt8] {
        let descriptor = OwnedDescriptor(taking: planDescriptor)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1_024)
        while bytes.count < planLimit {
            let outcome = try buffer.withUnsafeMutableBytes { try descriptor.borrowed.readAvailable(into: $0) }
            guard case .completed(let count) = outcome else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}

/// The one line that whoever launched the host waits for.
struct LaunchReport: ~Copyable {
    let descriptor: OwnedDescriptor

    consuming func succeed() { write("ok\n") }

    consuming func fail(_ sentence: String) { write("\(sentence)\n") }

    private func write(_ line: String) {
        _ = Array(line.utf8).withUnsafeBytes { try? descriptor.borrowed.writeAvailable($0) }
    }
}

/// Why a session could not be started; what the operator is told.
struct LaunchFailure: Error, CustomStringConvertible {
    let description: String
}

/// A session with its socket, its signals and its place in the file system.
final class RunningHost {
    private let plan: LaunchPlan
    private let loop: EventLoop
    private let files: HostFiles
    private let session: Session
    private var signals: SignalSource?
    private var acceptor: FrontEndAcceptor?

    init(_ plan: LaunchPlan) throws {
        self.plan = plan
        loop = try EventLoop()
        loop.adopt()
        ProcessTree.adoptOrphans()
        files = try HostFiles(of: plan)
        SignalSource.block([Signals.child] + Signals.ending + Signals.stopping)
        let journal = try JournalWriter(directory: "\(plan.stateDirectory)/journal", session: plan.session)
        session = try Self.start(plan, on: loop, journal: journal)
        try files.open()
        try watch()
    }

    func run() { loop.run() }

    /// Opens the terminal and starts the shell in it.
    private static func start(_ plan: LaunchPlan, on loop: EventLoop, journal: JournalWriter) throws -> Session {
        if let preparation = plan.preparation {
            return try start(preparation, of: plan, on: loop, journal: journal)
        }
        let group = try makeGroup(plan)
        do {
            return try start(plan, in: group, on: loop, journal: journal)
        } catch {
            group?.remove()
            throw error
        }
    }

    private static func start(
        _ plan: LaunchPlan, in group: ControlGroup?, on loop: EventLoop, journal: JournalWriter
    ) throws -> Session {
        let secret = ShellSecret(plan.marks, isShared: plan.credentials != nil)
        let marks = secret.isThere ? plan.marks : nil
        var program = ChildProgram(
            path: plan.shell.path, arguments: marks?.arguments ?? plan.shell.arguments,
            environment: plan.shellVariables(marks).map { "\($0.name)=\($0.value)" },
            directory: plan.directory)
        program.obey(plan)
        program.group = group
        let pair = try openTerminal(plan.size)
        let terminal = pair.terminal.borrowed
        let shell: ProcessID
        try plan.secretFolder?.place(for: plan.credentials)
        do {
            shell = try program.spawn(
                standard: (terminal, terminal, terminal), inherited: secret.descriptors, hasControllingTerminal: true)
        } catch {
            plan.secretFolder?.remove()
            throw LaunchFailure(description: error.sentence(about: program))
        }
        return try Session(
            plan: plan, loop: loop, journal: journal, pty: pair.takeController(), shell: shell, group: group)
    }

    /// Limits that can not hold are no limits: then there is no session.
    private static func makeGroup(_ plan: LaunchPlan) throws(LaunchFailure) -> ControlGroup? {
        guard let wanted = plan.group else { return nil }
        let limits = wanted.limits
        guard let group = ControlGroup(named: wanted.name) else {
            guard limits == ResourceLimits() else {
                throw LaunchFailure(
                    description: "its environment has limits, and the server may not make control groups here")
            }
            return nil
        }
        let missing = group.limit(
            memory: limits.memory, processors: limits.processors, processes: limits.processes)
        guard missing.isEmpty else {
            group.remove()
            throw LaunchFailure(
                description:
                    "this machine can not limit \(missing.joined(separator: " and ")), as its environment wants")
        }
        return group
    }

    /// The session begins with what makes its place: whoever attaches sees how that goes.
    private static func start(
        _ preparation: Preparation, of plan: LaunchPlan, on loop: EventLoop, journal: JournalWriter
    ) throws -> Session {
        let pair = try openTerminal(plan.size)
        let terminal = pair.terminal.borrowed
        let program = preparation.started(plan)
        let recipe = try MemoryFile.holding(preparation.recipe)
        var ends: [FileDescriptor] = []
        let socket = try LocalSocket.pair().takeFirst(handing: &ends)
        let theirs = OwnedDescriptor(taking: ends[0])
        let pid: ProcessID
        do {
            pid = try program.spawn(
                standard: (terminal, terminal, terminal), inherited: [recipe.borrowed, theirs.borrowed],
                hasControllingTerminal: true)
        } catch {
            throw LaunchFailure(description: error.sentence(about: program))
        }
        let session = try Session(plan: plan, loop: loop, journal: journal, pty: pair.takeController(), shell: pid)
        try session.awaitPlace(PreparationWatch(pid: pid, socket: socket))
        return session
    }

    private static func openTerminal(_ size: TerminalSize) throws(LaunchFailure) -> PtyPair {
        do {
            return try PtyController.open(columns: size.columns, rows: size.rows)
        } catch {
            throw LaunchFailure(description: "can not open a terminal: \(error)")
        }
    }

    private func watch() throws {
        signals = try SignalSource([Signals.child, Signals.terminate], on: loop) { [weak self] signal in
            if signal == Signals.terminate {
                self?.session.end(by: "SIGTERM to its host")
            } else {
                self?.session.reap()
            }
        }
        try listen()
        look()
        session.over = { [weak self] exit in self?.finish(exit) }
        // A shell that ended at once did so before its signal was watched.
        session.reap()
    }

    private func listen() throws(Errno) {
        acceptor = try FrontEndAcceptor(on: files.listener, loop: loop) { [weak self] in self?.admit($0) }
    }

    /// Looks now and then whether its files are still what others find there.
    private func look() {
        loop.schedule(after: HostFiles.interval) { [weak self] in
            guard let self, !self.session.isOver else { return }
            self.acceptor = nil
            self.files.repair()
            self.session.inspectJournal()
            if (try? self.listen()) == nil { Diagnostics.note("nobody can reach the session: its socket is lost") }
            self.look()
        }
    }

    /// A front-end comes from outside: whoever runs in a session of this server has no business here.
    private func admit(_ socket: consuming OwnedDescriptor) {
        guard session.takesFrontEnds else { return Diagnostics.note("too many front-ends") }
        guard !isFromInside(socket) else {
            let peer = LocalSocket.peer(of: socket.borrowed).map { "\($0)" } ?? "unknown"
            return Diagnostics.note("process \(peer) runs in a session and is refused as a front-end")
        }
        session.accept(socket)
    }

    private func isFromInside(_ socket: borrowing OwnedDescriptor) -> Bool {
        guard let peer = LocalSocket.peer(of: socket.borrowed) else { return true }
        if let group = plan.group?.name, ControlGroup.groupNames(of: peer).contains(group) { return true }
        let sessions = plan.stateDirectory.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return SessionAncestry.isPeerInside(of: socket.borrowed, ofSessionsIn: sessions.joined(separator: "/"))
    }

    /// How long it may take to take down where the session ran: what does that waits for Podman.
    private static let endPatience = Duration.seconds(120)

    /// The shell has ended: the session's place is given up first, then what is left of its processes is ended.
    private func finish(_ exit: ChildExit) {
        files.beginEnd()
        acceptor = nil
        if let preparation = plan.preparation, let pid = preparation.end(plan) {
            let tooLong = loop.schedule(after: Self.endPatience) { pid.signal(Signals.kill) }
            return session.awaitExit(of: pid) { [weak self] in
                self?.loop.cancel(tooLong)
                self?.endTheRest(exit)
            }
        }
        endTheRest(exit)
    }

    private func endTheRest(_ exit: ChildExit) {
        for process in ProcessTree.descendants(of: .current) {
            process.signal(Signals.hangUp)
            process.signal(Signals.resume)
        }
        waitForTheRest(exit)
    }

    /// Two seconds for the rest to end by itself, and for front-ends to read how it ended; then the rest is killed.
    ///
    /// - Parameter round: tenths of a second since the shell's end.
    private func waitForTheRest(_ exit: ChildExit, round: Int = 0) {
        var rest = ProcessTree.descendants(of: .current)
        let isGrace = round < 20
        // What is another user's nobody here can end: it may stay.
        if !isGrace { rest.removeAll { !$0.isOurs } }
        let isHeard = session.frontEnds.values.allSatisfy { $0.backlog == 0 }
        if rest.isEmpty, session.usageGroup?.isEmpty ?? true || round > 100, isHeard || !isGrace {
            return close(exit)
        }
        if !isGrace, round.isMultiple(of: 10) {
            for process in rest { process.signal(Signals.kill) }
            session.usageGroup?.kill()
        }
        loop.schedule(after: .milliseconds(100)) { self.waitForTheRest(exit, round: round + 1) }
    }

    /// The last process is gone: only now the session is said to have ended.
    private func close(_ exit: ChildExit) {
        session.group?.remove()
        plan.secretFolder?.remove()
        files.close(status: exit.status)
        loop.stop()
    }
}
