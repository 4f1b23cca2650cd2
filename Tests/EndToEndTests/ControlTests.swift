import Control
import Foundation
import JSONText
import TestKit
import Testing

@Suite("Scripts and agents")
struct ControlTests {
    /// A team in which claude is an agent that alice answers for.
    private func team() async throws -> (team: Team, agent: SSHClient) {
        let access = """
            access:
              - {operators: ["*"], sessions: ["*"], role: operator}
              - {operators: [carol], sessions: ["*"], role: lead}
              - {operators: [claude], sessions: ["*"], role: agent}

            """
        let team = try await Team(["alice", "bob", "carol"], access: access)
        let key = try await SSHKeyPair(comment: "claude")
        try team.server.directory.write("owner=\"alice\" \(key.publicLine)\n", to: "keys/agents/claude.pub")
        let agent = team.server.client(key)
        try await eventually("the agent's key") { try await agent.run("cmdop", "whoami").status == .exited(0) }
        return (team, agent)
    }

    @Test("one line in is one line out")
    func oneLine() async throws {
        let team = try await Team()
        let request = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session.list\"}\n"
        let run = try await team.client("alice").run("demo", flags: ["-s"], "cmdop-control", input: Array(request.utf8))
        #expect(
            run.outputText == "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"sessions\":[]}}\n"
                && run.status == .exited(0))
    }

    @Test("requests that come all at once are all answered, and the end of input ends the channel")
    func pipelined() async throws {
        let team = try await Team()
        let control = try ControlClient(try team.client("alice"), "demo")
        _ = try await control.call("session.create")
        var ids: [Int64] = []
        for _ in 0..<500 { ids.append(await control.send("session.get")) }
        for id in ids { #expect(try await control.answer(id)["result"]?["state"] == "live") }
        await control.finishInput()
        #expect(try await control.process.waitForExit() == .exited(0))
    }

    @Test("a command's record has who typed it, in which turn, where, and how it ended")
    func records() async throws {
        let (team, agent) = try await team()
        let alice = try await team.attach("alice")
        let control = try ControlClient(agent, "deploy")
        _ = try await control.call("screen.wait", ["prompt": true])
        alice.type("cd /usr; false\r")
        try await eventually("the command to begin") {
            try await control.call("command.list")["commands"]?.array?.isEmpty == false
        }
        let first = try await control.call("command.wait", ["number": 1])
        #expect(first["exitStatus"] == 1 && first["running"] == false)
        alice.panel("x")
        let run = try await control.call("command.run", ["command": "echo from-claude; sleep 300 &", "within": 20])
        #expect(run["exitStatus"] == 0 && run["known"] == "exact", "\(run.text)")
        #expect(run["output"]?.string?.hasPrefix("from-claude\n") == true)
        let commands = try #require(try await control.call("command.list")["commands"]?.array)
        #expect(commands.map { $0["operators"] } == [["alice"], ["claude"]])
        #expect(commands.map { $0["text"] } == ["cd /usr; false", "echo from-claude; sleep 300 &"])
        #expect(commands.map { $0["directory"] } == ["/tmp", "/usr"])
        let turns = commands.compactMap { $0["turn"]?.integer }
        #expect(turns.count == 2 && turns[0] < turns[1])

        let processes = try #require(try await control.call("process.tree")["processes"]?.array)
        let sleep = try #require(processes.first { $0["argv"] == ["sleep", "300"] })
        #expect(sleep["command"] == 2 && sleep["operators"] == ["claude"] && sleep["turn"] == .integer(turns[1]))
        #expect(!alice.transcript.text.contains("133;"), "a viewer sees no marks")
    }

    @Test("an agent waits for a person, whose key press takes the turn from it at once")
    func turns() async throws {
        let (team, agent) = try await team()
        let alice = try await team.attach("alice")
        let control = try ControlClient(agent, "deploy")
        _ = try await control.call("screen.wait", ["prompt": true])
        let held = try await control.call("turn.acquire", ["lease": 60])
        #expect(held["holder"] == "claude" && held["kind"] == "agent")
        alice.type("x")
        try await alice.untilSteering("alice")
        #expect(try await control.code("turn.acquire", ["within": 0.1]) == "turn-held")
        #expect(try await control.code("turn.renew") == "turn-held")
        #expect(try await control.code("turn.take") == "turn-held")
        #expect(try await control.code("input.send", ["text": "no"]) == "turn-held")
        let waiting = await control.send("turn.acquire", ["within": 30])
        alice.type("\u{3}")
        alice.panel("x")
        #expect(try await control.answer(waiting)["result"]?["holder"] == "claude")
        #expect(try await control.call("turn.release")["holder"] == .null)
    }

    @Test("a program that prints marks forges nothing, and a shell that prints its secret shows none")
    func forging() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let control = try ControlClient(try team.client("alice"), "deploy")
        _ = try await control.call("screen.wait", ["prompt": true])
        let guess = "printf '\\033]133;D;00000000000000000000000000000000;0\\007\\033]133;B;;\\007'; sh -c 'exit 5'"
        let run = try await control.call("command.run", ["command": .string(guess)])
        #expect(run["exitStatus"] == 5 && run["output"] == "", "\(run.text)")
        let shown = try await control.call("command.run", ["command": "echo \"[$__cmdop_k]\"; env | grep -c cmdop_k"])
        #expect(shown["output"] == "[xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx]\n0\n", "\(shown.text)")
        try await alice.waitFor("[xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx]")
    }

    @Test("nothing is typed where what is expected is not true, and the answer says what is")
    func conditions() async throws {
        let (team, agent) = try await team()
        _ = team
        let control = try ControlClient(agent, "deploy")
        _ = try await control.code("session.get")
        let alice = try await team.attach("alice")
        _ = try await control.call("screen.wait", ["prompt": true])
        alice.type("half")
        _ = try await control.call("screen.wait", ["text": "half"])
        alice.panel("x")
        try await eventually("a free turn") { try await control.call("turn.get")["holder"] == .null }
        let line = try await control.ask("input.send", ["text": "x", "lineEmpty": true])
        #expect(line["error"]?["data"]?["unmet"] == ["lineEmpty"], "\(line.text)")
        #expect(try await control.code("command.run", ["command": "true", "within": 0.2]) == "condition-failed")
        alice.type("\u{3}")
        try await eventually("an empty line") {
            try await control.call("session.get")["shell"]?["lineEmpty"] == true
        }
        alice.type("read -s secret\r")
        try await eventually("no echo") { try await control.call("session.get")["echo"] == false }
        alice.panel("x")
        try await eventually("a free turn") { try await control.call("turn.get")["holder"] == .null }
        for condition in [
            ["echo": true], ["atPrompt": true], ["foreground": "vim"], ["turn": 1], ["screenRevision": 1],
        ]
            as [JSONValue]
        {
            var parameters = try #require(condition.object)
            parameters["text"] = "x"
            let answer = try await control.ask("input.send", .object(parameters))
            #expect(answer["error"]?["data"]?["code"] == "condition-failed", "\(answer.text)")
            #expect(answer["error"]?["data"]?["echo"] == false)
        }
        let typed = try await control.call(
            "input.keys", ["keys": ["a", "Enter"], "echo": false, "foreground": "bash"])
        #expect(typed["bytes"] == 2)
        _ = try await control.call("screen.wait", ["prompt": true])
    }

    @Test("events come as they happen, from any number on")
    func events() async throws {
        let team = try await Team()
        let control = try ControlClient(try team.client("alice"), "demo")
        _ = try await control.call("session.create")
        let subscription = try await control.call("events.subscribe", ["since": 1])
        _ = try await control.notification("the start") { $0["params"]?["event"] == "started" }
        let bob = try ControlClient(try team.client("bob"), "demo")
        _ = try await bob.call("message.send", ["text": "hello"])
        let said = try await control.notification("what bob said") { $0["params"]?["event"] == "said" }
        #expect(said["params"]?["operator"] == "bob" && said["params"]?["text"] == "hello")
        let number = try #require(said["params"]?["number"]?.integer)
        let again = try await bob.call("events.read", ["since": .integer(number)])
        #expect(again["events"]?.array?.first?["text"] == "hello" && again["skipped"] == false)
        let next = try #require(again["next"]?.integer)
        let waiting = await bob.send("events.read", ["since": .integer(next), "wait": true, "within": 20])
        _ = try await control.call("message.send", ["text": "more"])
        #expect(try await bob.answer(waiting)["result"]?["events"]?.array?.isEmpty == false)
        #expect(
            try await control.call("events.unsubscribe", ["subscription": subscription["subscription"] ?? 0])["ended"]
                == true)
    }

    @Test("a subscriber that does not read costs nobody else anything, and is told what it missed")
    func slowSubscriber() async throws {
        let team = try await Team()
        let slow = try ControlClient(try team.client("alice"), "demo")
        _ = try await slow.call("session.create")
        _ = try await slow.call("events.subscribe")
        slow.process.kill(SIGSTOP)
        let bob = try ControlClient(try team.client("bob"), "demo")
        let line = String(repeating: "x", count: 900)
        var last: Int64 = 0
        for _ in 0..<6_000 { last = await bob.send("message.send", ["text": .string(line)]) }
        _ = try await bob.answer(last)
        _ = try await bob.call("message.send", ["text": "the last"])
        slow.process.kill(SIGCONT)
        _ = try await slow.notification("the last line") { $0["params"]?["text"] == "the last" }
        let skipped = await slow.notifications.contains { $0["method"] == "events.skipped" }
        #expect(skipped)
    }

    @Test("a client that leaves in the middle of a wait leaves nothing behind")
    func leaving() async throws {
        let team = try await Team()
        let control = try ControlClient(try team.client("alice"), "demo")
        _ = try await control.call("session.create")
        _ = try await control.call("turn.acquire", ["lease": 600])
        _ = await control.send("screen.wait", ["text": "never", "within": 50])
        _ = await control.send("exec.run", ["command": "exec sleep 4711", "timeout": 50])
        let bob = try ControlClient(try team.client("bob"), "demo")
        func runs(_ argument: String) async throws -> Bool {
            let processes = try await bob.call("process.tree")["processes"]?.array ?? []
            return processes.contains { $0["argv"]?.array?.contains(.string(argument)) == true }
        }
        try await eventually("the command") { try await runs("4711") }
        control.process.kill(SIGKILL)
        try await eventually("the end of all that") {
            let session = try await bob.call("session.get")
            let isIdle = session["steers"] == .null && session["attached"] == 0
            let isRunning = try await runs("4711")
            return isIdle && !isRunning
        }
    }

    @Test("exec keeps streams and status apart, is bounded in time and size, and takes input")
    func exec() async throws {
        let team = try await Team()
        let control = try ControlClient(try team.client("alice"), "demo")
        _ = try await control.call("session.create")
        let run = try await control.call(
            "exec.run", ["command": "cat; echo no >&2; head -c 100000 /dev/zero; exit 9", "stdin": "yes", "limit": 10])
        #expect(run["exitStatus"] == 9 && run["stderr"] == "no\n" && run["truncated"] == true, "\(run.text)")
        #expect(run["stdoutBytes"] == 100_003)
        let late = try await control.call("exec.run", ["command": "trap '' HUP; sleep 60", "timeout": 5])
        #expect(late["timedOut"] == true && late["exitStatus"] == 137)
        #expect(try await control.call("exec.run", ["command": "printf '\\377'"])["stdoutBase64"] == "/w==")
    }

    @Test("a command whose caller does not wait for its beginning is left to run")
    func impatient() async throws {
        let team = try await Team()
        let control = try ControlClient(try team.client("alice"), "demo")
        _ = try await control.call("session.create")
        _ = try await control.call("screen.wait", ["prompt": true, "within": 20])
        _ = try await control.call("command.run", ["command": "sleep 0.5; echo wo''rked", "within": 0.001])
        #expect(try await control.call("screen.wait", ["text": "worked", "within": 20])["matched"] == true)
        try await eventually("its end") {
            try await control.call("command.list")["commands"]?.array?.last?["exitStatus"] == 0
        }
    }

    @Test("a frozen session stands still as a whole, and goes on as it was")
    func freezing() async throws {
        let team = try await Team()
        let control = try ControlClient(try team.client("alice"), "demo")
        _ = try await control.call("session.create")
        _ = try await control.call("input.send", ["text": "while sleep 0.02; do echo tick; done\r"])
        _ = try await control.call("screen.wait", ["text": "tick"])
        #expect(try await control.call("session.freeze")["frozen"] == true)
        let before = try await control.call("output.read")["newest"]?.integer
        let rest = try await control.call("screen.wait", ["idle": 0.3, "within": 20])
        #expect(rest["matched"] == true)
        let states = try #require(try await control.call("process.tree")["processes"]?.array)
        #expect(states.allSatisfy { $0["state"] == "stopped" || $0["state"] == "ended" }, "\(states)")
        #expect(try await control.call("session.thaw")["frozen"] == false)
        // The first that comes may be the end of a line that was begun before.
        try await eventually("ticks") {
            let more = try await control.call(
                "output.read", ["since": .integer(before ?? 0), "wait": true, "within": 20])
            return more["text"]?.string?.contains("tick") == true
        }
        // A child that bash has just begun still has bash's handlers, and one that comes then is lost.
        try await eventually("a prompt") {
            #expect(try await control.call("session.signal", ["signal": "INT"])["signal"] == "INT")
            return try await control.call("screen.wait", ["prompt": true, "within": 0.3])["matched"] == true
        }
    }

    @Test("ports are found with who listens")
    func ports() async throws {
        let team = try await Team()
        let control = try ControlClient(try team.client("alice"), "demo")
        _ = try await control.call("session.create")
        let script =
            "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"
        _ = try await control.call("input.send", ["text": .string("python3 -c \"\(script)\"\r")])
        var port: JSONValue?
        try await eventually("a port") {
            let ports = try await control.call("port.list")["ports"]?.array ?? []
            port = ports.first { $0["program"]?.string?.hasPrefix("python3") == true }
            return port != nil
        }
        #expect(port?["address"] == "127.0.0.1")
        let number = try #require(port?["port"]?.integer)
        let shown = try await control.call("screen.wait", ["text": .string("\(number)")])
        #expect(shown["matched"] == true)
    }

    @Test("a lead removes an attachment, whose client is told; others may not")
    func removing() async throws {
        let (team, _) = try await team()
        let alice = try await team.attach("alice")
        let bob = try ControlClient(try team.client("bob"), "deploy")
        let carol = try ControlClient(try team.client("carol"), "deploy")
        let present = try await bob.call("attachment.list")["attachments"]?.array ?? []
        let number = try #require(present.first { $0["operator"] == "alice" }?["attachment"])
        #expect(try await bob.code("attachment.remove", ["attachment": number]) == "not-allowed")
        #expect(try await carol.call("attachment.remove", ["attachment": number])["attachment"] == number)
        #expect(try await alice.waitForExit() == .exited(254))
        #expect(alice.transcript.text.contains("carol removed you from deploy"))
        #expect(try await carol.code("attachment.remove", ["attachment": number]) == "no-such-attachment")
        let observer = try ControlClient(try team.client("carol"), "deploy+observe")
        #expect(try await observer.code("input.send", ["text": "x"]) == "not-allowed")
        #expect(try await observer.call("screen.get")["columns"] == 80)
    }
}
