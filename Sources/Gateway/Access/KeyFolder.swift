private import Glibc
import Platform
import SessionModel
import SystemPackage

/// One folder of key files, open: `keys/team` or `keys/agents`.
final class KeyFolder {
    private let directory: OwnedDescriptor
    let kind: OperatorKind
    /// The names in it that could be key files, sorted.
    let names: [String]
    let stamp: FileStamp?

    /// The most files that are looked at.
    static let mostFiles = 4_096

    /// Nil when there is no such folder, which is as good as an empty one.
    init?(_ path: FilePath, kind: OperatorKind) throws(FileRefusal) {
        let raw = open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)
        guard raw >= 0 else {
            let failure = Errno(rawValue: errno)
            guard failure == .noSuchFileOrDirectory else { throw FileRefusal("it can not be opened: \(failure)") }
            return nil
        }
        directory = OwnedDescriptor(taking: FileDescriptor(rawValue: raw))
        self.kind = kind
        stamp = FileStamp(".", in: directory.borrowed)
        guard stamp?.isWritableByAll == false else {
            throw FileRefusal("everybody on this machine may write it, so it proves nothing: chmod o-w")
        }
        names = try Self.list(directory.borrowed)
    }

    var descriptor: FileDescriptor { directory.borrowed }

    /// The stamps of everything in it: what changes when any file changes, comes or goes.
    var stamps: [String: FileStamp] {
        Dictionary(
            uniqueKeysWithValues: names.compactMap { name in
                FileStamp(name, in: directory.borrowed).map { (name, $0) }
            })
    }

    /// Reads the files, and says which can not be read.
    func read() -> (files: [KeyFile], problems: [RosterProblem]) {
        var files: [KeyFile] = []
        var problems: [RosterProblem] = []
        for name in names {
            do throws(FileRefusal) {
                let bytes = try RegularFile.read(
                    name, in: directory.borrowed, limit: KeyFile.largest, followsLinks: false)
                files.append(KeyFile(name: name, kind: kind, bytes: bytes))
            } catch {
                problems.append(RosterProblem(file: KeyFile.folder(of: kind) + "/" + name, error.sentence))
            }
        }
        return (files, problems)
    }

    /// Names of files that are not hidden and not the folder's own description.
    private static func list(_ directory: FileDescriptor) throws(FileRefusal) -> [String] {
        let copy = openat(directory.rawValue, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else {
            let failure = Errno(rawValue: errno)
            if copy >= 0 { _ = Glibc.close(copy) }
            throw FileRefusal("it can not be listed: \(failure)")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
                    String(cString: $0)
                }
            }
            guard !name.hasPrefix("."), name != "README.md" else { continue }
            guard names.count < mostFiles else { throw FileRefusal("there are more than \(mostFiles) files in it") }
            names.append(name)
        }
        return names.sorted()
    }
}
