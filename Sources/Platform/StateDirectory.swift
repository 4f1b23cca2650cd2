private import Glibc
package import SystemPackage

/// A checked directory, kept open: what is made or reached through it can not be moved away between check and use.
package struct StateDirectory: ~Copyable {
    package let descriptor: OwnedDescriptor
    package let path: String

    /// Opens a directory that is ours alone, making it with mode 0700 where it is missing.
    ///
    /// Refuses a symbolic link, another's directory and one that others may enter.
    package static func open(_ path: String) throws(StateDirectoryError) -> StateDirectory {
        try open(path, mode: 0o700)
    }

    /// Opens a directory that is ours to change and everybody's to enter, making it where it is missing.
    package static func openShared(_ path: String) throws(StateDirectoryError) -> StateDirectory {
        try open(path, mode: 0o755)
    }

    private static func open(_ path: String, mode: mode_t) throws(StateDirectoryError) -> StateDirectory {
        let isNew = mkdir(path, mode) == 0
        if !isNew, errno != EEXIST {
            throw StateDirectoryError(path: path, reason: .failed(Errno(rawValue: errno)))
        }
        let fd = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard fd >= 0 else { throw StateDirectoryError(path: path, reason: .failed(Errno(rawValue: errno))) }
        let owned = OwnedDescriptor(taking: FileDescriptor(rawValue: fd))
        var status = stat()
        guard fstat(fd, &status) == 0 else {
            throw StateDirectoryError(path: path, reason: .failed(Errno(rawValue: errno)))
        }
        guard status.st_uid == geteuid() else { throw StateDirectoryError(path: path, reason: .notOurs) }
        // A server's umask lets nobody into what it makes.
        if isNew { _ = fchmod(fd, mode) }
        guard status.st_mode & 0o077 & ~mode == 0 else {
            throw StateDirectoryError(path: path, reason: mode == 0o700 ? .openToOthers : .changeableByOthers)
        }
        guard faccessat(fd, ".", W_OK, AT_EACCESS) == 0 else {
            throw StateDirectoryError(path: path, reason: .notWritable)
        }
        return StateDirectory(descriptor: owned, path: path)
    }

    private init(descriptor: consuming OwnedDescriptor, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// A path for the kernel, of 30 bytes or so whatever the directory's own: socket paths are limited to 107.
    func kernelPath(_ name: String) -> String { "/proc/self/fd/\(descriptor.borrowed.rawValue)/\(name)" }

    /// Puts a small file in place whole, or not at all.
    @discardableResult
    package func write(_ text: String, to name: String) -> Bool { write(Array(text.utf8), to: name) }

    /// Likewise of bytes.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String) -> Bool {
        let fd = descriptor.borrowed.rawValue
        let new = openat(fd, "\(name).new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard new >= 0 else { return false }
        let file = OwnedDescriptor(taking: FileDescriptor(rawValue: new))
        let outcome = bytes.withUnsafeBytes { try? file.borrowed.writeAvailable($0) }
        return outcome == .completed(bytes.count) && renameat(fd, "\(name).new", fd, name) == 0
    }

    /// Keeps room for a small file, for when there is none any more.
    package func reserve(_ name: String) {
        let room = String(repeating: " ", count: Self.reserveLength) + "\n"
        if write(room, to: "\(name).room") { return }
        remove("\(name).room.new")
    }

    private static let reserveLength = 64

    /// Writes a small file of at most 64 bytes, in the room that was kept for it where there is no other.
    @discardableResult
    package func writeReserved(_ text: String, to name: String) -> Bool {
        let room = "\(name).room"
        if write(text, to: name) {
            remove(room)
            return true
        }
        remove("\(name).new")
        let fd = descriptor.borrowed.rawValue
        let file = openat(fd, room, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return false }
        let owned = OwnedDescriptor(taking: FileDescriptor(rawValue: file))
        let bytes = Array(text.utf8)
        let outcome = bytes.withUnsafeBytes { try? owned.borrowed.writeAvailable($0) }
        guard outcome == .completed(bytes.count), ftruncate(file, off_t(bytes.count)) == 0 else { return false }
        return renameat(fd, room, fd, name) == 0
    }

    /// Which file has the name now; `nil` where none has.
    package func identity(of name: String) -> FileIdentity? {
        var status = stat()
        guard fstatat(descriptor.borrowed.rawValue, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        return FileIdentity(status)
    }

    /// False when it was taken away, or moved; it can still be read, and nothing can be put into it.
    package var isThere: Bool {
        var there = stat()
        return lstat(path, &there) == 0 && FileIdentity(there) == FileIdentity(of: descriptor.borrowed)
    }

    /// The text of a small file; `nil` where there is none.
    package func read(_ name: String) -> String? {
        let fd = openat(descriptor.borrowed.rawValue, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard fd >= 0 else { return nil }
        let file = OwnedDescriptor(taking: FileDescriptor(rawValue: fd))
        return withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { room in
            guard case .completed(let count) = try? file.borrowed.readAvailable(into: room) else { return "" }
            return String(decoding: room[..<count], as: UTF8.self)
        }
    }

    /// The last bytes of a file, and whether there are more before them; `nil` where there is none.
    package func readEnd(_ name: String, limit: Int) -> (bytes: [UInt8], isCut: Bool)? {
        let fd = openat(descriptor.borrowed.rawValue, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard fd >= 0 else { return nil }
        let file = OwnedDescriptor(taking: FileDescriptor(rawValue: fd))
        let start = max(0, lseek(fd, 0, SEEK_END) - limit)
        guard lseek(fd, start, SEEK_SET) == start else { return nil }
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 * 1_024)
        while bytes.count < limit {
            let outcome = room.withUnsafeMutableBytes { try? file.borrowed.readAvailable(into: $0) }
            guard case .completed(let count) = outcome else { break }
            bytes += room[..<min(count, limit - bytes.count)]
        }
        return (bytes, start > 0)
    }

    package func remove(_ name: String) { unlinkat(descriptor.borrowed.rawValue, name, 0) }

    /// Takes away a directory in it, if that is empty.
    package func removeDirectory(_ name: String) { unlinkat(descriptor.borrowed.rawValue, name, AT_REMOVEDIR) }

    /// Takes away the directory, if it is empty.
    package func removeItself() { rmdir(path) }

    /// The names in it, sorted; none where it cannot be listed.
    package func names() -> [String] { (try? listing()) ?? [] }

    /// The names in it, sorted.
    package func listing() throws(Errno) -> [String] {
        guard let stream = opendir(path) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw Errno(rawValue: errno) }
        return names.sorted()
    }

    /// Opens a file that one process at a time may lock, and locks it (flock(2)).
    ///
    /// - Returns: `nil` while somebody else has it. The lock goes with the descriptor, also to another process.
    package func lock(_ name: String) throws(Errno) -> OwnedDescriptor? {
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        let fd = try checked(openat(descriptor.borrowed.rawValue, name, flags, 0o600))
        let file = OwnedDescriptor(taking: FileDescriptor(rawValue: fd))
        guard case .completed = try syscall("flock", { Int(flock(fd, LOCK_EX | LOCK_NB)) }) else { return nil }
        return file
    }

    /// Opens a file to append lines to.
    package func openLog(_ name: String) throws(Errno) -> OwnedDescriptor {
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW
        return OwnedDescriptor(
            taking: FileDescriptor(rawValue: try checked(openat(descriptor.borrowed.rawValue, name, flags, 0o600))))
    }
}

/// Which file it is, whatever its names are.
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    fileprivate init(_ status: stat) {
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
    }

    /// Of an open file.
    package init?(of descriptor: FileDescriptor) {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else { return nil }
        self.init(status)
    }
}

/// Why a directory can not hold sockets and journals.
package struct StateDirectoryError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        case failed(Errno)
        case notOurs
        case openToOthers
        case changeableByOthers
        case notWritable
    }

    package let path: String
    package let reason: Reason

    package var description: String {
        switch reason {
        case .failed(let errno): "can not use the directory \(path): \(errno)"
        case .notOurs: "the directory \(path) belongs to another user; name another one as 'state', or chown it"
        case .openToOthers: "the directory \(path) is open to others; chmod 700 it"
        case .changeableByOthers: "the directory \(path) can be changed by others; chmod 755 it"
        case .notWritable: "the directory \(path) can not be written to; check its file system and its mode"
        }
    }
}
