import Foundation
import Platform
import SystemPackage
import TestKit
import Testing

private let canMakeControlGroups: Bool = {
    guard let group = ControlGroup(named: "test-\(getpid())-probe") else { return false }
    group.remove()
    return true
}()

@Suite("A control group", .enabled(if: canMakeControlGroups, "needs control groups that this user may make"))
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

    @Test("has all that its processes start in it, also what left its parents, and ends it all")
    func ends() async throws {
        let group = try #require(ControlGroup(named: "test-\(getpid())-ends"))
        defer { group.remove() }
        let shell = try start("setsid sh -c 'setsid sleep 1000 & sleep 1000' & sleep 1000", in: group)
        try await eventually("four processes", seen: { "\(group.processes)" }) { group.processes.count >= 4 }
        group.kill()
        #expect(group.processes.isEmpty)
        reap(shell)
    }

    @Test("stands as a whole, and goes on")
    func freezes() async throws {
        let directory = try TemporaryDirectory()
        let group = try #require(ControlGroup(named: "test-\(getpid())-freezes"))
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
