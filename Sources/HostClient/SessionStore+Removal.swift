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

    /// When the session ended, or was found to; `nil` while it runs.
    package func endTime(of session: SessionName) -> UnixTime? {
        guard case .ended = status(of: session) else { return nil }
        return FileStatus.changeTime("\(path(of: session))/\(SessionFiles.ended)")
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
        let program = "\(ThisProgram.directory)/cmdop-prepare"
        let arguments = [program, "remove", path(of: session)] + (isForced ? ["--force"] : [])
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
