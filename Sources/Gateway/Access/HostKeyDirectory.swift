private import Glibc
private import SessionModel
package import SystemPackage

/// The directory `keys/host`: the private keys by which clients know this server.
package struct HostKeyDirectory: Sendable {
    private let path: FilePath

    package init(path: FilePath) { self.path = path }

    /// The host keys' paths, sorted. On the first start `create` is asked to write an ed25519 key to a path.
    ///
    /// A half-written key never stands under a key's name, and of two servers that start at once one makes it.
    package func keyPaths(create: (_ path: String) throws -> Void) throws(FileRefusal) -> [FilePath] {
        try prepare()
        var names = try keyNames()
        if names.isEmpty {
            try make("ssh_host_ed25519_key", create)
            names = try keyNames()
        }
        for name in names { try check(name) }
        return names.map { path.appending($0) }
    }

    private func refusal(_ what: String, _ failure: Errno) -> FileRefusal {
        FileRefusal("\(path): \(what): \(failure)")
    }

    private func prepare() throws(FileRefusal) {
        if mkdir(path.removingLastComponent().string, 0o755) != 0, errno != EEXIST {
            throw refusal("its parent can not be made", Errno(rawValue: errno))
        }
        if mkdir(path.string, 0o700) != 0, errno != EEXIST {
            throw refusal("it can not be made", Errno(rawValue: errno))
        }
        var status = stat()
        guard stat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw FileRefusal("\(path) is no directory")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw FileRefusal("\(path) belongs to user \(status.st_uid), not to the server's user \(geteuid())")
        }
        guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            throw FileRefusal("\(path) may be written by others: chmod 700 it")
        }
    }

    private func keyNames() throws(FileRefusal) -> [String] {
        guard let folder = try KeyFolder(path) else { return [] }
        return folder.names.filter { $0.hasPrefix("ssh_host_") && $0.hasSuffix("_key") }
    }

    private func make(_ name: String, _ create: (String) throws -> Void) throws(FileRefusal) {
        let draft = path.appending(".\(name).\(getpid())").string
        defer { unlink(draft) }
        unlink(draft)
        do {
            try create(draft)
        } catch {
            throw FileRefusal("\(path): a host key can not be made: \(error)")
        }
        guard chmod(draft, 0o600) == 0, link(draft, path.appending(name).string) == 0 || errno == EEXIST else {
            throw refusal("a host key can not be put there", Errno(rawValue: errno))
        }
    }

    private func check(_ name: String) throws(FileRefusal) {
        var status = stat()
        let file = path.appending(name)
        guard lstat(file.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw FileRefusal("\(file) is no regular file")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw FileRefusal("\(file) belongs to user \(status.st_uid), not to the server's user \(geteuid())")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw FileRefusal("\(file) may be read by others, so it is no secret: make a new one, or chmod 600 it")
        }
    }
}
