import Foundation
import TestKit
import Testing

@Suite("A session from a devcontainer.json", .enabled(if: TestImage.isThere, TestImage.reason))
struct DevContainerTests {
    private let project: TemporaryDirectory

    init() throws {
        project = try TemporaryDirectory()
        try project.write(
            "FROM \(TestImage.name)\nARG WHO\nRUN echo built for $WHO >/etc/built\n", to: ".devcontainer/Dockerfile")
        try describe()
    }

    /// Writes the file, with more properties or other ones.
    private func describe(_ more: String = "", dockerfile: String = "Dockerfile") throws {
        try project.write(
            """
            // What people write.
            {
                "build": {"dockerfile": "\(dockerfile)", "args": {"WHO": "us"}},
                "containerEnv": {"FOLDER": "${localWorkspaceFolderBasename}"},
                "remoteEnv": {"TOOLS": "${containerEnv:FOLDER}-tools"},
                "onCreateCommand": "echo create >>log",
                "updateContentCommand": ["sh", "-c", "echo update >>log"],
                "postCreateCommand": {
                    "first": "until grep -q post2 log; do sleep 0.1; done; echo post1 >>log",
                    "second": "echo post2 >>log"
                },
                "postStartCommand": "echo start >>log",
                "waitFor": "postStartCommand",
                \(more)
            }
            """, to: ".devcontainer/devcontainer.json")
    }

    private func team() async throws -> (Team, TestContainers) {
        let team = try await Team(
            ["alice", "bob", "carol"],
            environments: "  dev: {kind: container, devcontainer: \(project.path)}")
        return (team, TestContainers(of: team.server))
    }

    private var log: [String] { (project.read("log") ?? "").split(separator: "\n").map(String.init) }

    @Test("it is built, its commands run in order, and the shell stands in its workspace, for everybody")
    func whole() async throws {
        let (team, containers) = try await team()
        defer { withExtendedLifetime(containers) {} }
        let alice = try await team.attach("alice", to: "api+env=dev")
        let name = project.url.lastPathComponent
        #expect(try await alice.value(of: "$PWD $FOLDER $TOOLS") == "/workspaces/\(name) \(name) \(name)-tools")
        #expect(try await alice.value(of: "$(cat /etc/built)") == "built for us")
        // The first of an object waits for the second, which runs at the same time.
        #expect(log == ["create", "update", "post2", "post1", "start"])
        let bob = try await team.attach("bob", to: "api")
        alice.type("SHARED=here; touch kept; echo >/etc/gone\r")
        try await bob.untilShown("SHARED=here")
        #expect(try await alice.value(of: "$SHARED") == "here")
        // It keeps its environment, and its files.
        let carol = try team.client("carol")
        #expect(try await carol.run("cmdop", "rebuild", "api").status == .exited(0))
        let after = try await carol.run("api", "ls kept /etc/gone; pwd")
        #expect(after.outputText == "kept\n/workspaces/\(name)\n")
        #expect(log.suffix(5).sorted() == log.prefix(5).sorted() && log.count == 10)
        #expect(try await carol.run("cmdop", "restart", "api").status == .exited(0))
        #expect(try await carol.run("api", "cat /etc/built").outputText == "built for us\n")
        #expect(log.count == 11 && log.last == "start")
    }

    @Test("what is wrong with it is said with line and column, and mending it is enough")
    func mistakes() async throws {
        let (team, containers) = try await team()
        try project.write("{\n  \"image\": 7\n}", to: ".devcontainer/devcontainer.json")
        let alice = try team.client("alice").attach("api+env=dev", columns: 80, rows: 24)
        _ = try await alice.waitFor("line 2, column 12: image: it must be a string")
        let first = try await alice.waitForExit()
        #expect(first == .exited(1), "\(alice.transcript.tail)")
        #expect(try await containers.all().isEmpty)
        try project.write("FROM \(TestImage.name)\nRUN echo broken here; exit 3\n", to: ".devcontainer/Broken")
        try describe(dockerfile: "Broken")
        let again = try team.client("alice").attach("api", columns: 120, rows: 24)
        _ = try await again.waitFor("broken here")
        _ = try await again.waitFor("'environment api' shows all of it. Mend it and attach again")
        #expect(try await again.waitForExit() == .exited(1))
        #expect(try await containers.all().isEmpty)
        try describe()
        #expect(try await team.client("alice").run("api", "cat /etc/built").outputText == "built for us\n")
    }

    @Test("a command that hangs is interrupted with Ctrl-C, or by the end, and leaves no half-made container")
    func hanging() async throws {
        let (team, containers) = try await team()
        try project.write(
            "{\"image\": \"\(TestImage.name)\", \"onCreateCommand\": \"echo now hang''ing; sleep 1000\"}",
            to: ".devcontainer/devcontainer.json")
        let alice = try await team.attach("alice", to: "api+env=dev")
        _ = try await alice.waitFor("now hanging")
        alice.type("\u{03}")
        #expect(try await alice.waitForExit() != .exited(0))
        try await eventually("no container", seen: { "" }) { try await containers.all().isEmpty }
        let bob = try await team.attach("bob", to: "api")
        _ = try await bob.waitFor("now hanging")
        #expect(try await team.client("carol").run("cmdop", "end", "api").status == .exited(0))
        _ = try await bob.waitForExit()
        try await eventually("no container", seen: { "" }) { try await containers.all().isEmpty }
    }
}
