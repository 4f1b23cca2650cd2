import Foundation
import TestKit
import Testing

/// Whoever may write a project may not thereby have more of the machine than the configuration gives.
@Suite("A project's container and the rest of the machine", .enabled(if: TestImage.isThere, TestImage.reason))
struct ContainerWallsTests {
    private let project: TemporaryDirectory
    /// What the project's people may not see.
    private let outside: TemporaryDirectory

    init() throws {
        project = try TemporaryDirectory()
        outside = try TemporaryDirectory()
        try project.write("inside\n", to: "in/file")
        try outside.write("outside\n", to: "file")
    }

    private func team(_ more: String = "") async throws -> (Team, TestContainers) {
        let team = try await Team(
            ["alice", "carol"], rules: ", environment: box",
            environments: "  box: {kind: container, devcontainer: \(project.path)\(more)}")
        return (team, TestContainers(of: team.server))
    }

    private func describe(_ properties: String, _ dockerfile: String = "FROM \(TestImage.name)\n") throws {
        try project.write(dockerfile, to: "Dockerfile")
        try project.write("{\"build\": {\"dockerfile\": \"Dockerfile\"}, \(properties)}", to: ".devcontainer.json")
    }

    private func swap(_ name: String) throws {
        let path = "\(project.path)/\(name)"
        try FileManager.default.moveItem(atPath: path, toPath: "\(path).away")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: outside.path)
    }

    /// Waits for the step of a build that sleeps so long, does something, and wakes it.
    private func during(_ seconds: Int, _ change: () throws -> Void) async throws {
        var pid: pid_t?
        try await eventually("the step of the build") {
            let list = try await CommandRun(["ps", "-A", "-o", "pid=,args="]).outputText.split(separator: "\n")
            let line = list.first { $0.hasSuffix(" sleep \(seconds)") && !$0.contains("sh -c") }
            pid = line?.split(separator: " ").first.flatMap { pid_t($0) }
            return pid != nil
        }
        try change()
        if let pid { kill(pid, SIGKILL) }
    }

    @Test("a link that is put in a mount's place while the image is built leads nowhere; nor does one before a start")
    func mounts() async throws {
        let seconds = Int.random(in: 100_000...999_999)
        try FileManager.default.createSymbolicLink(
            atPath: "\(project.path)/link", withDestinationPath: "\(project.path)/in")
        try describe(
            "\"mounts\": [\"source=${localWorkspaceFolder}/link,target=/h,type=bind\"]",
            "FROM \(TestImage.name)\nRUN sleep \(seconds); true\n")
        let (team, containers) = try await team()
        defer { withExtendedLifetime(containers) {} }
        let (alice, carol) = (try team.client("alice"), try team.client("carol"))
        async let first = alice.run("deploy", "cat /h/file")
        try await during(seconds) {
            try FileManager.default.removeItem(atPath: "\(project.path)/link")
            try FileManager.default.createSymbolicLink(
                atPath: "\(project.path)/link", withDestinationPath: outside.path)
        }
        #expect(try await first.outputText == "inside\n")
        let host = try #require(team.server.hostPIDs()["deploy"])
        #expect(try await carol.run("cmdop", "end", "deploy").status == .exited(0))
        try await eventually("the end of the host") { !ProcessFacts(pid: host).isRunning }
        try swap("in")
        let second = try alice.attach("deploy", columns: 200, rows: 24)
        _ = try await second.waitFor("there is a link in its place now")
        #expect(try await second.waitForExit() == .exited(1))
        #expect(try await !alice.run("deploy", "cat /h/file").outputText.contains("outside"))
        let name = try #require(try await containers.all().first?.split(separator: " ").first)
        let mounts = try String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)
        // Other tests hold paths of theirs at the same time.
        #expect(!mounts.contains(project.path) && !mounts.contains("cmdop-held/\(name)"), "\(mounts)")
        #expect(!FileManager.default.fileExists(atPath: "/run/cmdop-held/\(name)"))
    }

    @Test("a build whose context is swapped for a link before it begins does not begin")
    func context() async throws {
        let seconds = Int.random(in: 100_000...999_999)
        try project.write("exit 0\n", to: "tool/install.sh")
        try describe(
            "\"features\": {\"./tool\": {}}", "FROM \(TestImage.name)\nRUN sleep \(seconds); true\n")
        let (team, containers) = try await team()
        defer { withExtendedLifetime(containers) {} }
        let alice = try team.client("alice").attach("deploy", columns: 200, rows: 24)
        try await during(seconds) { try swap("tool") }
        _ = try await alice.waitFor("there is a link in its place now")
        #expect(try await alice.waitForExit() == .exited(1))
        #expect(try await containers.all().isEmpty)
    }

    @Test("a step of a build that would mount something is not built where Podman would not keep it in bounds")
    func buildMounts() async throws {
        let version = try await CommandRun(["podman", "version", "--format", "{{.Client.Version}}"]).outputText
        let parts = version.split(separator: ".").compactMap { Int($0) }
        try #require(parts.count >= 2)
        guard (parts[0], parts[1]) < (5, 4) else { try Test.cancel("Podman \(version) keeps them in bounds") }
        try describe(
            "\"name\": \"x\"",
            """
            FROM \(TestImage.name) AS a
            RUN ln -s / /all
            FROM a
            RUN --mount=type=bind,from=a,source=/all,target=/h ls
            """
        )
        let (team, containers) = try await team()
        let alice = try team.client("alice").attach("deploy", columns: 200, rows: 24)
        _ = try await alice.waitFor("has a RUN with --mount")
        #expect(try await alice.waitForExit() == .exited(1))
        #expect(try await containers.all().isEmpty)
    }

    @Test("options of its own neither widen the limits nor take the server's labels away")
    func options() async throws {
        try describe(
            """
            "runArgs": ["--memory=2g", "--memory-swap=2g", "--pids-limit=-1", "--cpus=2", "--hostname", "mine",
                        "--label=cmdop.secrets=", "--label", "cmdop.directory=/nowhere", "--label=theirs=1"],
            "postStartCommand": "echo 'tok=<${containerEnv:TOKEN}>'"
            """)
        try project.write("swordfish\n", to: "secrets/TOKEN")
        let (team, containers) = try await team(
            ", memory: 64M, pids: 50, cpus: 0.5, secrets: \"\(project.path)/secrets\"")
        let carol = try team.client("carol")
        #expect(try await carol.run("deploy", "hostname; echo $TOKEN").outputText == "mine\nswordfish\n")
        let name = try #require(try await containers.all().first?.split(separator: " ").first.map(String.init))
        let format = """
            {{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.PidsLimit}} {{.HostConfig.NanoCpus}} \
            {{index .Config.Labels "cmdop.secrets"}} {{index .Config.Labels "theirs"}}
            """
        let facts = try await CommandRun(["podman", "inspect", "--format", format, name]).outputText
        #expect(facts == "67108864 67108864 50 500000000 TOKEN 1\n")
        let log = try #require(team.server.directory.read(".state/sessions/deploy/environment.log"))
        #expect(log.contains("runArgs: --memory=2g is left aside") && log.contains("tok=<>"), "\(log)")
        let host = try #require(team.server.hostPIDs()["deploy"])
        #expect(try await carol.run("cmdop", "end", "deploy").status == .exited(0))
        try await eventually("the end of the host") { !ProcessFacts(pid: host).isRunning }
        #expect(try await carol.run("cmdop", "rm", "deploy", "--force").status == .exited(0))
        #expect(try await containers.all().isEmpty)
    }
}
