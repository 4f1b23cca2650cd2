private import Glibc

/// Whose a file is.
package struct FileOwner: Hashable, Sendable {
    package let user: UInt32
    package let group: UInt32

    /// `nil` where nothing is there. Of a link it is whose that is where it leads.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (user, group) = (status.st_uid, status.st_gid)
    }
}
