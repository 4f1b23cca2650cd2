import Foundation

/// What `/proc` tells of a process (proc(5)).
struct ProcessFacts {
    let pid: pid_t

    /// Whether it is there and has not ended; a zombie has.
    var isRunning: Bool {
        let state = field("State", in: "status") ?? "Z"
        return !state.hasPrefix("Z") && !state.hasPrefix("X")
    }

    var threads: Int? { field("Threads", in: "status").flatMap { Int($0) } }

    /// Memory that is this process's alone, in KiB.
    var privateMemory: Int {
        ["Private_Clean", "Private_Dirty", "Private_Hugetlb"].reduce(0) { $0 + kibibytes($1, in: "smaps_rollup") }
    }

    /// Memory that is there now, shared or not, in KiB.
    var residentMemory: Int { kibibytes("VmRSS", in: "status") }

    /// The names of the files that are mapped into it.
    var mappedFiles: Set<String> {
        Set(text("maps").split(separator: "\n").compactMap { $0.split(separator: "/").last.map(String.init) })
    }

    /// How many of its children were started under that name.
    func children(named name: String) -> Int {
        text("task/\(pid)/children").split(separator: " ").count { child in
            pid_t(child).map { ProcessFacts(pid: $0).text("cmdline").hasPrefix(name) } ?? false
        }
    }

    private func kibibytes(_ name: String, in file: String) -> Int {
        field(name, in: file).flatMap { $0.split(separator: " ").first }.flatMap { Int($0) } ?? 0
    }

    private func field(_ name: String, in file: String) -> String? {
        text(file).split(separator: "\n").first { $0.hasPrefix("\(name):") }
            .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }

    private func text(_ file: String) -> String {
        (try? String(contentsOfFile: "/proc/\(pid)/\(file)", encoding: .utf8)) ?? ""
    }
}
