private import Glibc

/// Signals that the programs use among themselves.
package enum Signals {
    package static let child = SIGCHLD
    package static let hangUp = SIGHUP
    /// A file would grow beyond what the process may write.
    package static let fileSize = SIGXFSZ
    package static let interrupt = SIGINT
    package static let kill = SIGKILL
    package static let pipe = SIGPIPE
    package static let resume = SIGCONT
    package static let stop = SIGSTOP
    package static let terminate = SIGTERM
    package static let quit = SIGQUIT
    /// The terminal has another size.
    package static let windowChange = SIGWINCH

    /// All that end a process which does not expect them, but for those that a fault of its own raises, and those that
    /// nobody can put off.
    package static let ending: [CInt] =
        [
            SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGSTKFLT, SIGXCPU, SIGXFSZ,
            SIGVTALRM, SIGPROF, SIGIO, SIGPWR,
        ] + Array(34...64)
    /// Those that stop a process which has a terminal, or whom somebody sends them.
    package static let stopping: [CInt] = [SIGTSTP, SIGTTIN, SIGTTOU]
}

/// The signals that an SSH client may send, by their names without `SIG` (RFC 4254 section 6.9).
package enum SignalName {
    private static let numbers: [String: CInt] = [
        "ABRT": SIGABRT, "ALRM": SIGALRM, "FPE": SIGFPE, "HUP": SIGHUP, "ILL": SIGILL, "INT": SIGINT, "KILL": SIGKILL,
        "PIPE": SIGPIPE, "QUIT": SIGQUIT, "SEGV": SIGSEGV, "TERM": SIGTERM, "USR1": SIGUSR1, "USR2": SIGUSR2,
    ]

    package static func number(of name: String) -> CInt? { numbers[name] }

    package static func name(of number: Int) -> String? { numbers.first { Int($0.value) == number }?.key }
}
