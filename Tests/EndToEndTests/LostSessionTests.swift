import Foundation
import Platform
import TestKit
import Testing

@Suite("What is left of a session whose host was killed")
struct LostSessionTests {
    /// Starts a process that outlives its command, and kills the session's host.
    private func lose(_ team: Team) async throws -> ProcessFacts {
        let line = "setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo $!"
        let run = try await team.client("carol").run("deploy", line)
        let left = try #require(pid_t(run.outputText.dropLast()), "\(run.errorText)")
        let host = try #require(team.server.hostPIDs()["deploy"])
        kill(host, SIGKILL)
        try await eventually("the end of the host") { !ProcessFacts(pid: host).isRunning }
        return ProcessFacts(pid: left)
    }

    private func group(of left: ProcessFacts) -> ControlGroup? {
        ControlGroup(of: ProcessID(rawValue: left.pid), named: "deploy-")
    }

    @Test("is ended by 'end', and then it is one that ended")
    func ended() async throws {
        let team = try await Team(["alice", "carol"])
        let left = try await lose(team)
        let group = group(of: left)
        #expect(left.isRunning)
        #expect(try await team.client("carol").run("cmdop", "ls").outputText.contains("lost"))
        #expect(try await team.client("alice").run("cmdop", "end", "deploy").status != .exited(0))
        let ended = try await team.client("carol").run("cmdop", "end", "deploy")
        #expect(ended.outputText == "'deploy' is ended.\n", "\(ended.errorText)")
        try await eventually("the end of the process") { !left.isRunning }
        #expect(group?.processes.isEmpty != false)
        #expect(try await team.client("carol").run("cmdop", "ls").outputText.contains("ended (137)"))
        #expect(try await team.client("carol").run("cmdop", "end", "deploy").errorText.contains("is not running"))
        #expect(try await team.client("alice").run("deploy", "echo anew").outputText == "anew\n")
    }

    @Test("goes with its processes when it is removed, also when its time is over")
    func removed() async throws {
        let team = try await Team(["carol"])
        let left = try await lose(team)
        #expect(try await team.client("carol").run("cmdop", "rm", "deploy").outputText == "'deploy' is removed.\n")
        try await eventually("the end of the process") { !left.isRunning }
        let short = try await Team(["carol"], rules: ", keep: 1s")
        let other = try await lose(short)
        try await eventually("the removal", seen: { short.server.log }) {
            try await !short.client("carol").run("cmdop", "ls").outputText.contains("deploy")
        }
        try await eventually("the end of the process") { !other.isRunning }
    }

    @Test(
        "its container stops by 'end', and nothing of before is in the next incarnation",
        .enabled(if: TestImage.isThere, TestImage.reason))
    func container() async throws {
        let team = try await Team(
            ["carol"], rules: ", environment: box",
            environments: "  box: {kind: container, image: \"\(TestImage.name)\"}")
        let containers = TestContainers(of: team.server)
        _ = try await lose(team)
        #expect(try await containers.all().map { $0.hasSuffix(" Up") } == [true])
        let carol = try team.client("carol")
        let ended = try await carol.run("cmdop", "end", "deploy")
        #expect(ended.outputText == "'deploy' is ended.\n", "\(ended.errorText)")
        #expect(try await containers.all().map { $0.hasSuffix(" Exited") } == [true])
        _ = try await carol.run("deploy", "setsid sleep 1234 </dev/null >/dev/null 2>&1 &")
        let host = try #require(team.server.hostPIDs()["deploy"])
        kill(host, SIGKILL)
        try await eventually("the end of the host") { !ProcessFacts(pid: host).isRunning }
        let next = try await carol.run("deploy", "ps | grep -c '[s]leep 1234'")
        #expect(next.outputText == "0\n", "\(next.errorText)")
    }
}
