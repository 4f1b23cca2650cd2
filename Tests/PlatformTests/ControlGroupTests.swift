import Foundation
import Platform
import SystemPackage
import TestKit
import Testing

/// Where groups can be made here: the machine's own place for them, and beside the first version the second.
private let roots = [ControlGroup.root, "\(ControlGroup.root)/unified"].filter { root in
    guard FileStatus.isDirectory(root), let group = ControlGroup(named: "test-\(getpid())-probe", below: root) else {
        return false
    }
    group.remove()
    return true
}

@Suite("A control group", .enabled(if: !roots.isEmpty, "needs control groups that this user may make"))
struct ControlGroupTests {
    /// A shell in the group, which runs the line.
    private func start(_ line: String, in group: ControlGroup) throws -> ProcessID {
        var program = ChildProgram(
            path: "/bin/sh", arguments: ["sh", "-c", line], environment: ["PATH=/usr/bin:/bin"], directory: "/")
        program.group = group
        let nothing = OwnedDescriptor(taking: try FileDescriptor.open("/dev/null", .readWrite))
        return try program.spawn(standard: (nothing.borrowed, nothing.borrowed, nothing.borrowed))
    }

    /// The shell alone: other tests wait for other children of this process.
    private func reap(_ shell: ProcessID) {
        while waitpid(shell.rawValue, nil, 0) < 0 && errno == EINTR {}
    }

    @Test("has all that its processes start in it, also what left its parents, and ends it all", arguments: roots)
    func ends(_ root: String) async throws {
        let group = try #require(ControlGroup(named: "test-\(getpid())-ends", below: root))
        defer { group.remove() }
        let shell = try start("setsid sh -c 'setsid sleep 1000 & sleep 1000' & sleep 1000", in: group)
        try await eventually("four processes", seen: { "\(group.processes)" }) { group.processes.count >= 4 }
        let found = try #require(ControlGroup(leftOf: "test-\(getpid())-ends", below: root))
        found.kill()
        #expect(group.processes.isEmpty)
        reap(shell)
        found.remove()
        #expect(ControlGroup(leftOf: "test-\(getpid())-ends", below: root) == nil)
    }

    @Test("stands as a whole, and goes on", arguments: roots)
    func freezes(_ root: String) async throws {
        let directory = try TemporaryDirectory()
        let group = try #require(ControlGroup(named: "test-\(getpid())-freezes", below: root))
        let shell = try start("setsid sh -c 'while :; do echo >>\(directory.path)/count; done' & wait", in: group)
        defer {
            group.kill()
            reap(shell)
            group.remove()
        }
        func size() -> Int { directory.read("count")?.count ?? 0 }
        try await eventually("a count", seen: { "" }) { size() > 0 }
        #expect(group.freeze(true))
        let before = size()
        for _ in 0..<100 { await Task.yield() }
        #expect(size() == before)
        #expect(group.freeze(false))
        try await eventually("more of it", seen: { "" }) { size() > before }
    }

    @Test("bounds how many processes there are, and ends all of them at once")
    func bounds() async throws {
        let group = try #require(ControlGroup(named: "test-\(getpid())-bounds"))
        defer { group.remove() }
        guard group.limit(memory: nil, processors: nil, processes: 30).isEmpty else { return }
        let shell = try start("while :; do sleep 1000 & done", in: group)
        try await eventually("as many as there may be", seen: { "\(group.processes.count)" }) {
            group.processes.count >= 25
        }
        #expect(group.processes.count <= 30)
        group.kill()
        #expect(group.processes.isEmpty)
        reap(shell)
    }
}

/// A machine with the second version alone, as far as files can say what it would.
@Suite("A control group of the second version")
struct UnifiedControlGroupTests {
    private let root: TemporaryDirectory

    init() throws {
        root = try TemporaryDirectory()
        try root.write("cpuset cpu memory pids\n", to: "cgroup.controllers")
        for folder in ["", "cmdop/"] { try root.write("", to: "\(folder)cgroup.subtree_control") }
        let files = [
            "cgroup.procs", "cgroup.freeze", "memory.max", "memory.swap.max", "cpu.max", "pids.max", "memory.current",
        ]
        for file in files { try root.write("", to: "cmdop/one/\(file)") }
        // Of both states, because no kernel goes from one to the other.
        try root.write("populated 0\nfrozen 0\nfrozen 1\n", to: "cmdop/one/cgroup.events")
    }

    private func text(_ file: String) -> String? { root.read("cmdop/one/\(file)") }

    @Test("has limits in the files of its one hierarchy, and names what there is no controller for")
    func limits() throws {
        let group = try #require(ControlGroup(named: "one", below: root.path))
        #expect(root.read("cgroup.subtree_control")?.hasPrefix("+pids") == true)
        #expect(group.limit(memory: 1 << 30, processors: 1_500, processes: 30) == [])
        #expect(text("memory.max") == "1073741824" && text("memory.swap.max") == "0")
        #expect(text("cpu.max") == "150000 100000" && text("pids.max") == "30")
        try FileManager.default.removeItem(atPath: "\(root.path)/cmdop/one/memory.max")
        #expect(group.limit(memory: 1 << 30, processors: nil, processes: 40) == ["memory"])
        #expect(group.freeze(true) && text("cgroup.freeze") == "1")
        #expect(group.freeze(false) && text("cgroup.freeze") == "0")
    }

    @Test("shows what it uses, as the second version's files have it")
    func usage() throws {
        let group = try #require(ControlGroup(named: "one", below: root.path))
        for (file, contents) in [
            "pids.current": "3\n", "pids.max": "30\n", "pids.events": "max 4\n", "memory.current": "4096\n",
            "memory.peak": "8192\n", "memory.max": "max\n", "memory.events": "low 0\noom 3\noom_kill 2\n",
            "cpu.stat": "usage_usec 5000000\nuser_usec 1\n",
        ] { try root.write(contents, to: "cmdop/one/\(file)") }
        let usage = group.usage
        #expect(usage.processes == 3 && usage.processesLimit == 30 && usage.refused == 4)
        #expect(usage.memory == 4_096 && usage.memoryPeak == 8_192 && usage.memoryLimit == nil && usage.killed == 2)
        #expect(usage.processorTime == .seconds(5))
    }
}
