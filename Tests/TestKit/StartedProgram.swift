package import Foundation
import Synchronization

/// A program that a test started: a session leader, ended by its pid at the latest when this is dropped.
package final class StartedProgram: Sendable {
    /// How a program ended.
    package enum ExitStatus: Equatable, Sendable, CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)

        package var description: String {
            switch self {
            case .exited(let code): "exit status \(code)"
            case .signalled(let signal): "ended by signal \(signal)"
            }
        }
    }

    /// What the child's first three descriptors are.
    enum Standard {
        /// A terminal opened by name, which becomes the controlling one.
        case terminal(path: String)
        /// Descriptors of ours; they stay ours.
        case descriptors(Int32, Int32, Int32)
    }

    package let pid: pid_t
    private let status = Mutex<ExitStatus?>(nil)

    init(
        _ arguments: [String], environment: [String: String]?, directory: String? = nil, standard: Standard
    ) throws(TestKitError) {
        guard let program = arguments.first else {
            throw TestKitError.missing("a program", advice: "the argument list is empty")
        }
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        Self.describe(standard, in: &actions)
        Self.resetSignals(in: &attributes)
        // setsid(1) and env(1) become the program, with the same pid: a session of its own needs no C here.
        let session = if case .terminal = standard { ["setsid", "--ctty"] } else { ["setsid"] }
        let line = session + (directory.map { ["env", "--chdir=\($0)"] } ?? []) + arguments
        let words = (environment ?? ProcessInfo.processInfo.environment).map { "\($0.key)=\($0.value)" }
        let started = descriptorsBeingMade.withLock { _ in
            withCStrings(line) { argv in
                withCStrings(words) { envp in
                    var pid: pid_t = 0
                    let error = posix_spawnp(&pid, "setsid", &actions, &attributes, argv, envp)
                    return (pid: pid, error: error)
                }
            }
        }
        guard started.error == 0 else {
            throw TestKitError.system(call: "starting \(program)", errno: started.error)
        }
        pid = started.pid
        let thread = Thread { [self] in reap() }
        thread.name = "reaper"
        thread.start()
    }

    /// How it ended, or nil while it runs.
    package var exitStatus: ExitStatus? { status.withLock { $0 } }

    /// Sends a signal, unless it has ended.
    package func kill(_ signal: Int32) {
        status.withLock { status in
            if status == nil { _ = Glibc.kill(pid, signal) }
        }
    }

    /// Waits for its end.
    package func waitForExit(within limit: Duration = patience) async throws -> ExitStatus {
        try await eventually(within: limit, "the end of process \(pid)") { exitStatus != nil }
        return exitStatus ?? .exited(0)
    }

    /// Takes the child's status as it ends. Under the lock, so that no signal goes to a pid that was given away again.
    private func reap() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        status.withLock { status in
            var word: Int32 = 0
            while waitpid(pid, &word, 0) < 0 && errno == EINTR {}
            let signal = word & 0x7F
            status = signal == 0 ? .exited((word >> 8) & 0xFF) : .signalled(signal)
        }
    }

    private static func describe(_ standard: Standard, in actions: inout posix_spawn_file_actions_t) {
        switch standard {
        case .terminal(let path):
            posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
            posix_spawn_file_actions_adddup2(&actions, 0, 1)
            posix_spawn_file_actions_adddup2(&actions, 0, 2)
        case .descriptors(let input, let output, let errors):
            posix_spawn_file_actions_adddup2(&actions, input, 0)
            posix_spawn_file_actions_adddup2(&actions, output, 1)
            posix_spawn_file_actions_adddup2(&actions, errors, 2)
        }
    }

    /// No signal blocked or ignored.
    private static func resetSignals(in attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    }
}

/// Held while descriptors are made and marked close-on-exec, and while a child starts: a child that got another's pipe
/// would keep it from ending.
let descriptorsBeingMade = Mutex<Void>(())

/// Calls the body with the words as C wants them: pointers, the last one null.
private func withCStrings<Result>(
    _ words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("a list with an end is not empty") }
        return body(base)
    }
}
