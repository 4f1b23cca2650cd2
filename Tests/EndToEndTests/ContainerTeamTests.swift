import Foundation
import JSONText
import TestKit
import Testing

@Suite("Several people and a container", .enabled(if: TestImage.isThere, TestImage.reason))
struct ContainerTeamTests {
    private let project: TemporaryDirectory

    init() throws { project = try TemporaryDirectory() }

    private func team(_ more: String = "", rules: String = "") async throws -> (Team, TestContainers) {
        let team = try await Team(
            ["alice", "bob", "carol"], rules: ", environment: box\(rules)",
            environments: """
                  box: {kind: container, devcontainer: \(project.path)\(more)}
                  own: {kind: container, image: "\(TestImage.name)"}
                """)
        return (team, TestContainers(of: team.server))
    }

    private func describe(_ properties: String) throws {
        try project.write("{\"image\": \"\(TestImage.name)\", \(properties)}", to: ".devcontainer.json")
    }

    @Test("who comes while it is prepared sees how that goes, and is in the same shell then; it is starting until then")
    func joining() async throws {
        try describe("\"onCreateCommand\": \"echo now wait''ing; until [ -e go ]; do sleep 0.1; done; echo we''nt\"")
        let (team, containers) = try await team()
        defer { withExtendedLifetime(containers) {} }
        let alice = try await team.attach("alice")
        _ = try await alice.waitFor("now waiting")
        let bob = try await team.attach("bob")
        try await bob.untilShown("now waiting")
        let control = try ControlClient(team.client("carol"), "deploy")
        #expect(try await control.call("session.get")["state"] == "starting")
        let beside = try team.client("carol").start("deploy", "echo beside")
        try project.write("", to: "go")
        for terminal in [alice, bob] { _ = try await terminal.waitFor("went") }
        #expect(try await beside.waitForEnd().outputText == "beside\n")
        #expect(try await alice.value(of: "$((SHARED = 40 + 2))") == "42")
        _ = try await bob.waitFor("=42]")
        #expect(try await control.call("session.get")["state"] == "live")
    }

    @Test(
        "shell, commands, files and the commands of its life are the remote user's, the container itself its own user's"
    )
    func users() async throws {
        try describe(
            """
            "containerUser": "root", "remoteUser": "dev", "workspaceFolder": "/home/dev", "workspaceMount": "",
            "onCreateCommand": "id -un >/tmp/made", "postStartCommand": ["sh", "-c", "id -un >/tmp/started"],
            "waitFor": "postStartCommand"
            """)
        let (team, containers) = try await team()
        let alice = try await team.attach("alice")
        #expect(
            try await alice.value(of: "$(id -un) $HOME $(cat /tmp/made /tmp/started | tr '\\n' .)")
                == "dev /home/dev dev.dev.")
        let client = try team.client("alice")
        #expect(try await client.run("deploy", "id -un; stat -c %U /proc/1").outputText == "dev\nroot\n")
        try team.server.directory.write("carried\n", to: "carried")
        try team.server.directory.write("put \(team.server.directory.path)/carried\n", to: "batch")
        let words = client.arguments("deploy", flags: ["-b", "\(team.server.directory.path)/batch"])
        try await CommandRun.succeed(["sftp"] + words.dropFirst().map { $0 == "-p" ? "-P" : $0 })
        #expect(try await client.run("deploy", "stat -c %U carried; cat carried").outputText == "dev\ncarried\n")
        let log = try await client.run("cmdop", "log", "deploy").outputText
        #expect(log.contains("files operation=written operator=alice path=/home/dev/carried bytes=8"), "\(log)")
        withExtendedLifetime(containers) {}
    }

    @Test("a fork bomb in it stays within its limit, and the end leaves no process")
    func bomb() async throws {
        try describe("\"name\": \"x\"")
        let (team, containers) = try await team(", pids: 60")
        let alice = try await team.attach("alice")
        #expect(try await alice.value(of: "here") == "here")
        let name = try #require(try await containers.all().first?.split(separator: " ").first.map(String.init))
        let id = try await CommandRun(["podman", "inspect", "--format", "{{.Id}}", name]).outputText.dropLast()
        func count() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc").count { pid in
                guard Int(pid) != nil else { return false }
                let groups = FileManager.default.contents(atPath: "/proc/\(pid)/cgroup") ?? Data()
                return String(decoding: groups, as: UTF8.self).contains("libpod-\(id)")
            }
        }
        alice.type(":(){ :|:& };:\r")
        _ = try await alice.waitFor("Resource temporarily unavailable")
        #expect((1...60).contains(try count()))
        async let end = team.client("carol").run("cmdop", "end", "deploy", "--within", "50")
        _ = try await alice.waitForExit()
        try await eventually(within: .seconds(60), "the end") {
            guard Int(team.server.directory.read(".state/sessions/deploy/ended")?.dropLast() ?? "") != nil else {
                return false
            }
            let left = try count()
            #expect(left == 0)
            return true
        }
        #expect(try await end.outputText == "'deploy' is ended.\n")
    }

    @Test("what nobody has elsewhere keeps a session when its time is over, and everybody can read why")
    func keep() async throws {
        let (team, containers) = try await team(rules: ", keep: 1s")
        let carol = try team.client("carol")
        #expect(try await carol.run("deploy+env=own", "echo work >file").status == .exited(0))
        #expect(try await carol.run("cmdop", "end", "deploy").status == .exited(0))
        try await eventually("the refusal") {
            let facts = try? JSONValue(parsing: try await carol.run("cmdop", "get", "deploy", "--json").output)
            return facts?["keptBecause"]?.string?.contains("'file' is in no repository") == true
        }
        let again = try await carol.run("deploy", "cat file")
        #expect(again.outputText == "work\n", "\(again.errorText)\(team.server.log)")
        withExtendedLifetime(containers) {}
    }
}
