private import Glibc
private import Platform
import SystemPackage

/// What the kernel says of a file without reading it; two equal stamps, both old, mean that nothing changed.
struct FileStamp: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let mode: UInt32
    let size: Int64
    private let modified: Int64
    private let changed: Int64

    /// Of a symbolic link it is the link's own stamp.
    init(_ path: String, in directory: FileDescriptor? = nil, followsLinks: Bool = false) throws(Errno) {
        var status = stat()
        let flags = followsLinks ? 0 : AT_SYMLINK_NOFOLLOW
        try checked(fstatat(directory?.rawValue ?? AT_FDCWD, path, &status, flags))
        self.init(status)
    }

    /// Of a file that is open.
    init(_ file: FileDescriptor) throws(Errno) {
        var status = stat()
        try checked(fstat(file.rawValue, &status))
        self.init(status)
    }

    private init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        mode = status.st_mode
        size = Int64(status.st_size)
        modified = Self.nanoseconds(status.st_mtim)
        changed = Self.nanoseconds(status.st_ctim)
    }

    var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
    var isRegular: Bool { mode & S_IFMT == S_IFREG }
    var isWritableByAll: Bool { mode & S_IWOTH != 0 }

    /// Whether the file changed so lately that another change could leave the stamp as it is: clocks of file systems
    /// are coarse.
    func isFresh(at now: Int64) -> Bool { (now &- changed).magnitude < 2_000_000_000 }

    /// The time of day in the unit of the stamps: nanoseconds since 1970.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return nanoseconds(time)
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
