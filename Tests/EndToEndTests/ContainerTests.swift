import Control
import Foundation
import JSONText
import TestKit
import Testing

@Suite("A session in a container", .enabled(if: TestImage.isThere, TestImage.reason))
struct ContainerTests {
    private static let environment = """
          box: {kind: container, image: "\(TestImage.name)", memory: 64M, pids: 100}
          none: {kind: container, image: "localhost/cmdop-test:none"}
        """

    private func team(_ environment: String = "box") async throws -> (Team, TestContainers) {
        let team = try await Team(
            ["alice", "bob", "carol"], rules: ", environment: \(environment)", environments: Self.environment)
        return (team, TestContainers(of: team.server))
    }

    @Test("one terminal of the container's own for all: prompts, statuses and hidden input are known as on the host")
    func shared() async throws {
        let (team, containers) = try await team()
        defer { withExtendedLifetime(containers) {} }
        let alice = try await team.attach("alice")
        #expect(try await alice.value(of: "$PWD $HOME $CMDOP_SESSION $(umask)") == "/workspace /root deploy 0022")
        let bob = try await team.attach("bob")
        alice.type("X=shared; stty size\r")
        try await bob.untilShown("24 80")
        alice.type("read -s secret\r")
        try await eventually("a terminal that does not echo", seen: { alice.transcript.text }) {
            try await team.client("carol").run("cmdop", "log", "deploy").outputText.contains("read -s secret")
        }
        alice.type("hunter2\r")
        #expect(try await alice.value(of: "${#secret}") == "7")
        #expect(try team.filesOfSession().values.allSatisfy { $0.range(of: Data("hunter2".utf8)) == nil })
        let control = try ControlClient(team.client("carol"), "deploy")
        let list = try await control.call("command.list")
        let commands = list["commands"]?.array ?? []
        #expect(commands.contains { $0["text"]?.string == "X=shared; stty size" && $0["textKnown"]?.string == "exact" })
        #expect(commands.allSatisfy { $0["operators"]?.array?.first?.string == "alice" })
    }

    @Test("a command beside the terminal has streams and status of its own, in the container")
    func beside() async throws {
        let (team, containers) = try await team()
        defer { withExtendedLifetime(containers) {} }
        let client = try team.client("alice")
        let run = try await client.run("deploy", "echo out; echo err >&2; tail -n 1 /etc/passwd; exit 7")
        #expect(run.status == .exited(7))
        #expect(run.outputText == "out\ndev:x:1000:1000:dev:/home/dev:/bin/bash\n" && run.errorText.contains("err"))
        let piped = try client.start("deploy", "wc -c")
        piped.write(Array(repeating: 0x61, count: 1_000_000))
        piped.finishInput()
        #expect(try await piped.waitForEnd().outputText.trimmingCharacters(in: .whitespaces) == "1000000\n")
    }

    @Test("working files outlive end and rebuild; what was installed outlives the end alone")
    func files() async throws {
        let (team, containers) = try await team()
        let carol = try team.client("carol")
        _ = try await carol.run("deploy", "echo kept >file; echo installed >/opt-tool")
        #expect(try await containers.all().map { $0.hasSuffix(" Up") } == [true])
        #expect(try await carol.run("cmdop", "end", "deploy").status == .exited(0))
        try await eventually("the container stopped", seen: { "" }) {
            try await containers.all().map { $0.hasSuffix(" Exited") } == [true]
        }
        #expect(try await carol.run("deploy", "cat file /opt-tool").outputText == "kept\ninstalled\n")
        #expect(try await carol.run("cmdop", "rebuild", "deploy").status == .exited(0))
        let rebuilt = try await carol.run("deploy", "cat file /opt-tool")
        #expect(rebuilt.outputText == "kept\n" && rebuilt.status != .exited(0))
        #expect(try await containers.all().count == 1)
    }

    @Test("an image that is not there: whoever attaches reads why, and nothing is left behind")
    func noImage() async throws {
        let (team, containers) = try await team("none")
        let alice = try team.client("alice").attach("deploy", columns: 80, rows: 24)
        _ = try await alice.waitFor("there is no image localhost/cmdop-test:none here")
        #expect(try await alice.waitForExit() == .exited(1))
        let run = try await team.client("alice").run("deploy", "true")
        #expect(run.status == .exited(254) && run.errorText.contains("could not be made"))
        #expect(try await containers.all().isEmpty)
    }

    @Test("a container killed from outside ends the session; who attaches next is in a running one")
    func killed() async throws {
        let (team, containers) = try await team()
        let alice = try await team.attach("alice")
        #expect(try await alice.value(of: "$PWD") == "/workspace")
        let name = try #require(try await containers.all().first?.split(separator: " ").first)
        #expect(TestImage.shell("podman kill \(name)") == 0)
        #expect(try await alice.waitForExit() == .exited(137))
        #expect(alice.transcript.text.contains("ended by a stop of its container from outside (attach again"))
        let again = try await team.attach("alice")
        #expect(try await again.value(of: "$? $PWD") == "0 /workspace")
    }

    @Test("kill -9 of the server and of the session's host: the first changes nothing, the second loses the session")
    func survival() async throws {
        let (team, containers) = try await team()
        let alice = try await team.attach("alice")
        alice.type("KEPT=$RANDOM\r")
        let kept = try await alice.value(of: "$KEPT")
        try await team.server.kill()
        _ = try await alice.waitForExit()
        try await team.server.restart()
        let back = try await team.attach("alice")
        #expect(try await back.value(of: "$KEPT") == kept)
        let host = try #require(team.server.hostPIDs()["deploy"])
        kill(host, SIGKILL)
        _ = try await back.waitForExit()
        let anew = try await team.attach("alice")
        #expect(try await anew.value(of: "x$KEPT") == "x")
        #expect(try await containers.all().map { $0.hasSuffix(" Up") } == [true])
    }

    @Test("its limits hold: a memory hog is killed, and the session goes on")
    func limits() async throws {
        let (team, containers) = try await team()
        defer { withExtendedLifetime(containers) {} }
        let alice = try await team.attach("alice")
        alice.type("tail /dev/zero; echo sta''tus=$?\r")
        _ = try await alice.waitFor("status=137")
        #expect(try await team.client("bob").run("deploy", "echo here").outputText == "here\n")
        _ = try await alice.waitFor("a process was ended: the session's memory (64 MiB) is used up")
        let usage = try await team.client("carol").run("cmdop", "get", "deploy").outputText
        #expect(usage.contains(#/usage +[0-9]+ processes of 100, [0-9]+M of 64M, /#), "\(usage)")
    }
}
