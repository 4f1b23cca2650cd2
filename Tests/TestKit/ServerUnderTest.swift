private import Environment
package import Foundation
private import Platform
private import Synchronization

/// The built `cmdopd` with configuration, keys and state of its own, on a port of the loopback that the kernel chose.
///
/// Dropping it ends the server and every session host that it left, each by its pid.
package final class ServerUnderTest: Sendable {
    private struct Running {
        var command: RunningCommand
        var port: UInt16
    }

    /// Holds `config/cmdop.yaml`, `keys/` and `.state/`, as the repository does.
    package let directory: TemporaryDirectory
    /// The configuration after its first three keys (`listen`, `keys`, `state`).
    private let configuration: String
    private let user: String?
    private let descriptors: String?
    private let running = Mutex<Running?>(nil)

    /// Everybody whose key is there leads every session.
    package static let everybodyLeads = """
        access:
          - {operators: ["*"], sessions: ["*"], role: lead}
        environments:
          default: {kind: process, shell: ["/bin/bash", "--norc", "--noprofile"], directory: "/tmp"}

        """

    /// Writes configuration and keys, and starts the server.
    ///
    /// - Parameters:
    ///   - operators: whose keys stand in `keys/team`, by name.
    ///   - configuration: the configuration without `listen`, `keys` and `state`.
    ///   - user: who runs the server, if not the user of the tests, who is root then.
    ///   - descriptors: how many it may have, as `SOFT:HARD` (RLIMIT_NOFILE), if not as many as the tests may.
    package init(
        operators: [String: SSHKeyPair], configuration: String = ServerUnderTest.everybodyLeads,
        user: String? = nil, descriptors: String? = nil
    ) async throws {
        directory = try TemporaryDirectory()
        self.configuration = configuration
        self.user = user
        self.descriptors = descriptors
        for folder in ["agents", "authorities", "team"] { _ = try directory.path("keys/\(folder)/.") }
        for (name, key) in operators { try addOperator(name, key) }
        try await start()
    }

    deinit {
        // All are found before the first is ended: what has lost its parent can not be found by it.
        let server = process.flatMap { $0.exitStatus == nil ? $0.pid : nil }
        let roots = (hostPIDs().values + [server].compactMap(\.self)).map(ProcessID.init(rawValue:))
        let left = Set(roots + roots.flatMap(ProcessTree.descendants(of:)))
        for pid in left { pid.signal(SIGKILL) }
        removeGroups()
    }

    /// Hosts that are killed leave the groups of their sessions, as long as the machine runs.
    private func removeGroups() {
        let sessions = directory.url.appendingPathComponent(".state/sessions")
        for name in (try? FileManager.default.contentsOfDirectory(atPath: sessions.path)) ?? [] {
            guard let group = ControlGroup(leftOf: SessionGroup.name(in: "\(sessions.path)/\(name)")) else { continue }
            group.kill()
            group.remove()
        }
    }

    /// The port that clients connect to; the same after a restart.
    package var port: UInt16 { running.withLock { $0?.port ?? 0 } }

    package var process: StartedProgram? { running.withLock { $0?.command.process } }

    /// What the running server has said on its standard error.
    package var log: String { running.withLock { $0?.command.errorTranscript.text ?? "" } }

    /// The stock client with a key, pointed at this server.
    package func client(_ key: SSHKeyPair, options: [String] = []) -> SSHClient {
        SSHClient(port: port, key: key, options: options)
    }

    /// Writes a key's line into `keys/team/NAME.pub`, with options before it if there are any.
    package func addOperator(_ name: String, _ key: SSHKeyPair, options: String = "") throws {
        let line = (options.isEmpty ? "" : options + " ") + key.publicLine + "\n"
        try directory.write(line, to: "keys/team/\(name).pub", mode: 0o644)
    }

    /// Writes an agent's key into `keys/agents/NAME.pub`; the owner answers for it.
    package func addAgent(_ name: String, _ key: SSHKeyPair, owner: String) throws {
        try directory.write("owner=\"\(owner)\" \(key.publicLine)\n", to: "keys/agents/\(name).pub", mode: 0o644)
    }

    /// Removes `keys/team/NAME.pub`.
    package func removeOperator(_ name: String) throws {
        try FileManager.default.removeItem(at: directory.url.appendingPathComponent("keys/team/\(name).pub"))
    }

    /// Stops the server in good order (SIGTERM); sessions stay.
    package func stop() async throws -> StartedProgram.ExitStatus { try await end(with: SIGTERM) }

    /// Kills the server (SIGKILL); sessions stay.
    @discardableResult
    package func kill() async throws -> StartedProgram.ExitStatus { try await end(with: SIGKILL) }

    /// Starts it again, after ``stop()`` or ``kill()``, on the same state and the same port.
    package func restart() async throws { try await start() }

    /// The pids of the session hosts that run now, by session; a pid that became another program's is left out.
    package func hostPIDs() -> [String: pid_t] {
        let sessions = directory.url.appendingPathComponent(".state/sessions")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: sessions.path)) ?? []
        var found: [String: pid_t] = [:]
        for name in names {
            let text = directory.read(".state/sessions/\(name)/pid") ?? ""
            guard let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) else { continue }
            let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
            if program?.hasSuffix("/" + BuiltProgram.host.rawValue) == true { found[name] = pid }
        }
        return found
    }

    private func end(with signal: Int32) async throws -> StartedProgram.ExitStatus {
        guard let process else { throw TestKitError.missing("a running server", advice: "restart() it first") }
        process.kill(signal)
        return try await process.waitForExit()
    }

    private func start() async throws {
        let listen = "listen: [\"127.0.0.1:\(port)\"]\nkeys: ../keys\nstate: ../.state\n"
        let file = try directory.write(listen + configuration, to: "config/cmdop.yaml")
        var arguments = [try BuiltProgram.cmdopd.path(), "--config", file]
        if let user {
            try await CommandRun.succeed(["chown", "-R", "\(user):", directory.path])
            // Unlike su(1) it becomes the program, and so has its pid.
            arguments = ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--init-groups"] + arguments
        }
        if let descriptors { arguments = ["prlimit", "--nofile=\(descriptors)"] + arguments }
        let command = try RunningCommand(arguments)
        var port: UInt16?
        try await eventually("\"listening on 127.0.0.1:PORT\"", seen: { command.errorTranscript.tail }) {
            port = Self.announcedPort(in: command.errorTranscript.text)
            if let status = command.process.exitStatus, port == nil {
                throw TestKitError.serverEnded(status: "\(status)", output: command.errorTranscript.text)
            }
            return port != nil
        }
        running.withLock { $0 = Running(command: command, port: port ?? 0) }
    }

    /// The port in the line `… listening on 127.0.0.1:PORT`, once the whole line is there.
    private static func announcedPort(in text: String) -> UInt16? {
        guard let line = text.range(of: "listening on 127.0.0.1:") else { return nil }
        let rest = text[line.upperBound...]
        guard let end = rest.firstIndex(where: { !$0.isNumber }) else { return nil }
        return UInt16(rest[..<end])
    }
}
