private import CLinux
private import Glibc
package import SystemPackage

/// A program that runs to its end in this process's own process group, so that `Ctrl-C` reaches it, too.
package enum PipedProgram {
    /// What becomes of what it writes to stderr.
    package enum Errors: Sendable {
        /// It comes with what the program writes to stdout.
        case withOutput
        case discarded
    }

    /// Runs the program, found in `PATH` as execvp(3) does, with nothing to read.
    ///
    /// - Parameters:
    ///   - inherited: become 3, 4 … in the program.
    ///   - limit: how long it may take; then it is killed. `nil` for as long as it wants.
    ///   - output: is called with what it writes, as it comes.
    /// - Returns: the exit code, or 128 + n for signal n. What a process that it left behind writes later is not waited
    ///   for.
    package static func run(
        _ arguments: [String], environment: [String], inherited: [FileDescriptor] = [],
        errors: Errors = .withOutput, within limit: Duration? = nil, output: (UnsafeRawBufferPointer) -> Void
    ) throws(Errno) -> Int {
        let deadline = limit.map { ContinuousClock.now.advanced(by: $0) }
        let pipe = try Pipe.open()
        let pid = try spawn(arguments, environment, inherited, errors, to: pipe.writer.borrowed)
        let reader = pipe.takeReader()
        try reader.borrowed.setNonBlocking()
        var status: CInt = 0
        var hasEnded = false
        while true {
            let more = read(reader.borrowed, output)
            if hasEnded { break }
            if more {
                var waiting = pollfd(fd: reader.borrowed.rawValue, events: Int16(POLLIN), revents: 0)
                _ = poll(&waiting, 1, 50)
            }
            if let deadline, ContinuousClock.now >= deadline { kill(pid, SIGKILL) }
            // Nothing tells of the end of one that has closed its output, but what waits for that alone.
            if !more, deadline != nil { usleep(10_000) }
            hasEnded = waitpid(pid, &status, more || deadline != nil ? WNOHANG : 0) == pid
        }
        var signal: CInt = 0
        return Int(clinux_exit_status(status, &signal))
    }

    /// Runs programs at once, each as ``run`` does; waits for all of them.
    ///
    /// - Parameter output: is called with which of them writes, and what.
    /// - Returns: how each ended.
    package static func runTogether(
        _ programs: [[String]], environment: [String], output: (Int, UnsafeRawBufferPointer) -> Void
    ) throws(Errno) -> [Int] {
        var running: [(pid: pid_t, reader: Int32)] = []
        var owned: [OwnedDescriptorList.Element] = []
        for arguments in programs {
            let pipe = try Pipe.open()
            let pid = try spawn(arguments, environment, [], .withOutput, to: pipe.writer.borrowed)
            let reader = OwnedDescriptorList.Element(pipe.takeReader())
            try reader.borrowed.setNonBlocking()
            running.append((pid, reader.borrowed.rawValue))
            owned.append(reader)
        }
        var statuses = [Int?](repeating: nil, count: programs.count)
        while statuses.contains(nil) {
            var waiting = running.map { pollfd(fd: $0.reader, events: Int16(POLLIN), revents: 0) }
            for index in waiting.indices where statuses[index] != nil { waiting[index].fd = -1 }
            _ = poll(&waiting, nfds_t(waiting.count), 50)
            for (index, program) in running.enumerated() where statuses[index] == nil {
                var status: CInt = 0
                var signal: CInt = 0
                let hasEnded = waitpid(program.pid, &status, WNOHANG) == program.pid
                _ = read(FileDescriptor(rawValue: program.reader)) { output(index, $0) }
                if hasEnded { statuses[index] = Int(clinux_exit_status(status, &signal)) }
            }
        }
        return withExtendedLifetime(owned) { statuses.compactMap(\.self) }
    }

    /// What the program wrote to stdout, up to a limit of bytes, and how it ended.
    package static func output(
        of arguments: [String], environment: [String], limit: Int = 256 * 1_024, within time: Duration? = nil
    ) throws(Errno) -> (text: String, status: Int) {
        var bytes: [UInt8] = []
        let status = try run(arguments, environment: environment, errors: .discarded, within: time) { piece in
            bytes += piece.prefix(limit - bytes.count)
        }
        return (String(decoding: bytes, as: UTF8.self), status)
    }

    /// Reads what is there; false at the end.
    private static func read(_ reader: FileDescriptor, _ output: (UnsafeRawBufferPointer) -> Void) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 64 * 1_024, alignment: 16) { room in
            while true {
                switch try? reader.readAvailable(into: room) {
                case .completed(let count): output(UnsafeRawBufferPointer(rebasing: room[..<count]))
                case .wouldBlock: return true
                case .endOfStream, nil: return false
                }
            }
        }
    }

    private static func spawn(
        _ arguments: [String], _ environment: [String], _ inherited: [FileDescriptor], _ errors: Errors,
        to writer: FileDescriptor
    ) throws(Errno) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, writer.rawValue, 1)
        switch errors {
        case .withOutput: posix_spawn_file_actions_adddup2(&actions, writer.rawValue, 2)
        case .discarded: posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        }
        for (index, descriptor) in inherited.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor.rawValue, CInt(3 + index))
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        sigfillset(&all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var pid: pid_t = 0
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        let failure = posix_spawnp(&pid, arguments.first ?? "", &actions, &attributes, argv, envp)
        guard failure == 0 else { throw Errno(rawValue: failure) }
        return pid
    }
}

/// What a process may have at most of what its own processes may have (getrlimit(2)).
package enum ProcessLimits {
    /// Open files.
    package static var files: UInt64 { hardLimit(CInt(RLIMIT_NOFILE.rawValue)) }

    /// Processes of one user; more than there are numbers for can not be asked for.
    package static var processes: UInt64 {
        let numbers = (try? FileDescriptor.open("/proc/sys/kernel/pid_max", .readOnly)).flatMap { file in
            let owned = OwnedDescriptor(taking: file)
            return withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { room -> UInt64? in
                guard case .completed(let count) = try? owned.borrowed.readAvailable(into: room) else { return nil }
                return UInt64(String(decoding: room[..<count], as: UTF8.self).filter(\.isNumber))
            }
        }
        return min(hardLimit(CInt(__RLIMIT_NPROC.rawValue)), numbers ?? 32_768)
    }

    private static func hardLimit(_ resource: CInt) -> UInt64 {
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(UInt32(resource)), &limits) == 0 else { return 1_024 }
        return min(UInt64(limits.rlim_max), 1_048_576)
    }
}
