private import Glibc
package import SystemPackage

/// The kernel's own group of all processes of a session (cgroups(7)): whatever they become, they can not leave it.
///
/// Of the first version of cgroups it uses the hierarchies of freezer, memory, cpu and pids that are there, of the
/// second the one. Those of them that can not be made, because of rights or for want of the kernel's, are done without.
package final class ControlGroup {
    /// Where the kernel shows them.
    package static let root = "/sys/fs/cgroup"
    private static let controllers = ["freezer", "pids", "memory", "cpu", "cpuacct"]
    /// Those of the second version that are wanted; stopping and ending it has without.
    private static let unified = ["memory", "cpu", "pids"]
    private static let period: UInt64 = 100_000
    /// How often it is looked whether the last process has gone, a millisecond apart.
    private static let patience = 2_000

    /// By controller; of the second version, `""`.
    let folders: [String: String]

    var isUnified: Bool { folders[""] != nil }

    /// Makes the group; what is left in one of that name is ended first.
    ///
    /// - Returns: `nil` where not even one that can be stopped and ended as a whole can be made.
    package init?(named name: String, below root: String = ControlGroup.root) {
        var made: [String: String] = [:]
        for (controller, parent) in Self.parents(below: root) {
            _ = mkdir(parent, 0o755)
            if controller.isEmpty {
                for (folder, name) in [root, parent].flatMap({ folder in Self.unified.map { (folder, $0) } }) {
                    _ = Self.write("+\(name)", to: "\(folder)/cgroup.subtree_control")
                }
            }
            made[controller] = Self.make(in: parent, name)
        }
        folders = made
        guard made[""] != nil || made["freezer"] != nil else {
            remove()
            return nil
        }
        kill()
    }

    /// One that was made before; `nil` where nothing is left of it.
    package init?(leftOf name: String, below root: String = ControlGroup.root) {
        folders = Self.parents(below: root).mapValues { "\($0)/\(name)" }.filter { FileStatus.isDirectory($0.value) }
        guard !folders.isEmpty else { return nil }
    }

    /// A group that somebody else made, by a process in it: to see what it uses.
    ///
    /// - Parameter part: what the group's own name has in it; a process of no such group gives none.
    package init?(of process: ProcessID, named part: String) {
        let all = Self.groups(of: "\(process)")
        var folders: [String: String] = [:]
        for (controller, path) in all {
            let words = path.split(separator: "/")
            guard let own = words.firstIndex(where: { $0.contains(part) }) else { continue }
            let base = all.count == 1 ? Self.root : "\(Self.root)/\(controller)"
            folders[controller] = "\(base)/\(words[...own].joined(separator: "/"))"
        }
        // Beside those of the first version, the second has no controllers.
        if folders.count > 1 { folders[""] = nil }
        guard !folders.isEmpty else { return nil }
        self.folders = folders
    }

    /// The names of our groups that a process is in, by whatever controller.
    package static func groupNames(of process: ProcessID) -> Set<String> {
        Set(
            groups(of: "\(process)").values.flatMap { path in
                let words = path.split(separator: "/").map(String.init)
                return zip(words, words.dropFirst()).filter { $0.0 == "cmdop" }.map(\.1)
            })
    }

    /// Puts limits in force.
    ///
    /// - Parameters:
    ///   - memory: in bytes.
    ///   - processors: in thousandths of one.
    /// - Returns: what there is no controller for, by its name in the configuration.
    package func limit(memory: UInt64?, processors: UInt32?, processes: UInt32?) -> [String] {
        var missing: [String] = []
        if let memory {
            let file = isUnified ? "memory.max" : "memory.limit_in_bytes"
            if !write("\(memory)", to: file, of: "memory") { missing.append("memory") }
            // Without it the kernel would lend the rest from the disk.
            _ = write(
                isUnified ? "0" : "\(memory)", to: isUnified ? "memory.swap.max" : "memory.memsw.limit_in_bytes",
                of: "memory")
        }
        if let processors {
            let quota = UInt64(processors) * Self.period / 1_000
            let isDone =
                isUnified
                ? write("\(quota) \(Self.period)", to: "cpu.max", of: "cpu")
                : write("\(Self.period)", to: "cpu.cfs_period_us", of: "cpu")
                    && write("\(quota)", to: "cpu.cfs_quota_us", of: "cpu")
            if !isDone { missing.append("cpus") }
        }
        if let processes, !write("\(processes)", to: "pids.max", of: "pids") {
            missing.append("pids")
        }
        return missing
    }

    /// Where a process that is being started writes itself in; for ``ChildProgram/spawn``.
    package func entrances() throws(Errno) -> [OwnedDescriptorList.Element] {
        var all: [OwnedDescriptorList.Element] = []
        for folder in folders.values {
            let fd = try checked(open("\(folder)/cgroup.procs", O_WRONLY | O_CLOEXEC))
            all.append(OwnedDescriptorList.Element(OwnedDescriptor(taking: FileDescriptor(rawValue: fd))))
        }
        return all
    }

    package var processes: [ProcessID] {
        let folder = folders[""] ?? folders["freezer"] ?? ""
        guard let bytes = SmallFile.read("\(folder)/cgroup.procs") else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap {
            Int32($0).map(ProcessID.init(rawValue:))
        }
    }

    /// Stops all of it, or lets it go on as it was.
    ///
    /// - Returns: whether it is so.
    package func freeze(_ isFrozen: Bool) -> Bool {
        if let folder = folders[""] {
            guard Self.write(isFrozen ? "1" : "0", to: "\(folder)/cgroup.freeze") else { return false }
            return wait { Self.text(of: "\(folder)/cgroup.events").contains("frozen \(isFrozen ? 1 : 0)") }
        }
        guard let folder = folders["freezer"] else { return false }
        let state = isFrozen ? "FROZEN" : "THAWED"
        guard Self.write(state, to: "\(folder)/freezer.state") else { return false }
        return wait { Self.text(of: "\(folder)/freezer.state").hasPrefix(state) }
    }

    /// Ends every process in it, however fast they make new ones.
    package func kill() {
        guard !processes.isEmpty else {
            _ = freeze(false)
            return
        }
        if let folder = folders[""], Self.write("1", to: "\(folder)/cgroup.kill") {
            _ = wait { processes.isEmpty }
            return
        }
        // Who stands can make no other.
        _ = freeze(true)
        for process in processes { process.signal(Signals.kill) }
        _ = freeze(false)
        _ = wait { processes.isEmpty }
    }

    /// Takes an empty group away.
    package func remove() {
        for folder in folders.values { rmdir(folder) }
    }

    private func wait(for isSo: () -> Bool) -> Bool {
        for _ in 0..<Self.patience {
            if isSo() { return true }
            usleep(1_000)
        }
        return false
    }

    private func write(_ text: String, to file: String, of controller: String) -> Bool {
        guard let folder = folders[""] ?? folders[controller] else { return false }
        return Self.write(text, to: "\(folder)/\(file)")
    }

    /// Where ours are, by controller; of the second version, `""`.
    private static func parents(below root: String) -> [String: String] {
        guard !FileStatus.exists("\(root)/cgroup.controllers") else { return ["": "\(root)/cmdop"] }
        let own = ownGroups
        return Dictionary(
            uniqueKeysWithValues: controllers.compactMap { controller in
                own[controller].map { (controller, "\(root)/\(controller)\($0 == "/" ? "" : $0)/cmdop") }
            })
    }

    private static func make(in parent: String, _ name: String) -> String? {
        let folder = "\(parent)/\(name)"
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST, access("\(folder)/cgroup.procs", W_OK) == 0 else {
            return nil
        }
        return folder
    }

    /// The groups of this process, by controller.
    private static var ownGroups: [String: String] { groups(of: "self") }

    private static func groups(of process: String) -> [String: String] {
        var groups: [String: String] = [:]
        for line in text(of: "/proc/\(process)/cgroup").split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            for controller in fields[1].split(separator: ",") { groups[String(controller)] = String(fields[2]) }
        }
        return groups
    }

    private static func text(of file: String) -> String {
        SmallFile.read(file).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func write(_ text: String, to file: String) -> Bool {
        let fd = open(file, O_WRONLY | O_CLOEXEC)
        guard fd >= 0 else { return false }
        let owned = OwnedDescriptor(taking: FileDescriptor(rawValue: fd))
        let outcome = Array(text.utf8).withUnsafeBytes { try? owned.borrowed.writeAvailable($0) }
        return outcome == .completed(text.utf8.count)
    }
}

/// Descriptors in a list, each with one owner.
package enum OwnedDescriptorList {
    package final class Element {
        private let descriptor: OwnedDescriptor
        init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
        package var borrowed: FileDescriptor { descriptor.borrowed }
    }
}
