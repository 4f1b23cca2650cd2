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
        prepare(["remove", path(of: session)] + (isForced ? ["--force"] : []))
    }

    /// Ends what of a lost session still runs, its container with it; then it is one that ended. Waits for it.
    package func clear(_ session: SessionName) -> Removal { prepare(["clear", path(of: session)]) }

    private func prepare(_ words: [String]) -> Removal {
        let program = "\(ThisProgram.directory)/cmdop-prepare"
        let arguments = [program] + words
        let variables = ["PATH", "HOME", "XDG_RUNTIME_DIR"].compactMap { name in
            ThisProgram.variable(name).map { "\(name)=\($0)" }
        }
        guard let answer = try? PipedProgram.output(of: arguments, environment: variables) else {
            return Removal(outcome: .failed, words: "\(program), which does it, can not be run")
        }
        let outcome = Int32(exactly: answer.status).flatMap(RemovalOutcome.init(rawValue:)) ?? .failed
        return Removal(outcome: outcome, words: answer.text.filter { !$0.isNewline })
    }
}
