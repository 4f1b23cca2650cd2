private import CLinux
private import Glibc
package import SystemPackage

/// The program that runs.
package enum ThisProgram {
    /// The directory of its file, with links resolved.
    package static var directory: String {
        var room = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &room, room.count)
        let path = String(decoding: room.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
}

extension ThisProgram {
    /// A variable of its environment.
    package static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The number of the user that it runs as.
    package static var user: UInt32 { geteuid() }

    package static func ignore(_ signal: CInt) { Glibc.signal(signal, SIG_IGN) }
}

extension FileDescriptor {
    /// Whatever the umask is (fchmod(2)).
    package func setMode(_ mode: FilePermissions) throws(Errno) { try checked(fchmod(rawValue, mode.rawValue)) }
}

/// What the files that this process makes are closed to (umask(2)).
package enum FileMask {
    /// Only this process's user reads or writes them.
    package static func closeToOthers() { _ = umask(0o077) }
}

/// What is there in the file system.
package enum FileStatus {
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The path without links (realpath(3)); `nil` where nothing is there.
    package static func realPath(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    /// 0, or -1 with errno (renameat2(2)).
    package static func rename(
        _ path: UnsafePointer<CChar>, to target: UnsafePointer<CChar>, replaces: Bool
    ) -> CInt { clinux_rename(path, target, replaces ? 1 : 0) }

    package static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
