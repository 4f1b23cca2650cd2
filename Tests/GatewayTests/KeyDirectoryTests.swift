import Glibc
import Platform
import SessionModel
import Synchronization
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
            keys = KeyDirectory(path: FilePath(directory.path)) { type, base64 in
                OfferedKey(blob: Array(base64.utf8), fingerprint: Fingerprint(text: "SHA256:\(base64)"))
            }
        }

        var names: [String] { keys.read().roster.members.map(\.name) }
        var problems: [String] { keys.read().problems.map(\.description) }
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
        let keys = KeyDirectory(path: "/nonexistent/keys") { _, _ in throw FileRefusal("not asked") }
        #expect(keys.read().roster.isEmpty && keys.read().problems.isEmpty)
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

    @Test("it is read again when something changed, and only then")
    func changes() throws {
        var keys = try Keys()
        #expect(keys.keys.readIfChanged()?.roster.isEmpty == true)
        #expect(keys.keys.readIfChanged() == nil)
        try keys.directory.write("ssh-ed25519 A\n", to: "team/alice.pub")
        #expect(keys.keys.readIfChanged()?.roster.members.map(\.name) == ["alice"])
        #expect(keys.keys.readIfChanged() == nil)
        let file = try keys.directory.path("team/alice.pub")
        #expect(rename(file, try keys.directory.path("team/bob.pub")) == 0)
        #expect(keys.keys.readIfChanged()?.roster.members.map(\.name) == ["bob"])
        unlink(try keys.directory.path("team/bob.pub"))
        #expect(keys.keys.readIfChanged()?.roster.isEmpty == true)
    }

    @Test("an edit in place that keeps size and time of change is seen")
    func editInPlace() throws {
        var keys = try Keys()
        let file = try keys.directory.write("ssh-ed25519 A\n", to: "team/alice.pub")
        _ = keys.keys.readIfChanged()
        var status = stat()
        #expect(stat(file, &status) == 0)
        let descriptor = try FileDescriptor.open(FilePath(file), .writeOnly)
        _ = try descriptor.closeAfter { try descriptor.writeAll(Array("ssh-ed25519 B\n".utf8)) }
        var times = [status.st_atim, status.st_mtim]
        #expect(utimensat(AT_FDCWD, file, &times, 0) == 0)
        let reading = keys.keys.readIfChanged()
        #expect(reading?.roster.member(named: "alice")?.keys.map(\.fingerprint.text) == ["SHA256:B"])
    }

    @Test("the watch tells of a change by itself")
    func watch() async throws {
        let keys = try Keys()
        let thread = try LoopThread()
        let seen = Seen()
        let directory = keys.keys
        let watch = await thread.run {
            var directory = directory
            _ = directory.readIfChanged()
            let watch = FileWatch(
                on: thread.loop, every: .milliseconds(5), look: { directory.readIfChanged() },
                onChange: { reading in seen.names.withLock { $0 = reading.roster.members.map(\.name) } })
            watch.start()
            return LoopBound(watch, on: thread.loop)
        }
        try keys.directory.write("ssh-ed25519 A\n", to: "team/alice.pub")
        try await eventually("alice to come") { seen.names.withLock { $0 } == ["alice"] }
        unlink(try keys.directory.path("team/alice.pub"))
        try await eventually("alice to go") { seen.names.withLock { $0 } == [] }
        await thread.run { watch.get().stop() }
    }

    private final class Seen: Sendable { let names = Mutex<[String]?>(nil) }
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
