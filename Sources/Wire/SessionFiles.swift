/// The names in a session's directory, `STATE/sessions/NAME/`: where a host and its front-ends meet.
package enum SessionFiles {
    /// The host's listening socket; gone when the session has ended.
    package static let socket = "socket"
    /// Locked by whoever starts the session, and then by its host for life.
    package static let lock = "lock"
    /// The host's process id, in decimal.
    package static let pid = "pid"
    /// The number of the newest incarnation, in decimal.
    package static let incarnation = "incarnation"
    /// There once the shell has ended: ``ending`` while other processes of the session are there, then the shell's
    /// status, in decimal.
    package static let ended = "ended"
    package static let ending = "ending\n"
    /// There once the session was seen to be lost; what is said of ``ended`` counts more.
    package static let lost = "lost"
    /// The name of the environment that it was started in last.
    package static let environment = "environment"
    /// There while the next incarnation's container is to be made anew.
    package static let rebuild = "rebuild"
    /// Why it was not removed when its time was over, in words.
    package static let kept = "kept"
    /// What its programs are to listen on (``PlannedPorts``).
    package static let ports = "ports"
    /// What was said when the places of its incarnations were made.
    package static let environmentLog = "environment.log"
    /// What the host complains of.
    package static let log = "host.log"
    /// The segments of the record.
    package static let journal = "journal"
}
