private import CLinux
private import Glibc
package import SessionModel
package import SystemPackage

/// A process, or the group or session that it leads.
package struct ProcessID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
    package var description: String { "\(rawValue)" }

    package static var current: ProcessID { ProcessID(rawValue: getpid()) }

    /// Sends a signal to the process; a process that is gone is no failure.
    package func signal(_ number: CInt) { _ = kill(rawValue, number) }

    /// Whether this process may send it signals; also of one that is gone.
    package var isOurs: Bool { kill(rawValue, 0) == 0 || errno != EPERM }

    /// Sends a signal to the process group that the process leads.
    ///
    /// - Returns: whether there was such a group.
    @discardableResult
    package func signalGroup(_ number: CInt) -> Bool { kill(-rawValue, number) == 0 }
}

/// What is to be executed.
package struct ChildProgram {
    package var path: String
    /// `arguments[0]` is the program's name for itself.
    package var arguments: [ByteString]
    /// `NAME=value`.
    package var environment: [String]
    package var directory: String?
    /// What the files that it makes are closed to (umask(2)); what login(1) gives a user.
    package var mask: UInt32 = 0o022
    /// The control group that it starts in.
    package var group: ControlGroup?
    /// Who it runs as; `nil` for whom this process runs as.
    package var user: ChildUser?
    /// How many files it may have open; `nil` for as many as this process might when it started.
    package var openFiles: UInt64?

    package init(path: String, arguments: [String], environment: [String], directory: String?) {
        self.path = path
        self.arguments = arguments.map { ByteString($0) }
        self.environment = environment
        self.directory = directory
    }
}

/// Whom a child becomes before it is the program, in numbers.
package struct ChildUser: Hashable, Sendable {
    package var user: UInt32
    package var group: UInt32
    /// All groups that the user is in.
    package var groups: [UInt32]

    package init(user: UInt32, group: UInt32, groups: [UInt32]) {
        self.user = user
        self.group = group
        self.groups = groups
    }
}

/// Why a program could not be started: which step, and what the kernel said.
package struct SpawnFailure: Error, Hashable, Sendable {
    package enum Step: Int32, Sendable {
        case fork = 0
        case session = 1
        case terminal = 2
        case directory = 3
        case descriptors = 4
        case execute = 5
        case group = 6
        case user = 7
        case limits = 8
    }

    package let step: Step
    package let errno: Errno

    /// A sentence for the person who asked for the program.
    package func sentence(about program: ChildProgram) -> String {
        switch step {
        case .fork, .session, .terminal, .descriptors: "can not start \(program.path): \(errno)"
        case .directory: "can not enter the directory \(program.directory ?? "."): \(errno)"
        case .group: "can not start \(program.path) in the session's control group: \(errno)"
        case .user: "can not become the user of the session's environment: \(errno)"
        case .limits: "can not allow \(program.openFiles ?? 0) open files, as the session's environment wants: \(errno)"
        case .execute: "can not run \(program.path): \(errno)"
        }
    }
}

extension ChildProgram {
    /// Starts the program in a session of its own, with the descriptors as 0, 1, 2 and, where given, 3, 4, 5.
    ///
    /// - Returns: the pid, whose exit the caller must wait for.
    package func spawn(
        standard: (FileDescriptor, FileDescriptor, FileDescriptor), inherited: [FileDescriptor] = [],
        hasControllingTerminal: Bool = false
    ) throws(SpawnFailure) -> ProcessID {
        precondition(inherited.count <= 3, "a child inherits at most three descriptors more")
        var how = clinux_spawn()
        how.standard = (standard.0.rawValue, standard.1.rawValue, standard.2.rawValue)
        let extra = inherited.map(\.rawValue) + Array(repeating: -1, count: 3 - inherited.count)
        how.inherited = (extra[0], extra[1], extra[2])
        how.mask = mask
        let entrances: [OwnedDescriptorList.Element]
        do throws(Errno) {
            entrances = try group?.entrances() ?? []
        } catch {
            throw SpawnFailure(step: .group, errno: error)
        }
        let ways = entrances.map(\.borrowed.rawValue) + Array(repeating: -1, count: 5 - entrances.count)
        how.groups = (ways[0], ways[1], ways[2], ways[3], ways[4])
        how.controlling_terminal = hasControllingTerminal ? 1 : 0
        how.open_files = openFiles ?? 0
        how.soft_open_files = OpenFileLimit.ofChildren ?? 0
        if let user {
            how.becomes_user = 1
            how.user = user.user
            how.user_group = user.group
        }
        var step: CInt = 0
        let pid = withExtendedLifetime(entrances) { start(&how, &step) }
        guard pid > 0 else {
            throw SpawnFailure(step: SpawnFailure.Step(rawValue: step) ?? .fork, errno: Errno(rawValue: errno))
        }
        return ProcessID(rawValue: pid)
    }

    /// The call itself, with what the program is told in the kernel's form.
    private func start(_ how: inout clinux_spawn, _ step: inout CInt) -> pid_t {
        let groups = user?.groups ?? []
        return withCStrings(arguments) { argv in
            withCStrings(environment.map { ByteString($0) }) { envp in
                path.withCString { path in
                    withOptionalCString(directory) { directory in
                        how.program = path
                        how.argv = argv
                        how.envp = envp
                        how.directory = directory
                        return groups.withUnsafeBufferPointer { groups in
                            how.user_groups = groups.baseAddress
                            how.user_group_count = groups.count
                            return clinux_spawn(&how, &step)
                        }
                    }
                }
            }
        }
    }
}

/// How a child ended.
package struct ChildExit: Hashable, Sendable {
    package let pid: ProcessID
    /// The exit code, or 128 + n for signal n.
    package let status: Int
    /// 0 where no signal ended it.
    package let signal: Int

    /// The next child that has ended, without waiting for one.
    package static func next() -> ChildExit? {
        while true {
            var status: CInt = 0
            let pid = waitpid(-1, &status, WNOHANG)
            if pid < 0, errno == EINTR { continue }
            guard pid > 0 else { return nil }
            var signal: CInt = 0
            let code = clinux_exit_status(status, &signal)
            return ChildExit(pid: ProcessID(rawValue: pid), status: Int(code), signal: Int(signal))
        }
    }
}

private func withCStrings<Result>(
    _ strings: [ByteString], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers = strings.map { string in
        (string.bytes + [0]).withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { strdup($0.assumingMemoryBound(to: CChar.self)) }
        }
    }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("a list with an end is not empty") }
        return body(base)
    }
}

private func withOptionalCString<Result>(_ string: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let string else { return body(nil) }
    return string.withCString { body($0) }
}
