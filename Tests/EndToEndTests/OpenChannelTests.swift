import Foundation
import JSONText
import TestKit
import Testing

/// What operators have open is listed, and ends with their right to it, whatever it is.
@Suite("What an operator has open")
struct OpenChannelTests {
    @Test("is closed when the role becomes observer, but for what observers may do")
    func lowered() async throws {
        let bob = try await BobsChannels()
        let running = await bob.control.send("exec.run", ["command": "sleep 1000", "timeout": 50])
        try await eventually("the script's command") {
            try await bob.list().contains { $0["detail"] == "sleep 1000" }
        }
        try bob.changeRule(to: "{operators: [bob], sessions: [\"*\"], role: observer}")
        let sentences = try await bob.untilClosedBeside()
        for name in ["shell", "exec", "terminalExec"] {
            let words = "cmdop: your role in deploy is observer, which may not run commands beside the terminal"
            #expect(sentences[name]?.contains(words) == true, "\(name): \(sentences[name] ?? "")")
        }
        #expect(sentences["sftp"] == "cmdop: your role in deploy is observer, which may not move files\n")
        let answer = try await bob.control.answer(running)
        #expect(answer["error"]?["data"]?["code"] == "not-allowed", "\(answer.text)")
        #expect(bob.server.log.contains("your role in deploy is observer, which forwards no ports"))
        // Watching goes on, on the terminal and for scripts.
        #expect(try await bob.alice.value(of: "seen") == "seen")
        try await bob.terminal.waitFor("=seen]")
        bob.terminal.type("echo bob\r")
        try await bob.terminal.untilShown("[cmdop] you only watch this session")
        #expect(try await bob.control.call("screen.get")["columns"] == 80)
        #expect(try await bob.control.code("exec.run", ["command": "true"]) == "not-allowed")
        _ = try await bob.mcp.call("ping")
        let closed = try await bob.closings("revoked", by: .null)
        #expect(closed == ["exec", "exec", "exec", "forward", "listener", "sftp", "shell"])
        #expect(Set(try await bob.list().compactMap { $0["what"]?.string }) == ["terminal", "control"])
        let changes = try await bob.control.notification("the new role") { $0["params"]?["event"] == "roleChanged" }
        #expect(changes["params"]?["role"] == "observer")
    }

    @Test("is closed when no rule lets the operator into the session any more")
    func unruled() async throws {
        let bob = try await BobsChannels()
        try bob.changeRule(to: nil)
        let sentences = try await bob.untilClosedBeside()
        for (name, sentence) in sentences {
            #expect(sentence.contains("cmdop: your access to deploy was revoked"), "\(name): \(sentence)")
        }
        try await checkAllClosed(bob)
        #expect(bob.terminal.transcript.text.contains("[cmdop] your access to deploy was revoked"))
    }

    @Test("is closed when the key is gone")
    func withoutKey() async throws {
        let bob = try await BobsChannels()
        try bob.server.removeOperator("bob")
        let sentences = try await bob.untilClosedBeside()
        for (name, sentence) in sentences {
            #expect(sentence.contains("cmdop: your access was revoked"), "\(name): \(sentence)")
        }
        try await checkAllClosed(bob)
        #expect(bob.terminal.transcript.text.contains("[cmdop] your access was revoked"))
    }

