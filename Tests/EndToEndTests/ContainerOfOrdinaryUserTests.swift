import Foundation
import JSONText
import TestKit
import Testing

/// Where the server is an ordinary user's, as on one's own machine, Podman runs without root.
@Suite(
    "A container of a server without root",
    .enabled(if: TestImage.ordinaryUser != nil, TestImage.reasonOfOrdinaryUser))
struct ContainerOfOrdinaryUserTests {
    private func team() async throws -> (Team, TestContainers) {
        let user = try #require(TestImage.ordinaryUser)
        let team = try await Team(
            ["alice", "carol"], rules: ", environment: box",
            environments: "  box: {kind: container, image: \"\(TestImage.name)\", pids: 100}", user: user)
        return (team, TestContainers(of: team.server, user: user))
    }

    @Test("terminal, commands, files and forwards are all inside, as the container's root")
    func inside() async throws {
        let (team, containers) = try await team()
        defer { withExtendedLifetime(containers) {} }
        let alice = try await team.attach("alice")
        #expect(try await alice.value(of: "$PWD $UID $(tty)") == "/workspace 0 /dev/pts/0")
        alice.type("sleep 1000\r")
        // What is typed right behind a Ctrl-C the terminal may throw away with what was typed before it.
        let control = try ControlClient(team.client("carol"), "deploy")
        func last() async throws -> JSONValue? { try await control.call("command.list")["commands"]?.array?.last }
        try await eventually("the command") { try await last()?["text"] == "sleep 1000" }
        alice.type("\u{3}")
        try await eventually("its end") { try await last()?["exitStatus"] == 130 }
        #expect(try await alice.value(of: "$?") == "130")
        let client = try team.client("alice")
        let run = try await client.run("deploy", "id -u; cat; exit 7", input: Array("in\n".utf8))
        #expect(run.status == .exited(7) && run.outputText == "0\nin\n" && run.errorText.isEmpty, "\(run.errorText)")
        try team.server.directory.write("carried\n", to: "carried")
        try team.server.directory.write("put \(team.server.directory.path)/carried\nls -l carried\n", to: "batch")
        let words = client.arguments("deploy", flags: ["-b", "\(team.server.directory.path)/batch"])
        let sftp = try await CommandRun.succeed(["sftp"] + words.dropFirst().map { $0 == "-p" ? "-P" : $0 })
        #expect(sftp.outputText.contains(" 0        0               8 "), "\(sftp.outputText)")
        #expect(try await client.run("deploy", "httpd -p 127.0.0.1:8080 -h . && cat carried").outputText == "carried\n")
        let forward = try await client.run(
            "deploy", flags: ["-W", "127.0.0.1:8080"], input: Array("GET /carried HTTP/1.0\r\n\r\n".utf8))
        #expect(forward.outputText.hasSuffix("\r\n\r\ncarried\n"), "\(forward.outputText)\(forward.errorText)")
    }

    @Test("what Podman can not give without root on this machine is said, and done without")
    func shortfalls() async throws {
        let (team, containers) = try await team()
        defer { withExtendedLifetime(containers) {} }
        let user = try #require(TestImage.ordinaryUser)
        #expect(try await team.client("alice").run("deploy", "true").status == .exited(0))
        let log = try #require(team.server.directory.read(".state/sessions/deploy/environment.log"))
        let mayTunnel = TestImage.shell("test -w /dev/net/tun", as: user) == 0
        #expect(log.contains("no network but its own loopback: \(user) may not open /dev/net/tun") != mayTunnel)
        let controllers = "podman info --format '{{range .Host.CgroupControllers}}{{println .}}{{end}}'"
        let mayLimit = TestImage.shell("\(controllers) | grep -qx pids", as: user) == 0
        #expect(log.contains("the limit of pids is not held") != mayLimit, "\(log)")
    }

    @Test("each session ends by itself: what Podman keeps for all of them may go with the first, and comes back")
    func two() async throws {
        let (team, containers) = try await team()
        let client = try team.client("carol")
        #expect(try await client.run("one", "echo one >file; cat file").outputText == "one\n")
        #expect(try await client.run("two", "echo two").outputText == "two\n")
        let host = try #require(team.server.hostPIDs()["one"])
        #expect(try await client.run("cmdop", "end", "one").status == .exited(0))
        try await eventually("the end of the host") { !ProcessFacts(pid: host).isRunning }
        #expect(try await containers.all().map { $0.hasSuffix(" Up") }.count { $0 } == 1)
        #expect(try await client.run("two", "echo still").outputText == "still\n")
        #expect(try await client.run("one", "cat file").outputText == "one\n")
        #expect(try await client.run("two", "echo still").outputText == "still\n")
    }
}
