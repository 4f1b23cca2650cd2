import Glibc
import Platform
import SessionModel
import SystemPackage
import TestKit
import Testing

@testable import Gateway

@Suite("The key directory")
struct KeyDirectoryTests {
    /// A directory `keys` of its own, and what reads it.
    private struct Keys {
        let directory: TemporaryDirectory
        var keys: KeyDirectory

        init() throws {
            directory = try TemporaryDirectory()
            _ = try directory.path("team/x")
            _ = try directory.path("agents/x")
            keys = KeyDirectory(path: FilePath(directory.path))
        }

        var names: [String] { read().roster.members.map(\.name) }
        var problems: [String] { read().problems.map(\.description) }

        private func read() -> KeyDirectory.Reading {
            keys.read { type, base64 in
                OfferedKey(blob: Array(base64.utf8), fingerprint: Fingerprint(text: "SHA256:\(base64)"))
            }
        }

        /// What the next look has, file by file.
        mutating func look() -> [String: String] {
            Dictionary(
                uniqueKeysWithValues: keys.look().files.map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) })
        }
    }

    @Test("files of team and agents are read, and hidden ones and the README are not")
    func reads() throws {
        let keys = try Keys()
        try keys.directory.write("ssh-ed25519 A\n", to: "team/alice.pub")
        try keys.directory.write("owner=\"alice\" ssh-ed25519 C\n", to: "agents/claude.pub")
        for name in ["team/.gitkeep", "team/.alice.pub.swp", "team/README.md"] {
            try keys.directory.write("nonsense", to: name)
        }
        #expect(keys.names == ["alice", "claude"])
        #expect(keys.problems.isEmpty)
    }

    @Test("a directory that is not there lets nobody in, without an error")
    func missing() throws {
        let reading = KeyDirectory(path: "/nonexistent/keys").read { _, _ in throw FileRefusal("not asked") }
        #expect(reading.roster.isEmpty && reading.problems.isEmpty)
    }

    @Test("a FIFO, a directory, a symbolic link and a file that all may write are refused, and nothing waits for them")
    func odd() throws {
        let keys = try Keys()
        try keys.directory.write("ssh-ed25519 A\n", to: "team/alice.pub")
        #expect(mkfifo(try keys.directory.path("team/fifo.pub"), 0o600) == 0)
        _ = try keys.directory.path("team/folder.pub/x")
        try keys.directory.write("ssh-ed25519 L\n", to: "elsewhere")
        #expect(symlink("../elsewhere", try keys.directory.path("team/link.pub")) == 0)
        try keys.directory.write("ssh-ed25519 W\n", to: "team/wide.pub")
        #expect(chmod(try keys.directory.path("team/wide.pub"), 0o666) == 0)
        try keys.directory.write(String(repeating: "#", count: KeyFile.largest + 1), to: "team/zlarge.pub")
        #expect(keys.names == ["alice"])
        let names = ["fifo", "folder", "link", "wide", "zlarge"]
        #expect(keys.problems.count == names.count)
        for (problem, name) in zip(keys.problems, names) { #expect(problem.hasPrefix("team/\(name).pub: ")) }
    }

    @Test("a folder that everybody may write lets nobody in")
    func wideFolder() throws {
        let keys = try Keys()
        try keys.directory.write("ssh-ed25519 A\n", to: "team/alice.pub")
        #expect(chmod(try keys.directory.path("team"), 0o777) == 0)
        #expect(keys.names.isEmpty && keys.problems.count == 1)
    }

    @Test("a certificate authority is said to be of no use yet")
    func authorities() throws {
        let keys = try Keys()
        try keys.directory.write("ssh-ed25519 A\n", to: "authorities/ca.pub")
        #expect(keys.problems.count == 1 && keys.names.isEmpty)
    }

    @Test("each look has the files as they are now, and says which of them changed")
    func changes() throws {
        var keys = try Keys()
        #expect(keys.look().isEmpty)
        try keys.directory.write("ssh-ed25519 A\n", to: "team/alice.pub")
        #expect(keys.look() == ["team/alice.pub": "ssh-ed25519 A\n"])
        #expect(keys.keys.look().changed.isEmpty)
        let file = try keys.directory.path("team/alice.pub")
        #expect(rename(file, try keys.directory.path("team/bob.pub")) == 0)
        let look = keys.keys.look()
        #expect(look.files.map(\.path) == ["team/bob.pub"] && look.changed == ["team/alice.pub", "team/bob.pub"])
        unlink(try keys.directory.path("team/bob.pub"))
        #expect(keys.look().isEmpty)
    }

    @Test("an edit in place that keeps size and time of change is seen")
    func editInPlace() throws {
        var keys = try Keys()
        let file = try keys.directory.write("ssh-ed25519 A\n", to: "team/alice.pub")
        _ = keys.look()
        var status = stat()
        #expect(stat(file, &status) == 0)
        let descriptor = try FileDescriptor.open(FilePath(file), .writeOnly)
        _ = try descriptor.closeAfter { try descriptor.writeAll(Array("ssh-ed25519 B\n".utf8)) }
        var times = [status.st_atim, status.st_mtim]
        #expect(utimensat(AT_FDCWD, file, &times, 0) == 0)
        #expect(keys.look() == ["team/alice.pub": "ssh-ed25519 B\n"])
    }

    @Test("a folder with too many files has those that are known, and says what to do")
    func tooMany() throws {
        var keys = try Keys()
        for name in ["alice", "bob"] { try keys.directory.write("ssh-ed25519 \(name)\n", to: "team/\(name).pub") }
        _ = keys.look()
        for number in 0..<KeyFolder.mostFiles {
            #expect(mknod(try keys.directory.path("team/\(number)"), S_IFREG | 0o600, 0) == 0)
        }
        unlink(try keys.directory.path("team/bob.pub"))
        let look = keys.keys.look()
        #expect(look.files.map(\.path) == ["team/alice.pub"])
        let problem = look.problems.map(\.description).joined()
        #expect(problem.contains("more than 4096 files") && problem.contains("what was read before holds"))
    }

    @Test("a file that cannot be read whole is as it was, which is told with what to do")
    func unreadable() throws {
        var keys = try Keys()
        for name in ["alice", "bob"] { try keys.directory.write("ssh-ed25519 \(name)\n", to: "team/\(name).pub") }
        _ = keys.look()
        try keys.directory.write(String(repeating: "#", count: KeyFile.largest + 1), to: "team/alice.pub")
        let look = keys.keys.look()
        #expect(
            look.files.map { String(decoding: $0.bytes, as: UTF8.self) } == [
                "ssh-ed25519 alice\n", "ssh-ed25519 bob\n",
            ])
        let problem = try #require(look.problems.first).description
        #expect(
            problem.hasPrefix("team/alice.pub: it is larger than ") && problem.contains("what was read before holds"))
    }

    @Test("what stands in a file's place and is no file of keys is no reason to wait, or to keep what was there")
    func odder() throws {
        var keys = try Keys()
        try keys.directory.write("ssh-ed25519 A\n", to: "team/alice.pub")
        _ = keys.look()
        let file = try keys.directory.path("team/alice.pub")
        unlink(file)
        #expect(mkfifo(file, 0o600) == 0)
        let look = keys.keys.look()
        #expect(look.files.isEmpty && look.problems.map(\.description) == ["team/alice.pub: it is no regular file"])
    }
}