    /// The terminal and the control channels, too; alice goes on.
    private func checkAllClosed(_ bob: BobsChannels) async throws {
        #expect(try await bob.terminal.waitForExit() == .exited(254))
        for channel in [bob.control, bob.mcp] { #expect(try await channel.process.waitForExit() == .exited(254)) }
        try await eventually("an empty list") { try await bob.list().isEmpty }
        try await eventually("the events") {
            try await bob.closings("revoked", by: .null) == (BobsChannels.kinds + ["terminal"]).sorted()
        }
        #expect(try await bob.alice.value(of: "on") == "on")
    }

    @Test("is listed with what it is, and a lead removes each by its number")
    func listedAndRemoved() async throws {
        let bob = try await BobsChannels()
        let list = try await bob.list()
        #expect(list.compactMap { $0["what"]?.string }.sorted() == (BobsChannels.kinds + ["terminal"]).sorted())
        let key = try #require(bob.fixture.team.keys["bob"]?.fingerprint)
        for one in list {
            #expect(one["key"]?.string == key && one["transport"]?.string?.contains("ssh ") == true)
        }
        #expect(list.contains { $0["what"] == "exec" && $0["detail"]?.string?.hasPrefix("trap ''") == true })
        let listener = list.first { $0["what"] == "listener" }
        #expect(listener?["detail"]?.string?.hasSuffix(":\(bob.listeningPort)") == true)
        let numbers = list.compactMap { $0["attachment"]?.integer }
        #expect(Set(numbers).count == list.count)
        let (alice, carol) = (try bob.fixture.team.client("alice"), try bob.fixture.team.client("carol"))
        for number in numbers {
            let refused = try await alice.run("cmdop", "kick deploy \(number)")
            #expect(refused.status != .exited(0) && refused.errorText.contains("operator"), "\(refused.errorText)")
            let kick = try await carol.run("cmdop", "kick deploy \(number)")
            #expect(kick.status == .exited(0), "\(kick.errorText)")
        }
        for (name, sentence) in try await bob.untilClosedBeside() {
            #expect(sentence.contains("cmdop: carol removed you from deploy; it goes on"), "\(name): \(sentence)")
        }
        #expect(try await bob.terminal.waitForExit() == .exited(254))
        for channel in [bob.control, bob.mcp] { #expect(try await channel.process.waitForExit() == .exited(254)) }
        #expect(try await bob.closings("removed", by: "carol") == BobsChannels.kinds)
        #expect(try await bob.list().isEmpty)
        let again = try await carol.run("cmdop", "kick deploy \(numbers[0])")
        let words = "nothing of the number \(numbers[0]) is open in 'deploy'"
        #expect(again.errorText.contains(words), "\(again.errorText)")
        #expect(try await bob.alice.value(of: "on") == "on")
    }

    @Test("goes on where a key's line takes away something else")
    func options() async throws {
        let bob = try await BobsChannels()
        let key = try #require(bob.fixture.team.keys["bob"])
        try bob.server.addOperator("bob", key, options: "no-port-forwarding")
        _ = try await bob.forward.waitForEnd()
        try await eventually("the end of the listening") { ForwardFixture.listening(on: bob.listeningPort).isEmpty }
        #expect(try await bob.closings("revoked", by: .null) == ["forward", "listener"])
        try bob.server.addOperator("bob", key, options: "no-port-forwarding,no-pty")
        #expect(try await bob.terminal.waitForExit() == .exited(254))
        #expect(try await bob.terminalExec.waitForExit() == .exited(254))
        #expect(bob.terminalExec.transcript.text.contains("your key has no terminal: its line says no-pty or restrict"))
        bob.shell.write(Array("echo still-$((6 * 7))\n".utf8))
        try await eventually("the shell") { bob.shell.outputTranscript.text.contains("still-42") }
        try bob.server.addOperator("bob", key, options: "sessions=\"other\"")
        #expect(try await bob.shell.waitForEnd().errorText.contains("your access to deploy was revoked"))
        #expect(try await bob.exec.waitForEnd().status == .exited(254))
    }

    @Test("to other machines is closed when a session's ports are for this machine only again")
    func publicListener() async throws {
        let fixture = try await ForwardFixture(rules: ", forwards: any")
        let ssh = try await fixture.forward(["-R", "0.0.0.0:0:127.0.0.1:9", "-R", "localhost:0:127.0.0.1:9"])
        var ports: [UInt16] = []
        try await eventually("two ports", seen: { ssh.errorTranscript.text }) {
            ports = ssh.errorTranscript.text.matches(of: #/Allocated port ([0-9]+)/#).compactMap { UInt16($0.1) }
            return ports.count == 2
        }
        let file = "config/cmdop.yaml"
        let text = try #require(fixture.team.server.directory.read(file))
        try fixture.team.server.directory.write(text.replacing(", forwards: any", with: ""), to: file)
        try await eventually("the end of the first", seen: { fixture.team.server.log }) {
            ForwardFixture.listening(on: ports[0]).isEmpty
        }
        #expect(!ForwardFixture.listening(on: ports[1]).isEmpty)
        _ = ssh
    }

    @Test(
        "in a container ends there, also where it takes no notice of being hung up",
        .enabled(if: TestImage.isThere, TestImage.reason))
    func inContainer() async throws {
        let fixture = try await ForwardFixture(
            ["alice", "bob", "carol"], access: BobsChannels.roles, rules: ", environment: box",
            environments: "  box: {kind: container, image: \"\(TestImage.name)\", memory: 64M, pids: 100}")
        let containers = TestContainers(of: fixture.team.server)
        let (alice, bob) = (try fixture.team.client("alice"), try fixture.team.client("bob"))
        let command = "trap '' HUP TERM; echo exec-$$-; while :; do sleep 1000; done"
        var commands: [RunningCommand] = []
        var processes: [Substring] = []
        for count in 1...2 {
            commands.append(try bob.start("deploy", command))
            try await eventually("the command", seen: { commands.map(\.errorTranscript.text).joined() }) {
                processes = commands.compactMap { $0.outputTranscript.text.firstMatch(of: #/exec-([0-9]+)-/#)?.1 }
                return processes.count == count
            }
        }
        let list = try await alice.run("cmdop", "who deploy --json")
        let number = try #require(list.outputText.firstMatch(of: #/"attachment":([0-9]+)/#)?.1)
        let kick = try await fixture.team.client("carol").run("cmdop", "kick deploy \(number)")
        #expect(kick.status == .exited(0), "\(kick.errorText)")
        let first = try await commands[0].waitForEnd()
        #expect(first.errorText.contains("carol removed you from deploy"), "\(list.outputText)")
        try fixture.team.server.removeOperator("bob")
        #expect(try await commands[1].waitForEnd().status == .exited(254))
        for process in processes {
            try await eventually("the end of process \(process)") {
                try await alice.run("deploy", "kill -0 \(process)").status != .exited(0)
            }
        }
        withExtendedLifetime(containers) {}
    }
}
