private import Glibc

/// Who holds a lock on a file (flock(2)), as the kernel knows it: files may say anything.
package enum LockHolders {
    /// The processes of that name for themselves in which the file is open and locked, this one left out.
    package static func processes(of path: String, named name: String) -> [ProcessID] {
        var wanted = stat()
        guard lstat(path, &wanted) == 0 else { return [] }
        return ProcessTree.all().map(ProcessID.init(rawValue:)).filter { process in
            process != .current && ProcessTree.name(of: process) == name && holds(wanted, process)
        }
    }

    private static func holds(_ wanted: stat, _ process: ProcessID) -> Bool {
        let folder = "/proc/\(process)/fd"
        guard let directory = opendir(folder) else { return false }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let number = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            var file = stat()
            guard stat("\(folder)/\(number)", &file) == 0, file.st_ino == wanted.st_ino, file.st_dev == wanted.st_dev
            else { continue }
            let facts = ProcessTree.contents(of: "/proc/\(process)/fdinfo/\(number)", limit: 4_096)
            if String(decoding: facts, as: UTF8.self).contains("FLOCK") { return true }
        }
        return false
    }
}
