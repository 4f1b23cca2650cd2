private import Glibc

/// What the kernel counts of a group.
extension ControlGroup {
    package struct Usage: Hashable, Sendable {
        package var processes: UInt32
        /// Bytes; `nil` for what no controller counts, as with all that follow.
        package var memory: UInt64?
        package var memoryPeak: UInt64?
        package var processorTime: Duration?
        package var memoryLimit: UInt64?
        package var processesLimit: UInt32?
        /// How many processes were ended because there was no memory left for them.
        package var killed: UInt64
        /// How many were not started because there were as many as there may be.
        package var refused: UInt64
    }

    package var usage: Usage {
        let nanoseconds =
            isUnified
            ? value("usage_usec", in: "cpu.stat", of: "cpu").map { $0 &* 1_000 }
            : value(in: "cpuacct.usage", of: "cpuacct")
        // Without a limit there is none to see in the second version, and one of nearly 2^63 in the first.
        let limit = value(in: isUnified ? "memory.max" : "memory.limit_in_bytes", of: "memory")
        return Usage(
            processes: value(in: "pids.current", of: "pids").map { UInt32(clamping: $0) }
                ?? UInt32(clamping: processes.count),
            memory: value(in: isUnified ? "memory.current" : "memory.usage_in_bytes", of: "memory"),
            memoryPeak: value(in: isUnified ? "memory.peak" : "memory.max_usage_in_bytes", of: "memory"),
            processorTime: nanoseconds.map { .nanoseconds(Int64(clamping: $0)) },
            memoryLimit: limit.flatMap { $0 < 1 << 62 ? $0 : nil },
            processesLimit: value(in: "pids.max", of: "pids").map { UInt32(clamping: $0) },
            killed: value("oom_kill", in: isUnified ? "memory.events" : "memory.oom_control", of: "memory") ?? 0,
            refused: value("max", in: "pids.events", of: "pids") ?? 0)
    }

    /// Whether no process is in it, nor in a group below it.
    package var isEmpty: Bool {
        if isUnified, let isPopulated = value("populated", in: "cgroup.events", of: "") { return isPopulated == 0 }
        return (value(in: "pids.current", of: "pids").map { $0 == 0 } ?? true) && processes.isEmpty
    }

    /// Those in it and in groups below it.
    package var allProcesses: [ProcessID] {
        guard let folder = folders[""] ?? folders["freezer"] ?? folders["pids"] ?? folders.values.first else {
            return []
        }
        return Self.processes(below: folder)
    }

    private static func processes(below folder: String) -> [ProcessID] {
        let own = SmallFile.read("\(folder)/cgroup.procs").map { String(decoding: $0, as: UTF8.self) } ?? ""
        let all = own.split(separator: "\n").compactMap { Int32($0).map(ProcessID.init(rawValue:)) }
        return all + folders(in: folder).flatMap { processes(below: "\(folder)/\($0)") }
    }

    private static func folders(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if entry.pointee.d_type == DT_DIR, !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    /// The number that a file consists of.
    private func value(in file: String, of controller: String) -> UInt64? {
        text(of: file, controller).flatMap { UInt64($0.filter { $0 != "\n" }) }
    }

    /// The number behind a name, of which there is one in a line.
    private func value(_ name: String, in file: String, of controller: String) -> UInt64? {
        guard let lines = text(of: file, controller)?.split(separator: "\n") else { return nil }
        for line in lines {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == name { return UInt64(words[1]) }
        }
        return nil
    }

    private func text(of file: String, _ controller: String) -> String? {
        guard let folder = folders[""] ?? folders[controller] else { return nil }
        return SmallFile.read("\(folder)/\(file)").map { String(decoding: $0, as: UTF8.self) }
    }
}
