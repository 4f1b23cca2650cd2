private import CLinux
private import Glibc
package import SessionModel
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
    /// What it was started with, its own name first.
    package static var arguments: [ByteString] {
        (0..<Int(CommandLine.argc)).compactMap { index in
            CommandLine.unsafeArgv[index].map { word in
                ByteString(UnsafeRawBufferPointer(start: word, count: strlen(word)))
            }
        }
    }

    /// A variable of its environment.
    package static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The number of the user that it runs as.
    package static var user: UInt32 { geteuid() }

    /// Only root traces it, reads its memory, or takes its descriptors from now on (PR_SET_DUMPABLE, prctl(2)); another
    /// program that it becomes has to say so again.
    package static func closeToTracers() { _ = clinux_close_to_tracers() }

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

    /// Whether its group, or everybody, may write to it.
    package static func isWritableByOthers(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o022 != 0
    }

    /// 0, or -1 with errno (renameat2(2)).
    package static func rename(
        _ path: UnsafePointer<CChar>, to target: UnsafePointer<CChar>, replaces: Bool
    ) -> CInt { clinux_rename(path, target, replaces ? 1 : 0) }

    /// Whether it can be read, and there is nothing in it.
    package static func isEmptyDirectory(_ path: String) -> Bool {
        guard let stream = opendir(path) else { return false }
        defer { closedir(stream) }
        var count = 0
        // "." and ".." are always there.
        while count < 3, readdir(stream) != nil { count += 1 }
        return count < 3
    }

    /// When the file was last written; `nil` where there is none.
    package static func changeTime(_ path: String) -> UnixTime? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return UnixTime(nanoseconds: UInt64(status.st_mtim.tv_sec) * 1_000_000_000 + UInt64(status.st_mtim.tv_nsec))
    }

    package static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
