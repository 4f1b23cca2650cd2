import Foundation
import TestKit
import Testing

@Suite("The life of a session in a container", .enabled(if: TestImage.isThere, TestImage.reason))
struct ContainerLifeTests {
    private let project: TemporaryDirectory

    init() throws { project = try TemporaryDirectory() }

    private func team() async throws -> (Team, TestContainers) {
        let team = try await Team(
            ["alice", "bob", "carol"], rules: ", environment: box",
            environments: "  box: {kind: container, devcontainer: \(project.path)}")
        return (team, TestContainers(of: team.server))
    }

    private func describe(_ properties: String = "\"name\": \"x\"") throws {
        try project.write("{\"image\": \"\(TestImage.name)\", \(properties)}", to: ".devcontainer.json")
    }

    private func end(_ team: Team) async throws {
        let host = try #require(team.server.hostPIDs()["deploy"])
        #expect(try await team.client("carol").run("cmdop", "end", "deploy").status == .exited(0))
        try await eventually("the end of the host") { !ProcessFacts(pid: host).isRunning }
    }

    @Test("commands that nobody waits for may fail: everybody reads so, the session goes on, and they are tried again")
    func later() async throws {
        try describe(
            """
            "onCreateCommand": "echo made >>log",
            "postCreateCommand": "until [ -e go ]; do sleep 0.1; done; echo try >>log; exit $(cat go)",
            "postStartCommand": "echo start >>log"
            """)
        let (team, containers) = try await team()
        let alice = try await team.attach("alice")
        #expect(try await alice.value(of: "$(cat log)") == "made")
        #expect(alice.transcript.text.contains("postCreateCommand runs on beside the shell"))
        alice.type("echo installed >/opt-tool\r")
        try project.write("4", to: "go")
        _ = try await alice.waitFor("postCreateCommand failed with status 4")
        #expect(try await alice.value(of: "$(cat /opt-tool)") == "installed")
        try await end(team)
        #expect(try await containers.all().map { $0.hasSuffix(" Exited") } == [true])
        try project.write("0", to: "go")
        #expect(try await team.client("bob").run("deploy", "cat /opt-tool").outputText == "installed\n")
        func log() -> String { (project.read("log") ?? "").split(separator: "\n").joined(separator: " ") }
        try await eventually("the commands", seen: log) { log() == "made try try start" }
        try await end(team)
        #expect(try await team.client("bob").run("deploy", "true").status == .exited(0))
        try await eventually("the last command", seen: log) { log() == "made try try start start" }
    }

