package import Platform
package import SessionModel
package import Wire

/// The sessions of one state directory, as files show them: `STATE/sessions/NAME/`.
package struct SessionStore: Sendable {
    package let stateDirectory: String

    /// Checks the directory, and makes it where it is missing.
    package init(stateDirectory: String) throws(StateDirectoryError) {
        self.stateDirectory = stateDirectory
        _ = try StateDirectory.open(stateDirectory)
        _ = try StateDirectory.open(root)
    }

    private var root: String { "\(stateDirectory)/sessions" }

    /// Has a directory for each session.
    package var sessionsDirectory: String { root }

    package func path(of session: SessionName) -> String { "\(root)/\(session)" }

    /// The session's directory, made where it is missing.
    package func open(_ session: SessionName) throws(StateDirectoryError) -> StateDirectory {
        try StateDirectory.open(path(of: session))
    }

    /// The names of all sessions that ever were and were not removed.
    package func sessions() -> [SessionName] {
        guard let directory = try? StateDirectory.open(root) else { return [] }
        return directory.names().compactMap { SessionName($0) }
    }

    package func contains(_ session: SessionName) -> Bool { sessions().contains(session) }

    /// What the session's lock and files say of it.
    package func status(of session: SessionName) -> SessionStatus {
        guard let directory = try? open(session) else { return .lost }
        let ended = directory.read(SessionFiles.ended)
        if let ended, let status = Int(ended.filter(\.isNumber)) { return .ended(status: status) }
        // The lock tells more than a file: it goes with the host's life.
        guard let lock = try? directory.lock(SessionFiles.lock) else { return ended == nil ? .live : .ending }
        _ = consume lock
        return .lost
    }

    /// The process that all others of the session are below; `nil` where none runs.
    package func hostProcess(of session: SessionName) -> Int32? {
        guard let directory = try? open(session) else { return nil }
        return directory.read(SessionFiles.pid).flatMap { Int32($0.filter(\.isNumber)) }
    }

    /// The name of the environment that the session was started in last.
    package func environment(of session: SessionName) -> String? {
        guard contains(session), let directory = try? open(session) else { return nil }
        return directory.read(SessionFiles.environment).map { $0.filter { $0 != "\n" } }
    }

    /// What the session's programs are to listen on, as its environment says.
    package func plannedPorts(of session: SessionName) -> PlannedPorts {
        let text = (try? open(session))?.readEnd(SessionFiles.ports, limit: 64 * 1_024)?.bytes
        return PlannedPorts(text: String(decoding: text ?? [], as: UTF8.self))
    }

    /// Bytes of it that are shown at most.
    package static let environmentLogLimit = 256 * 1_024

    /// The end of what was said when the session's places were made, and whether there is more before it.
    package func environmentLog(of session: SessionName) -> (bytes: [UInt8], isCut: Bool) {
        guard let directory = try? open(session),
            let end = directory.readEnd(SessionFiles.environmentLog, limit: Self.environmentLogLimit)
        else { return ([], false) }
        return end
    }

    /// Takes away what a first start left that failed: there never was such a session.
    ///
    /// - Returns: false while somebody has its lock, as a host has that has said why it can not go on and ends.
    func discard(_ session: SessionName) -> Bool {
        guard let directory = try? open(session) else { return true }
        guard let lock = try? directory.lock(SessionFiles.lock) else { return false }
        guard directory.read(SessionFiles.ended) == nil else { return true }
        if let journal = try? StateDirectory.open(self.journal(of: session)) {
            for name in journal.names() { journal.remove(name) }
        }
        directory.removeDirectory(SessionFiles.journal)
        for name in directory.names() { directory.remove(name) }
        directory.removeItself()
        _ = consume lock
        return true
    }

    /// Has the session's next container made anew.
    package func askForRebuild(of session: SessionName) -> Bool {
        (try? open(session))?.write("", to: SessionFiles.rebuild) ?? false
    }

    package func journal(of session: SessionName) -> String { "\(path(of: session))/\(SessionFiles.journal)" }
}