@Suite("The host key directory")
struct HostKeyDirectoryTests {
    private func write(_ path: String) throws {
        let file = try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .exclusiveCreate],
            permissions: [.ownerReadWrite, .groupRead])
        _ = try file.closeAfter { try file.writeAll(Array("a key".utf8)) }
    }

    @Test("the first start makes one key, private, and later starts find it")
    func firstStart() throws {
        let directory = try TemporaryDirectory()
        let host = HostKeyDirectory(path: FilePath(directory.path).appending("keys/host"))
        let first = try host.keyPaths(create: write)
        #expect(first.map { $0.lastComponent?.string } == ["ssh_host_ed25519_key"])
        var status = stat()
        #expect(stat(try #require(first.first).string, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(stat(directory.path + "/keys/host", &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(try host.keyPaths { _ in throw FileRefusal("not asked") } == first)
        #expect(try directory.names("keys/host") == ["ssh_host_ed25519_key"])
    }

    @Test("a key that can not be made leaves nothing behind")
    func failed() throws {
        let directory = try TemporaryDirectory()
        let host = HostKeyDirectory(path: FilePath(directory.path).appending("host"))
        #expect(throws: FileRefusal.self) {
            try host.keyPaths { path in
                try write(path)
                throw FileRefusal("the pen broke")
            }
        }
        #expect(try directory.names("host") == [])
    }

    @Test("a host key that others may read is refused", arguments: [0o640, 0o604, 0o644])
    func wideKey(_ mode: Int) throws {
        let directory = try TemporaryDirectory()
        try directory.write("a key", to: "host/ssh_host_ed25519_key", mode: mode)
        let host = HostKeyDirectory(path: FilePath(directory.path).appending("host"))
        #expect(throws: FileRefusal.self) { try host.keyPaths(create: write) }
    }
}

extension TemporaryDirectory {
    /// The names in a folder of it, sorted.
    fileprivate func names(_ folder: String) throws -> [String] {
        let stream = opendir(path + "/" + folder)
        guard let stream else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
