private import Glibc
import SystemPackage

/// Files of a folder of ours that one other user may read, and nobody change.
package enum ReadableFiles {
    package struct Reader: Hashable, Sendable {
        package let user: UInt32
        package let group: UInt32

        package init(user: UInt32, group: UInt32) {
            self.user = user
            self.group = group
        }
    }

    /// Puts files in place of what was in the folder, which is made where it is missing.
    ///
    /// - Parameters:
    ///   - reader: whose the files are, if not ours.
    ///   - isOpen: whether everybody may enter the folder: where another above it keeps them out.
    package static func place(
        _ files: [(name: String, contents: [UInt8])], in directory: String, for reader: Reader?, isOpen: Bool = false
    ) throws {
        let folder = try isOpen || reader != nil ? StateDirectory.openShared(directory) : StateDirectory.open(directory)
        let fd = folder.descriptor.borrowed.rawValue
        if let reader { try checked(fchown(fd, uid_t.max, reader.group)) }
        if reader != nil, !isOpen { try checked(fchmod(fd, 0o750)) }
        empty(directory)
        for file in files {
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
            let new = OwnedDescriptor(
                taking: FileDescriptor(rawValue: try checked(openat(fd, file.name, flags, 0o400))))
            _ = try new.borrowed.writeAll(file.contents)
            if let reader { try checked(fchown(new.borrowed.rawValue, reader.user, reader.group)) }
        }
    }

    /// The folder stays, as who shows it elsewhere wants.
    package static func empty(_ directory: String) {
        guard let folder = try? StateDirectory.openShared(directory) else { return }
        for name in folder.names() { folder.remove(name) }
    }

    package static func remove(_ directory: String) {
        guard FileStatus.exists(directory) else { return }
        empty(directory)
        rmdir(directory)
    }
}
