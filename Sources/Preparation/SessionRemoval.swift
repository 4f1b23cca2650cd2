import Environment
import Platform
import SystemPackage
import Wire

/// Takes away what is left of a session that runs no more: its container, its record, its working files; or, where its
/// host was lost, ends what of it still runs.
///
/// `cmdop-prepare remove DIRECTORY [--force]`, `cmdop-prepare clear DIRECTORY`. Says on stdout in a sentence why
/// something stays.
struct SessionRemoval {
    /// What a shell that is killed ends with: nobody has seen how this one did.
    private static let status = 137

    private let directory: String
    /// Whether only what runs goes.
    private let isClearing: Bool
    /// Whether working files go, whatever becomes of them.
    private let isForced: Bool

    /// `nil` for other arguments.
    init?(_ arguments: [String]) {
        guard arguments.count >= 3, ["remove", "clear"].contains(arguments[1]) else { return nil }
        isClearing = arguments[1] == "clear"
        directory = arguments[2]
        isForced = arguments.dropFirst(3).contains("--force")
    }

    func run() -> Int32 {
        do {
            let files = try StateDirectory.open(directory)
            // Who has it runs the session, or is about to.
            guard let lock = try files.lock(SessionFiles.lock) else {
                return finish(.failed, "its processes run, or end just now")
            }
            let status = try remove(files)
            _ = consume lock
            return status
        } catch let failure as PreparationFailure {
            return finish(.failed, failure.sentence)
        } catch {
            return finish(.failed, "\(error)")
        }
    }

    private func remove(_ files: borrowing StateDirectory) throws -> Int32 {
        SessionLeftovers(of: directory).end()
        ReadableFiles.remove(ProcessEnvironment.sharedSecrets(of: directory))
        let containers = try SessionContainers(of: directory)
        if isClearing {
            try containers.stop()
            // One that ended in order keeps its status.
            let last = files.read(SessionFiles.ended).flatMap { Int($0.filter(\.isNumber)) }
            if last == nil { files.write("\(Self.status)\n", to: SessionFiles.ended) }
            for name in [SessionFiles.socket, SessionFiles.pid] { files.remove(name) }
            return RemovalOutcome.removed.rawValue
        }
        if !isForced, let work = try containers.workThatIsNowhereElse() {
            files.write(work, to: SessionFiles.kept)
            return finish(.kept, work)
        }
        try containers.remove()
        return removeFiles()
    }

    /// First out of sight, so that no half of a session is ever seen; then for good.
    private func removeFiles() -> Int32 {
        let path = FilePath(directory)
        let hidden = path.removingLastComponent().appending(".removed-\(path.lastComponent?.string ?? "")").string
        guard removeAll(hidden) else { return finish(.failed, "\(hidden) can not be removed") }
        guard FileStatus.rename(directory, to: hidden, replaces: false) == 0 else {
            return finish(.failed, "\(directory) can not be renamed")
        }
        guard removeAll(hidden) else { return finish(.failed, "\(hidden) can not be removed") }
        return RemovalOutcome.removed.rawValue
    }

    private func removeAll(_ path: String) -> Bool {
        let arguments = ["rm", "-rf", "--one-file-system", "--", path]
        return (try? PipedProgram.output(of: arguments, environment: ["PATH=/usr/bin:/bin"]).status) == 0
    }

    private func finish(_ outcome: RemovalOutcome, _ sentence: String) -> Int32 {
        _ = try? FileDescriptor.standardOutput.writeAll(Array("\(sentence)\n".utf8))
        return outcome.rawValue
    }
}
