private import Glibc

extension ProcessTree {
    /// The process and all below it, as the kernel lists the children of each (`/proc/PID/task/TID/children`, proc(5)):
    /// it costs what the branch has, not what the machine has.
    package static func branch(of root: ProcessID) -> [ProcessID] {
        var found = [root.rawValue]
        var next = 0
        while next < found.count {
            found += children(of: found[next])
            next += 1
        }
        return found.map(ProcessID.init(rawValue:))
    }

    private static func children(of process: Int32) -> [Int32] {
        guard let threads = opendir("/proc/\(process)/task") else { return [] }
        defer { closedir(threads) }
        var children: [Int32] = []
        while let entry = readdir(threads) {
            let thread = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard Int32(thread) != nil,
                let line = SmallFile.read("/proc/\(process)/task/\(thread)/children")
            else { continue }
            children += String(decoding: line, as: UTF8.self).split(separator: " ").compactMap { Int32($0) }
        }
        return children
    }
}
