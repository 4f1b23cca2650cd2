import Glibc

/// What stat(2) and statvfs(3) say; functions have the same names.
typealias FileStat = stat
typealias VolumeStat = statvfs

/// What is said of a file, or is to be changed of it.
struct FileAttributes {
    var size: UInt64?
    var owner: (user: UInt32, group: UInt32)?
    var mode: UInt32?
    /// Seconds since 1970.
    var times: (accessed: UInt32, modified: UInt32)?

    init() {}

    init(_ status: FileStat) {
        size = UInt64(clamping: status.st_size)
        owner = (status.st_uid, status.st_gid)
        mode = status.st_mode
        times = (UInt32(truncatingIfNeeded: status.st_atim.tv_sec), UInt32(truncatingIfNeeded: status.st_mtim.tv_sec))
    }

    func write(to writer: inout SFTPWriter) {
        var flags: UInt32 = 0
        if size != nil { flags |= SFTP.AttributeFlag.size }
        if owner != nil { flags |= SFTP.AttributeFlag.owner }
        if mode != nil { flags |= SFTP.AttributeFlag.permissions }
        if times != nil { flags |= SFTP.AttributeFlag.times }
        writer.put(flags)
        if let size { writer.put(size) }
        if let owner {
            writer.put(owner.user)
            writer.put(owner.group)
        }
        if let mode { writer.put(mode) }
        if let times {
            writer.put(times.accessed)
            writer.put(times.modified)
        }
    }

    /// Changes what is named, of an open file. False, with errno, at the first thing that can not be.
    func apply(to descriptor: CInt) -> Bool {
        if let size, ftruncate(descriptor, off_t(clamping: size)) < 0 { return false }
        if let mode, fchmod(descriptor, mode & 0o7777) < 0 { return false }
        if let times, !withTimes(times, { futimens(descriptor, $0) == 0 }) { return false }
        if let owner, fchown(descriptor, owner.user, owner.group) < 0 { return false }
        return true
    }

    func apply(to path: FilePathBytes, followsLinks: Bool) -> Bool {
        path.withCString { path in
            let flags = followsLinks ? 0 : CInt(AT_SYMLINK_NOFOLLOW)
            if let size, truncate(path, off_t(clamping: size)) < 0 { return false }
            if let mode, fchmodat(AT_FDCWD, path, mode & 0o7777, flags) < 0 { return false }
            if let times, !withTimes(times, { utimensat(AT_FDCWD, path, $0, flags) == 0 }) { return false }
            if let owner, fchownat(AT_FDCWD, path, owner.user, owner.group, flags) < 0 { return false }
            return true
        }
    }

    private func withTimes(
        _ times: (accessed: UInt32, modified: UInt32), _ body: (UnsafePointer<timespec>) -> Bool
    ) -> Bool {
        let both = [
            timespec(tv_sec: time_t(times.accessed), tv_nsec: 0), timespec(tv_sec: time_t(times.modified), tv_nsec: 0),
        ]
        return both.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("two times are not none") }
            return body(base)
        }
    }
}
