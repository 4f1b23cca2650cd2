private import CLinux
private import Glibc
private import SessionModel

/// The processes of this machine, as `/proc` shows them (proc(5)).
package enum ProcessTree {
    /// All processes below this one: children, theirs, and those whose parents are gone and that this one adopted.
    package static func descendants(of ancestor: ProcessID) -> [ProcessID] {
        var children: [Int32: [Int32]] = [:]
        for pid in all() {
            guard let parent = parent(of: pid) else { continue }
            children[parent, default: []].append(pid)
        }
        var found: [Int32] = []
        var next = [ancestor.rawValue]
        while let pid = next.popLast() {
            let below = children[pid] ?? []
            found += below
            next += below
        }
        return found.map(ProcessID.init(rawValue:))
    }

    /// The processes of a group that live and are below a process, or are that one: in the order in which they were
    /// started, as far as that is known. Of very many the first that are found.
    package static func members(of group: ProcessID, below ancestor: ProcessID) -> [ProcessFacts] {
        var found: [ProcessFacts] = []
        var next = [ancestor]
        var looks = 0
        while let process = next.popLast(), looks < memberLimit {
            looks += 1
            next += children(of: process)
            if let facts = facts(of: process), facts.group == group, facts.isAlive { found.append(facts) }
        }
        return found.sorted { ($0.startedAfter, $0.pid.rawValue) < ($1.startedAfter, $1.pid.rawValue) }
    }

    private static let memberLimit = 500

    /// Of its first thread: programs that start others from several are rare, and no shells.
    private static func children(of process: ProcessID) -> [ProcessID] {
        let text = String(
            decoding: contents(of: "/proc/\(process)/task/\(process)/children", limit: 16 * 1_024), as: UTF8.self)
        return text.split(separator: " ").compactMap { Int32($0) }.map(ProcessID.init(rawValue:))
    }

    /// The processes of this user that were started with the variable in their environment.
    package static func processes(withVariable variable: String) -> [ProcessID] {
        let wanted = Array(variable.utf8)
        return all().filter { pid in
            contents(of: "/proc/\(pid)/environ", limit: 256 * 1_024).split(separator: 0).contains {
                $0.elementsEqual(wanted)
            }
        }.map(ProcessID.init(rawValue:))
    }

    /// Makes this process the parent of descendants whose own parents end (PR_SET_CHILD_SUBREAPER, prctl(2)).
    package static func adoptOrphans() { clinux_adopt_orphans() }

    /// What the kernel says of a process; `nil` for one that is gone.
    package static func facts(of process: ProcessID) -> ProcessFacts? {
        let stat = ByteString(contents(of: "/proc/\(process)/stat", limit: 4_096)).shown
        guard let facts = ProcessFacts(process, stat: stat) else { return nil }
        return facts
    }

    /// The program's name for itself, at most 15 bytes (PR_SET_NAME, prctl(2)).
    package static func name(of process: ProcessID) -> String? { facts(of: process)?.name }

    /// A process's arguments, as it was started or as it says now, for people.
    package static func arguments(of process: ProcessID) -> [String] {
        contents(of: "/proc/\(process)/cmdline", limit: 16 * 1_024).split(
            separator: 0, omittingEmptySubsequences: false
        )
        .dropLast().map { ByteString($0).shown }
    }

    /// When the machine started, by its clock of today: nanoseconds since 1970. `/proc/stat` has it in seconds only.
    package static var bootTime: UInt64 {
        var sinceBoot = timespec()
        clock_gettime(CLOCK_BOOTTIME, &sinceBoot)
        return UnixTime.now.nanoseconds - (UInt64(sinceBoot.tv_sec) * 1_000_000_000 + UInt64(sinceBoot.tv_nsec))
    }

    static func all() -> [Int32] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var pids: [Int32] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let pid = Int32(name) { pids.append(pid) }
        }
        return pids
    }

    private static func parent(of pid: Int32) -> Int32? { facts(of: ProcessID(rawValue: pid))?.parent.rawValue }

    /// The name of a namespace that a process is in (namespaces(7)); empty where it can not be seen.
    package static func namespace(_ kind: String, of process: ProcessID) -> String {
        link("/proc/\(process)/ns/\(kind)") ?? ""
    }

    /// What a link says, as far as 64 bytes go.
    static func link(_ path: String) -> String? {
        var room = [CChar](repeating: 0, count: 64)
        let count = readlink(path, &room, room.count)
        guard count > 0 else { return nil }
        return String(decoding: room[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The file that a link of the kernel's leads to, also when that file is gone.
    static func target(of link: String) -> String? {
        var room = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(link, &room, room.count)
        guard count > 0 else { return nil }
        let target = String(decoding: room[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return target.hasSuffix(goneMark) ? String(target.dropLast(goneMark.count)) : target
    }

    private static let goneMark = " (deleted)"

    static func contents(of path: String, limit: Int) -> [UInt8] {
        let fd = open(path, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { return [] }
        defer { close(fd) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while bytes.count < limit {
            let count = read(fd, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
