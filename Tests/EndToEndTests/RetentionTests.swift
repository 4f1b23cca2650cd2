import Foundation
import JSONText
import TestKit
import Testing

@Suite("What is left of a session that ended")
struct RetentionTests {
    private func exists(_ team: Team, _ session: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(team.server.directory.path)/.state/sessions/\(session)")
    }

    @Test("stays for as long as the configuration says, and says so; then it is removed, and the log says that")
    func time() async throws {
        let team = try await Team(["alice", "carol"], rules: ", keep: 15s")
        let carol = try team.client("carol")
        #expect(try await carol.run("deploy", "true").status == .exited(0))
        let running = try await carol.run("cmdop", "get", "deploy", "--json")
        #expect(try JSONValue(parsing: running.output)["removedInSeconds"] == .null)
        #expect(try await carol.run("cmdop", "end", "deploy").status == .exited(0))
        try await eventually("the warning") {
            try await carol.run("cmdop", "ls").outputText.contains("'deploy' is removed ")
        }
        try await eventually("the removal") { !exists(team, "deploy") }
        #expect(try await !carol.run("cmdop", "ls").outputText.contains("deploy"))
        try await eventually("the log", seen: { team.server.log }) { team.server.log.contains("its time is over") }
        #expect(try await carol.run("deploy", "echo anew").outputText == "anew\n")
    }

    @Test("goes when a lead says so, once it has ended")
    func removed() async throws {
        let team = try await Team(["alice", "carol"])
        let (alice, carol) = (try team.client("alice"), try team.client("carol"))
        #expect(try await alice.run("deploy", "true").status == .exited(0))
        #expect(
            try await carol.run("cmdop", "rm", "deploy").errorText.contains("'deploy' runs; 'end deploy' ends it first")
        )
        #expect(try await carol.run("cmdop", "end", "deploy").status == .exited(0))
        #expect(try await alice.run("cmdop", "rm", "deploy").status != .exited(0) && exists(team, "deploy"))
        try await eventually("the removal") { try await carol.run("cmdop", "rm", "deploy").status == .exited(0) }
        #expect(!exists(team, "deploy") && !exists(team, ".removed-deploy"))
        #expect(try await carol.run("cmdop", "rm", "deploy").status != .exited(0))
    }

    @Test(
        "is kept for working files that are nowhere else", .enabled(if: TestImage.isThere, TestImage.reason))
    func work() async throws {
        let team = try await Team(
            ["alice", "carol"], rules: ", environment: box",
            environments: "  box: {kind: container, image: \"\(TestImage.name)\"}")
        let containers = TestContainers(of: team.server)
        let carol = try team.client("carol")
        #expect(try await carol.run("deploy", "rm /bin/git; echo work >file").status == .exited(0))
        func end(_ session: String = "deploy") async throws {
            let host = try #require(team.server.hostPIDs()[session])
            #expect(try await carol.run("cmdop", "end", session).status == .exited(0))
            try await eventually("the end of the host") { !ProcessFacts(pid: host).isRunning }
        }
        try await end()
        let refused = try await carol.run("cmdop", "rm", "deploy")
        #expect(refused.errorText.contains("its working files may be nowhere else: the container has no git"))
        #expect(exists(team, "deploy"))
        #expect(try await carol.run("deploy", "cat file").outputText == "work\n")
        try await end()
        #expect(try await carol.run("cmdop", "rm", "deploy", "--force").status == .exited(0))
        #expect(!exists(team, "deploy"))
        #expect(try await containers.all().isEmpty)
        func refusal(after line: String) async throws -> String {
            let run = try await carol.run("clone", line)
            #expect(run.status == .exited(0), "\(run.errorText)")
            try await end("clone")
            return try await carol.run("cmdop", "rm", "clone").errorText
        }
        let who = "git config --global user.name x && git config --global user.email x@localhost"
        let clone = "\(who) && git init --bare -q ~/there.git && git clone -q ~/there.git && cd there && echo 1 >one"
        #expect(try await refusal(after: clone).contains("'there' has changes that are not committed"))
        let commit = "cd there && git add . && git commit -q -m one"
        #expect(try await refusal(after: commit).contains("'there' has commits that are not pushed"))
        #expect(
            try await refusal(after: "cd there && git push -q origin HEAD && echo 1 >../beside").contains("'beside' is")
        )
        #expect(try await refusal(after: "rm beside").isEmpty)
        #expect(!exists(team, "clone"))
    }
}
