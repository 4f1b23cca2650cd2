private import Glibc
package import SystemPackage

/// A file descriptor with exactly one owner.
///
/// Dropping it closes it. Call ``close()`` where a failed close is news (the journal); let `deinit` do it elsewhere.
package struct OwnedDescriptor: ~Copyable, Sendable {
    private let rawValue: CInt

    package init(taking descriptor: FileDescriptor) {
        self.rawValue = descriptor.rawValue
    }

    deinit { _ = Glibc.close(rawValue) }

    package consuming func close() throws(Errno) {
        let fd = rawValue
        discard self
        guard Glibc.close(fd) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Hands the descriptor to code that will close it.
    package consuming func release() -> FileDescriptor {
        let fd = rawValue
        discard self
        return FileDescriptor(rawValue: fd)
    }

    package var borrowed: FileDescriptor { FileDescriptor(rawValue: rawValue) }
}
