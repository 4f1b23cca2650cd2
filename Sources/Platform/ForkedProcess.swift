private import CLinux
private import Glibc
package import SystemPackage

/// A second process that runs this same program.
package enum ForkedProcess {
    /// Forks; true in the child. Only while the process has one thread: a fork copies no others.
    package static func isChild() throws(Errno) -> Bool { try checked(clinux_fork()) == 0 }
}
