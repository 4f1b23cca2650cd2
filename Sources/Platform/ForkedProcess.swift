private import CLinux
private import Glibc
package import SystemPackage

/// A second process that runs this same program.
package enum ForkedProcess {
    /// Forks; true in the child. Only while the process has one thread: a fork copies no others.
    package static func isChild() throws(Errno) -> Bool { try start() == nil }

    /// Likewise; the child's number, and `nil` in the child.
    package static func start() throws(Errno) -> ProcessID? {
        let pid = try checked(clinux_fork())
        return pid == 0 ? nil : ProcessID(rawValue: pid)
    }
}
