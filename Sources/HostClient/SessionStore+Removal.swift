private import Glibc
package import Platform
package import SessionModel
package import Wire

extension SessionStore {
    /// What became of a removal; where the session stays, why: words for people.
    package struct Removal: Hashable, Sendable {
        package let outcome: RemovalOutcome
        package let words: String

        package init(outcome: RemovalOutcome, words: String) {
            self.outcome = outcome
            self.words = words
        }
    }

    /// When the session ended, or was found to be lost; `nil` while it runs.
    package func endTime(of session: SessionName) -> UnixTime? {
        let mark: String
        switch status(of: session) {
        case .live, .ending: return nil
        case .ended: mark = SessionFiles.ended
        case .lost: mark = SessionFiles.lost
        }
        return FileStatus.changeTime("\(path(of: session))/\(mark)")
    }

    /// Notes that the session is seen to be lost, if it is and that is news: its time begins.
    package func noteIfLost(_ session: SessionName) {
        guard status(of: session) == .lost, endTime(of: session) == nil else { return }
        _ = (try? open(session))?.write("", to: SessionFiles.lost)
    }

    /// Why an ended session was not removed when it was to be, in words.
    package func keptBecause(_ session: SessionName) -> String? {
        let files = path(of: session)
        guard let ended = endTime(of: session),
            let kept = FileStatus.changeTime("\(files)/\(SessionFiles.kept)"), kept.nanoseconds >= ended.nanoseconds
        else { return nil }
        return (try? open(session))?.read(SessionFiles.kept)
    }

    /// Has a session removed that ended: its container, its record and its own working files. Waits for it.
    ///
    /// - Parameter isForced: even if its working files are nowhere else.
    package func remove(_ session: SessionName, isForced: Bool) -> Removal {
        prepare(["remove", path(of: session)] + (isForced ? ["--force"] : []), within: .seconds(600))
    }

    /// Ends what of a lost session still runs, its container with it; then it is one that ended. Waits for it.
    package func clear(_ session: SessionName) -> Removal {
        prepare(["clear", path(of: session)], within: .seconds(120))
    }

    private static let killed = 128 + Int(SIGKILL)
    /// The name that hosts have for themselves.
    private static let hostName = "cmdop-host"
    /// How long the end of a process is waited for that was killed.
    private static let killPatience = Duration.seconds(5)

    /// Ends a session without its host's help: its host, and what that leaves running. Waits for it.
    ///
    /// - Parameter patience: how long a host that ends in order has for that.
    package func kill(_ session: SessionName, after patience: Duration) -> Removal {
        if hasEnded(session, within: patience) {
            return status(of: session) == .lost ? clear(session) : Removal(outcome: .removed, words: "")
        }
        let files = path(of: session)
        let hosts = LockHolders.processes(of: "\(files)/\(SessionFiles.lock)", named: Self.hostName)
        // Before it is gone: then nothing says any more that they were below it.
        let left = hosts.flatMap(ProcessTree.descendants(of:))
        for process in hosts + left { process.signal(Signals.kill) }
        guard hasEnded(session, within: Self.killPatience) else {
            let who = hosts.map { "\($0)" }.joined(separator: ", ")
            return Removal(
                outcome: .failed,
                words: hosts.isEmpty
                    ? "no process is found that has its lock" : "its host, process \(who), can not be ended yet")
        }
        return clear(session)
    }

    private func hasEnded(_ session: SessionName, within patience: Duration) -> Bool {
        let deadline = ContinuousClock.now.advanced(by: patience)
        while true {
            if let directory = try? open(session), let lock = try? directory.lock(SessionFiles.lock) {
                _ = consume lock
                return true
            }
            guard ContinuousClock.now < deadline else { return false }
            usleep(10_000)
        }
    }

    /// - Parameter limit: what asks others, Podman among them, may wait for ever.
    private func prepare(_ words: [String], within limit: Duration) -> Removal {
        let program = "\(ThisProgram.directory)/cmdop-prepare"
        let arguments = [program] + words
        let variables = ["PATH", "HOME", "XDG_RUNTIME_DIR"].compactMap { name in
            ThisProgram.variable(name).map { "\(name)=\($0)" }
        }
        guard let answer = try? PipedProgram.output(of: arguments, environment: variables, within: limit) else {
            return Removal(outcome: .failed, words: "\(program), which does it, can not be run")
        }
        guard answer.status != Self.killed else {
            return Removal(
                outcome: .failed, words: "that took more than \(limit.components.seconds) s, and was given up")
        }
        let outcome = Int32(exactly: answer.status).flatMap(RemovalOutcome.init(rawValue:)) ?? .failed
        return Removal(outcome: outcome, words: answer.text.filter { !$0.isNewline })
    }
}
