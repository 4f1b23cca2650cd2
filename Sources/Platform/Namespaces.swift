private import CLinux
private import Glibc
package import SystemPackage

/// Becoming one of a container's processes.
package enum Namespaces {
    package struct Failure: Error, Hashable, Sendable {
        package enum Step: Int32, Sendable {
            case process = 1
            case namespaces = 2
            case user = 3
        }

        package let step: Step
        package let errno: Errno
    }

    /// Enters the user, mount, network, IPC and host name namespaces of a process, as this user there, with no more
    /// capabilities than it has. Only while this process has one thread; there is no way back.
    package static func enter(_ leader: ProcessID, user: UInt32, group: UInt32) throws(Failure) {
        var step: CInt = 0
        guard clinux_enter(leader.rawValue, user, group, &step) == 0 else {
            throw Failure(step: Failure.Step(rawValue: step) ?? .namespaces, errno: Errno(rawValue: errno))
        }
    }

    package static func changeDirectory(to path: String) throws(Errno) { try checked(chdir(path)) }
}
