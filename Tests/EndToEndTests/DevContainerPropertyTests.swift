import Foundation
import TestKit
import Testing

/// What properties of a devcontainer.json do, seen from inside.
@Suite("Properties of a devcontainer.json", .enabled(if: TestImage.isThere, TestImage.reason))
struct DevContainerPropertyTests {
    private let project: TemporaryDirectory

    init() throws { project = try TemporaryDirectory() }

    /// A server with the environment `dev` for all sessions, made from this file, with the test image if it names none.
    private func team(_ properties: String) async throws -> (Team, TestContainers) {
        let base = properties.contains("\"build\"") ? "" : "\"image\": \"\(TestImage.name)\", "
        try project.write("{\(base)\(properties)}", to: ".devcontainer/devcontainer.json")
        let team = try await Team(
            ["alice", "carol"], rules: ", environment: dev",
            environments: "  dev: {kind: container, devcontainer: \(project.path)}")
        return (team, TestContainers(of: team.server))
    }

    @Test("a feature is installed by what its script names, knows whom it is for, and its commands run first")
    func features() async throws {
        try project.write(
            """
            #!/bin/bash
            [[ $LEVEL == 3 ]] || exit 1
            echo "$LEVEL $NAME $_CONTAINER_USER:$_CONTAINER_USER_HOME" >/etc/tool
            echo "$_REMOTE_USER:$_REMOTE_USER_HOME $FROM_TOOL" >>/etc/tool
            cat part >>/etc/tool
            """, to: ".devcontainer/tool/install.sh")
        try project.write("a file beside it\n", to: ".devcontainer/tool/part")
        try project.write(
            """
            {"id": "tool", "options": {"level": {"type": "string", "default": "3"}, "name": {"default": "x"}},
             "containerEnv": {"PLACE": "/root", "FROM_TOOL": "\\"quoted\\" ${PLACE}/x"},
             "onCreateCommand": "echo tool >>/tmp/order"}
            """, to: ".devcontainer/tool/devcontainer-feature.json")
        // An image of its own: others are not to lose it when this is done.
        let name = "it's \(UInt32.random(in: 0...UInt32.max))"
        let (team, containers) = try await team(
            """
            "features": {"./tool": {"name": "\(name)"}}, "remoteUser": "dev",
            "onCreateCommand": "echo own >>/tmp/order"
            """)
        let run = try await team.client("alice").run("deploy", "cat /etc/tool /tmp/order; echo $FROM_TOOL; id -un")
        #expect(
            run.outputText == """
                3 \(name) root:/root
                dev:/home/dev "quoted" /root/x
                a file beside it
                tool
                own
                "quoted" /root/x
                dev

                """, "\(run.outputText)\(run.errorText)")
        withExtendedLifetime(containers) {}
    }

    @Test(
        "whoever works there has the number of the project's owner, and both can write what is in it",
        .enabled(if: getuid() == 0, "needs the right to give a folder to somebody"))
    func owner() async throws {
        let (team, containers) = try await team(
            #""remoteUser": "dev", "onCreateCommand": "echo made >>order && echo home >~/file""#)
        let number = Int.random(in: 2_000...60_000)
        try await CommandRun.succeed(["chown", "-R", "\(number):5432", project.path])
        let alice = try team.client("alice")
        let run = try await alice.run("deploy", "cat order ~/file; id -u; id -g; id -un; echo more >>order")
        #expect(run.outputText == "made\nhome\n\(number)\n5432\ndev\n", "\(run.errorText)")
        let owner = try FileManager.default.attributesOfItem(atPath: "\(project.path)/order")[.ownerAccountID] as? Int
        #expect(owner == number && project.read("order") == "made\nmore\n")
        // Nobody becomes root; what comes of that is said, and the container stays as it was.
        try await CommandRun.succeed(["chown", "-R", "0:0", project.path])
        try await CommandRun.succeed(["chmod", "755", project.path])
        #expect(try await team.client("carol").run("cmdop", "rebuild", "deploy").status == .exited(0))
        #expect(try await alice.run("deploy", "cat ~/file").outputText == "home\n")
        let told = try await alice.run("cmdop", "environment", "deploy").outputText
        #expect(
            told.contains("warning: dev (1000) can not write in the workspace: user 0 owns \(project.path)"), "\(told)")
        #expect(told.contains("the rebuild failed: onCreateCommand failed with status"), "\(told)")
        withExtendedLifetime(containers) {}
    }

    @Test("commands see what the shell's start-up files set, where the file says so, and nothing of what they say")
    func probe() async throws {
        let (team, containers) = try await team(
            """
            "build": {"dockerfile": "Dockerfile"}, "userEnvProbe": "loginInteractiveShell",
            "onCreateCommand": "echo $LOGIN $INTERACTIVE >probed"
            """)
        try project.write(
            """
            FROM \(TestImage.name)
            RUN echo 'export LOGIN=login; . ~/.bashrc' >/root/.bash_profile
            RUN echo 'echo loud >&2; case $- in *i*) export INTERACTIVE=interactive;; esac' >/root/.bashrc
            """, to: ".devcontainer/Dockerfile")
        let run = try await team.client("alice").run(
            "deploy", "cat probed; echo $LOGIN $INTERACTIVE; echo err >&2; exit 3")
        #expect(run.outputText == "login interactive\nlogin interactive\n" && run.status == .exited(3))
        #expect(run.errorText.hasSuffix("err\n") && !run.errorText.contains("loud"), "\(run.errorText)")
        withExtendedLifetime(containers) {}
    }

    @Test("'ports' names those that are expected, and 'ps' shows the session's own processes and no others")
    func lists() async throws {
        let (team, containers) = try await team(
            #""forwardPorts": [8080, 9090], "portsAttributes": {"8080": {"label": "web site"}}"#)
        let alice = try team.client("alice")
        #expect(try await alice.run("deploy", "true").status == .exited(0))
        let before = try await alice.run("cmdop", "ports", "deploy").outputText
        #expect(before.contains(#/8080 +- +- +nothing listens yet +web site\n9090 +- +- +nothing/#), "\(before)")
        let server = try alice.start("deploy", "exec httpd -f -p 8080")
        try await eventually("the port", seen: { server.errorTranscript.text }) {
            try await alice.run("cmdop", "ports", "deploy").outputText.contains(#/8080 +:: +[0-9]+ +httpd +web site/#)
        }
        let processes = try await alice.run("cmdop", "ps", "deploy").outputText
        #expect(processes.contains("httpd -f -p 8080") && processes.contains("bash"), "\(processes)")
        for word in ["conmon", "runc", "--env"] { #expect(!processes.contains(word), "\(processes)") }
        withExtendedLifetime((containers, server)) {}
    }

    @Test("a later command that fails is named to whoever is there, and an image without a command is explained")
    func failures() async throws {
        let (team, containers) = try await team(#""postStartCommand": "sleep 1; exit 3""#)
        let alice = try await team.attach("alice", columns: 200)
        try await alice.waitFor("postStartCommand failed with status 3; 'environment deploy' shows all of it")
        try project.write(
            "{\"image\": \"\(TestImage.name)\", \"overrideCommand\": false}", to: ".devcontainer/devcontainer.json")
        let refused = try await team.client("alice").run("other", "true")
        #expect(refused.errorText.contains("\"overrideCommand\": false wants an image"), "\(refused.errorText)")
        withExtendedLifetime(containers) {}
    }
}
