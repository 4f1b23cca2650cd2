import Foundation
import TestKit
import Testing

@Suite("The launcher, which starts sessions")
struct LauncherTests {
    /// The processes below the server that run its own program: who watches over the launcher, and the launcher.
    private func launchers(of server: ServerUnderTest) throws -> [pid_t] {
        func servers(below pid: pid_t) -> [pid_t] {
            let text = (try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)) ?? ""
            return text.split(separator: " ").compactMap { pid_t($0) }.filter { child in
                let name = try? String(contentsOfFile: "/proc/\(child)/comm", encoding: .utf8)
                return name == "cmdopd\n" && ProcessFacts(pid: child).isRunning
            }
        }
        let process = try #require(server.process)
        let keeper = try #require(servers(below: process.pid).first)
        return [keeper] + servers(below: keeper)
    }

    private func canStart(_ name: String, _ team: Team) async throws -> Bool {
        try await team.client("alice").run(name, "echo started").outputText == "started\n"
    }

    @Test("is replaced at once when it is killed or stopped, and the log says so")
    func replaced() async throws {
        let team = try await Team(["alice"])
        let first = try launchers(of: team.server)
        kill(try #require(first.last), SIGKILL)
        #expect(try await canStart("one", team), "\(team.server.log)")
        try await eventually("a line in the log", seen: { team.server.log }) {
            team.server.log.contains("the launcher was ended by signal 9; another one is started")
        }
        let second = try launchers(of: team.server)
        #expect(second.count == 2 && second.first == first.first && second.last != first.last)
        kill(try #require(second.last), SIGSTOP)
        #expect(try await canStart("two", team))
        try await eventually("a line in the log", seen: { team.server.log }) {
            team.server.log.contains("the launcher was stopped; another one is started")
        }
    }

    @Test("goes on when the process that watches over it is killed, and is watched over again")
    func keeper() async throws {
        let team = try await Team(["alice"])
        let first = try launchers(of: team.server)
        kill(first[0], SIGKILL)
        #expect(try await canStart("one", team), "\(team.server.log)")
        try await eventually("a line in the log", seen: { team.server.log }) {
            team.server.log.contains("the process that watched over the launcher is gone; another one is started")
        }
        #expect(try await canStart("two", team))
    }

    @Test("keeps nobody waiting where it is gone for good")
    func gone() async throws {
        let team = try await Team(["alice"])
        _ = try await canStart("one", team)
        for pid in try launchers(of: team.server) { kill(pid, SIGSTOP) }
        for pid in try launchers(of: team.server).reversed() { kill(pid, SIGKILL) }
        try await eventually("a line in the log", seen: { team.server.log }) {
            team.server.log.contains("the launcher is gone")
        }
        let new = try await team.client("alice").run("cmdop", "new", "two")
        #expect(new.errorText.contains("restart the server"), "\(new.errorText)")
        let terminal = try team.client("alice").attach("two")
        #expect(try await terminal.waitForExit() == .exited(254))
        #expect(terminal.transcript.text.contains("launcher"), "\(terminal.transcript.text)")
        #expect(try await team.client("alice").run("one", "echo on").outputText == "on\n")
        #expect(try await !team.client("alice").run("cmdop", "ls").outputText.contains("two"))
    }

    @Test("keeps nobody waiting where it is stopped together with what watches over it")
    func stopped() async throws {
        let team = try await Team(["alice"])
        let pids = try launchers(of: team.server)
        for pid in pids { kill(pid, SIGSTOP) }
        defer { for pid in pids { kill(pid, SIGCONT) } }
        for name in ["one", "two", "one"] {
            let new = try await team.client("alice").run("cmdop", "new", name)
            #expect(new.errorText.contains("does not respond"), "\(new.errorText)")
        }
        for pid in pids { kill(pid, SIGCONT) }
        try await eventually("a start", seen: { team.server.log }) { try await canStart("three", team) }
    }
}
