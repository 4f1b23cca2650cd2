import Foundation
import JSONText
import Platform
import TestKit
import Testing

private let canMakeControlGroups: Bool = {
    guard let group = ControlGroup(named: "test-\(getpid())-sessions") else { return false }
    let isLimited = group.limit(memory: nil, processors: nil, processes: 100).isEmpty
    group.remove()
    return isLimited
}()

@Suite("A session within limits", .enabled(if: canMakeControlGroups, "needs control groups that this user may make"))
struct LimitedSessionTests {
    private func team() async throws -> Team {
        try await Team(
            ["alice", "carol"], rules: ", environment: small",
            environments: """
                  small: {kind: process, shell: ["/bin/bash", "--norc"], directory: "/tmp", pids: 60, memory: 200M}
                """)
    }

    /// The processes that say that they belong to the session.
    private func processes(of team: Team, _ session: String) -> Int {
        let mark = Data("CMDOP_SESSION_DIRECTORY=\(team.server.directory.path)/.state/sessions/\(session)\0".utf8)
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.count { pid in
            guard Int(pid) != nil, let data = FileManager.default.contents(atPath: "/proc/\(pid)/environ") else {
                return false
            }
            return (data + Data([0])).range(of: mark) != nil
        }
    }

    @Test("a fork bomb in it does not keep another from answering, and its end leaves no process")
    func bomb() async throws {
        let team = try await team()
        let alice = try await team.attach("alice", to: "bomb")
        let other = try await team.attach("alice", to: "other")
        #expect(try await other.value(of: "$((1 + 1))") == "2")
        alice.type(":(){ :|:& };:\r")
        _ = try await alice.waitFor("Resource temporarily unavailable")
        try await eventually("the event") {
            let log = try await team.client("carol").run("cmdop", "log", "bomb", "--json").outputText
            return log.contains("limitHit") && log.contains("\"resource\":\"processes\"")
        }
        #expect(try await other.value(of: "$((2 + 2))") == "4")
        #expect(processes(of: team, "bomb") > 0)
        #expect(try await team.client("carol").run("cmdop", "end", "bomb").status == .exited(0))
        _ = try await alice.waitForExit()
        try await eventually("no process of the session", seen: { "\(processes(of: team, "bomb"))" }) {
            processes(of: team, "bomb") == 0
        }
        #expect(try await other.value(of: "$((3 + 3))") == "6")
    }

    @Test("what takes more memory than there is to take is ended, and the session goes on")
    func hog() async throws {
        let team = try await team()
        let alice = try await team.attach("alice", to: "hog")
        alice.type("python3 -c 'a = bytearray(800 << 20)'; echo sta''tus=$?\r")
        _ = try await alice.waitFor("status=137")
        _ = try await alice.waitFor("a process was ended: the session's memory (200 MiB) is used up")
        let control = try ControlClient(team.client("carol"), "hog")
        let usage = try await control.call("session.get")["usage"]
        #expect(
            usage?["killedForMemory"] == 1 && usage?["memoryLimitBytes"] == .integer(200 << 20), "\(usage?.text ?? "")")
        #expect(usage?["processesLimit"] == 60 && (usage?["processes"]?.integer ?? 0) > 0, "\(usage?.text ?? "")")
        #expect(try await alice.value(of: "$((1 + 1))") == "2")
    }

    @Test("a daemon that left its parents stands while the session is frozen, and ends with it")
    func daemon() async throws {
        let team = try await team()
        let alice = try await team.attach("alice", to: "daemon")
        let file = try team.server.directory.path("count")
        alice.type("(setsid setsid sh -c 'while :; do echo >>\(file); sleep 0.01; done' &) ; echo star''ted\r")
        _ = try await alice.waitFor("started")
        func size() -> Int { team.server.directory.read("count")?.count ?? 0 }
        try await eventually("a count", seen: { "" }) { size() > 3 }
        let carol = try team.client("carol")
        #expect(try await carol.run("cmdop", "freeze", "daemon").status == .exited(0))
        let before = size()
        #expect(try await carol.run("daemon", "true").errorText.contains("the session is frozen"))
        #expect(size() == before)
        #expect(try await carol.run("cmdop", "thaw", "daemon").status == .exited(0))
        try await eventually("more of it", seen: { "" }) { size() > before }
        #expect(try await carol.run("cmdop", "end", "daemon").status == .exited(0))
        try await eventually("no process of the session", seen: { "" }) { processes(of: team, "daemon") == 0 }
    }
}