    @Test("a job in the background of its shell is work, and so is none of what keeps the container itself")
    func idle() async throws {
        try describe()
        let team = try await Team(
            ["alice", "carol"], rules: ", environment: box, idle: {end-after: 2s, warn: 1s}",
            environments: "  box: {kind: container, devcontainer: \(project.path)}")
        let containers = TestContainers(of: team.server)
        let alice = try await team.attach("alice")
        alice.type("(sleep 7; echo fin >done) &\r")
        #expect(try await alice.value(of: "$((40 + 2))") == "42")
        alice.type([0x1D, UInt8(ascii: "d")])
        _ = try await alice.waitForExit()
        try await eventually(within: .seconds(60), "the end") {
            try await team.client("carol").run("cmdop", "ls").outputText.contains(#/deploy +ended/#)
        }
        #expect(project.read("done") == "fin\n")
        withExtendedLifetime(containers) {}
    }

    @Test("a command that nobody waits for and that does not end does not cost the container")
    func endless() async throws {
        try describe("\"postCreateCommand\": \"echo >begun; sleep 100000\"")
        let (team, containers) = try await team()
        let alice = try await team.attach("alice")
        try await eventually("the command") { project.read("begun") != nil }
        #expect(try await alice.value(of: "$(echo kept >/kept; cat /kept)") == "kept")
        try await end(team)
        #expect(try await containers.all().map { $0.hasSuffix(" Exited") } == [true])
        #expect(try await team.client("bob").run("deploy", "cat /kept").outputText == "kept\n")
    }

    @Test(
        "a rebuild that fails, in whatever step, says so and leaves the session in the container as it was",
        arguments: [
            ("\"build\": {\"dockerfile\": \"Dockerfile\"}", "could not be built"),
            (
                "\"image\": \"\(TestImage.name)\", \"onCreateCommand\": \"exit 3\"",
                "onCreateCommand failed with status 3"
            ),
            ("\"image\": \"\(TestImage.name)\", \"containerUser\": \"nobody-here\"", "making the container failed"),
        ])
    func failingRebuild(_ properties: String, _ sentence: String) async throws {
        try project.write("old\n", to: "in/file")
        try describe("\"mounts\": [\"source=${localWorkspaceFolder}/in,target=/h,type=bind\"]")
        try project.write("FROM \(TestImage.name)\nRUN exit 1\n", to: "Dockerfile")
        let (team, containers) = try await team()
        let carol = try team.client("carol")
        #expect(try await carol.run("deploy", "echo kept >/kept").status == .exited(0))
        try project.write("{\(properties)}", to: ".devcontainer.json")
        #expect(try await carol.run("cmdop", "rebuild", "deploy").status == .exited(0))
        let run = try await carol.run("deploy", "cat /kept /h/file")
        #expect(run.outputText == "kept\nold\n", "\(run.errorText)")
        let alice = try team.client("alice").attach("deploy", columns: 200, rows: 24)
        try await alice.untilShown("this is the container as it was", columns: 200)
        try await alice.untilShown(sentence, columns: 200)
        #expect(try await containers.all().count == 1)
        try describe("\"containerEnv\": {\"NEW\": \"yes\"}")
        #expect(try await carol.run("cmdop", "rebuild", "deploy").status == .exited(0))
        #expect(try await carol.run("deploy", "cat /kept; echo $NEW").outputText == "yes\n")
        try await eventually("the end of the old container") { try await containers.all().count == 1 }
    }

    @Test("frozen, it runs nothing and answers nobody; and it can be ended and restarted from there")
    func frozen() async throws {
        try describe()
        let (team, containers) = try await team()
        let (alice, carol) = (try await team.attach("alice"), try team.client("carol"))
        alice.type("while :; do echo >>count; sleep 0.01; done\r")
        func count() -> Int { project.read("count")?.count ?? 0 }
        try await eventually("a count") { count() > 3 }
        #expect(try await carol.run("cmdop", "freeze", "deploy").status == .exited(0))
        let before = count()
        #expect(try await carol.run("deploy", "touch x").errorText.contains("the session is frozen"))
        let words = try team.client("alice").arguments("deploy", flags: ["-b", "/dev/null"])
        let sftp = try await CommandRun(["sftp"] + words.dropFirst().map { $0 == "-p" ? "-P" : $0 })
        #expect(sftp.status != .exited(0))
        #expect(try await carol.run("deploy", flags: ["-W", "127.0.0.1:1"]).status != .exited(0))
        #expect(count() == before)
        #expect(try await carol.run("cmdop", "thaw", "deploy").status == .exited(0))
        try await eventually("more of it") { count() > before }
        #expect(try await carol.run("cmdop", "freeze", "deploy").status == .exited(0))
        #expect(try await carol.run("cmdop", "restart", "deploy").status == .exited(0))
        #expect(try await carol.run("deploy", "echo here").outputText == "here\n")
        #expect(try await carol.run("cmdop", "freeze", "deploy").status == .exited(0))
        try await end(team)
        #expect(try await containers.all().map { $0.hasSuffix(" Exited") } == [true])
        #expect(try await carol.run("deploy", "echo here").outputText == "here\n")
    }

    @Test("paused from outside it can be ended, and started again")
    func paused() async throws {
        try describe()
        let (team, containers) = try await team()
        let carol = try team.client("carol")
        #expect(try await carol.run("deploy", "true").status == .exited(0))
        let name = try #require(try await containers.all().first?.split(separator: " ").first)
        #expect(TestImage.shell("podman --runtime runc pause \(name)") == 0)
        try await end(team)
        #expect(try await containers.all().map { $0.hasSuffix(" Exited") } == [true])
        #expect(try await carol.run("deploy", "echo here").outputText == "here\n")
    }

    @Test("its volumes outlive a rebuild, and go with it")
    func volumes() async throws {
        try describe("\"mounts\": [\"source=data,target=/data,type=volume\"]")
        let (team, containers) = try await team()
        defer { withExtendedLifetime(containers) {} }
        let carol = try team.client("carol")
        #expect(try await carol.run("deploy", "echo kept >/data/x").status == .exited(0))
        #expect(try await carol.run("cmdop", "rebuild", "deploy").status == .exited(0))
        #expect(try await carol.run("deploy", "cat /data/x").outputText == "kept\n")
        try await end(team)
        #expect(try await carol.run("cmdop", "rm", "deploy").status == .exited(0))
        #expect(try await carol.run("deploy", "cat /data/x").status != .exited(0))
        try await end(team)
        #expect(try await carol.run("cmdop", "rm", "deploy").status == .exited(0))
    }
}
