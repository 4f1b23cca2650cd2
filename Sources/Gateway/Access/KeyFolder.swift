private import Glibc
import Platform
import SystemPackage

/// One folder of key files, open: `keys/team` or `keys/agents`.
final class KeyFolder {
    private let directory: OwnedDescriptor
    /// The names in it that could be key files, sorted.
    let names: [String]

    /// The most files that are looked at.
    static let mostFiles = 4_096

    /// Nil when there is no such folder, which is as good as an empty one.
    init?(_ path: FilePath) throws(FileRefusal) {
        let raw = open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)
        guard raw >= 0 else {
            let failure = Errno(rawValue: errno)
            guard failure == .noSuchFileOrDirectory else {
                if failure == .notDirectory { throw FileRefusal("it is no directory") }
                throw FileRefusal("it can not be opened", failure)
            }
            return nil
        }
        directory = OwnedDescriptor(taking: FileDescriptor(rawValue: raw))
        let stamp: FileStamp
        do throws(Errno) {
            stamp = try FileStamp(directory.borrowed)
        } catch {
            throw FileRefusal("it can not be looked at", error)
        }
        guard !stamp.isWritableByAll else {
            throw FileRefusal("everybody on this machine may write it, so it proves nothing: chmod o-w")
        }
        names = try Self.list(directory.borrowed)
    }

    var descriptor: FileDescriptor { directory.borrowed }

    /// Names of files that are not hidden and not the folder's own description.
    private static func list(_ directory: FileDescriptor) throws(FileRefusal) -> [String] {
        let copy = openat(directory.rawValue, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else {
            let failure = Errno(rawValue: errno)
            if copy >= 0 { _ = Glibc.close(copy) }
            throw FileRefusal("it can not be listed", failure)
        }
        defer { closedir(stream) }
        var names: Set<String> = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
                    String(cString: $0)
                }
            }
            errno = 0
            guard !name.hasPrefix("."), name != "README.md" else { continue }
            guard names.count < mostFiles else {
                throw FileRefusal(
                    "there are more than \(mostFiles) files in it; move what is no key file elsewhere", .unreadable)
            }
            names.insert(name)
        }
        // The end of a folder is told from a failure by nothing else.
        guard errno == 0 else { throw FileRefusal("it can not be listed", Errno(rawValue: errno)) }
        return names.sorted()
    }
}
