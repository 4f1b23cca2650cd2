package import Platform
package import SystemPackage

/// Why a session's host can not be reached or started; each a sentence for the operator who asked.
package enum HostClientError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no live process tree, and the caller did not ask for a new one.
    case notRunning
    case launchFailed(sentence: String)
    case state(StateDirectoryError)
    case io(Errno)
    /// Somebody else holds the session's lock, and no socket appeared.
    case startTimedOut
    case otherVersion(UInt16)
    /// The process that starts hosts was killed.
    case launcherGone
    /// The process that starts hosts takes no request, or says nothing of one.
    case launcherSilent
    /// The session's host runs, and says nothing.
    case notResponding

    package var description: String {
        switch self {
        case .notRunning: "it is not running"
        case .launchFailed(let sentence): sentence
        case .state(let error): "\(error)"
        case .io(let errno): "its host can not be reached: \(errno)"
        case .startTimedOut: "its host does not answer; its host.log may say why"
        case .launcherGone: "the server's launcher, which starts sessions, is gone: restart the server; sessions go on"
        case .launcherSilent:
            "the server's launcher, which starts sessions, does not respond; sessions that run go on"
        case .notResponding: "its host does not respond; a lead ends it with 'end --force'"
        case .otherVersion(let version):
            "its host speaks version \(version) of the protocol, which this server does not"
        }
    }
}
