import Control
import Foundation
import JSONText
import SessionModel
import TestKit
import Testing
import Wire

/// What `command.run` answers is of what was sent with it, or an error.
@Suite("The answer of a command", .timeLimit(.minutes(10)))
struct OwnAnswerTests {
    private static let environments = """
          bash: {kind: process, shell: ["/bin/bash", "--noprofile", "--norc"], directory: "/tmp"}
          zsh: {kind: process, shell: ["/usr/bin/zsh"], directory: "/tmp"}
          fish: {kind: process, shell: ["/usr/bin/fish"], directory: "/tmp"}
        """

    private func team(agents: [String] = [], releaseAfter: String = "60s") async throws -> Team {
        try await Team(
            ["alice", "bob"], agents: agents, releaseAfter: releaseAfter, environments: Self.environments)
    }

    private func begin(_ shell: String, _ team: Team, as name: String = "bob") async throws -> ControlClient {
        let starter = try ControlClient(team.client("bob"), "deploy")
        _ = try await starter.call("session.create", ["environment": .string(shell)])
        return name == "bob" ? starter : try ControlClient(team.client(name), "deploy")
    }

    private func commandsEnded(_ team: Team) throws -> [UInt8?] {
        try SessionRecord(on: team.server).entries.compactMap {
            if case .commandEnded(_, let end) = $0.record { end.status } else { nil }
        }
    }

    @Test(
        "is its own, whatever a person types ahead and however late the server hears of it",
        arguments: ["bash", "zsh", "fish"])
    func own(shell: String) async throws {
        let team = try await team(agents: ["claude"])
        let claude = try await begin(shell, team, as: "claude")
        let bob = try await team.attach("bob")
        let place = try TemporaryDirectory()
        let wait = "sh -c 'until [ -e \(place.path)/go ]; do sleep 0.05; done; echo mi''ne; exit 3'"
        let run = await claude.send("command.run", ["command": .string(wait), "within": 50])
        try await bob.untilSteering("claude")
        try await eventually("the command") {
            try SessionRecord(on: team.server).entries.contains {
                if case .commandBegan = $0.record { true } else { false }
            }
        }
        bob.type("echo bo''bs; sh -c 'exit 5'\r")
        try await eventually("what bob typed in the session") {
            try SessionRecord(on: team.server).typed(by: "bob").last == 0x0D
        }
        let server = try #require(team.server.process)
        server.kill(SIGSTOP)
        try place.write("", to: "go")
        try await eventually("both ends") { try commandsEnded(team) == [3, 5] }
        server.kill(SIGCONT)
        let result = try await claude.answer(run)["result"] ?? .null
        let lines = result["output"]?.string?.split(separator: "\n").map(String.init) ?? []
        // What is typed ahead is echoed into what the command prints.
        #expect(lines.filter { !$0.contains("bo''bs") } == ["mine"], "\(result.text)")
        #expect(result["exitStatus"] == 3 && result["command"] == 1 && result["commands"] == 1, "\(result.text)")
    }

    @Test("is an error where the shell would take a part from its history, for everybody", arguments: ["bash", "zsh"])
    func history(shell: String) async throws {
        let team = try await team(agents: ["claude"])
        let bob = try await begin(shell, team)
        let claude = try ControlClient(team.client("claude"), "deploy")
        _ = try await bob.call("command.run", ["command": "echo from-history"])
        for command in ["echo \"a!b\"", "echo \"price!echo\"", "!!", "!echo", "^from^to", "true\n!!"] {
            for who in [bob, claude] {
                let code = try await who.code("command.run", ["command": .string(command)])
                #expect(code == "can-not-type", "\(command)")
            }
        }
        let verb = try await team.client("bob").run("cmdop", "run deploy echo wow!x")
        #expect(verb.status == .exited(1) && verb.errorText.contains("history"), "\(verb.errorText)")
        #expect(try await bob.call("command.list")["commands"]?.array?.count == 1, "nothing of it was typed")
        #expect(try await bob.call("command.run", ["command": "echo 'a!b'"])["output"] == "a!b\n")
        let off = shell == "bash" ? "set +H" : "setopt no_bang_hist"
        _ = try await bob.call("command.run", ["command": .string(off)])
        #expect(try await claude.call("command.run", ["command": "echo \"a!b\" c!d"])["output"] == "a!b c!d\n")
    }

    @Test("is an error where the shell runs nothing, by every interface")
    func nothing() async throws {
        let team = try await team(agents: ["claude"])
        let bob = try await begin("bash", team)
        for command in ["echo )", "# only a comment"] {
            let error = try await bob.ask("command.run", ["command": .string(command)])["error"]?["data"] ?? .null
            #expect(error["code"] == "nothing-ran" && error["over"] == true, "\(error.text)")
        }
        let error = try await bob.ask("command.run", ["command": "echo )"])["error"]?["data"]
        #expect(error?["printed"]?.string?.contains("syntax error") == true)
        let verb = try await team.client("bob").run("cmdop", "run deploy echo )")
        #expect(verb.status == .exited(1) && verb.outputText.isEmpty && verb.errorText.contains("ran nothing"))
        let mcp = try ControlClient(team.client("claude"), "deploy", subsystem: "cmdop-mcp")
        _ = try await mcp.call("initialize", AgentTests.initialize)
        let answer = try await mcp.call(
            "tools/call", ["name": "command_run", "arguments": ["command": "# nothing", "session": "deploy"]])
        #expect(answer["isError"] == true && answer.text.contains("nothing-ran"), "\(answer.text)")
        #expect(try await bob.call("command.run", ["command": "echo after"])["output"] == "after\n")
    }

    @Test("comes in the caller's turn to the end, also where that was taken by typing")
    func turn() async throws {
        let team = try await team(agents: ["claude"], releaseAfter: "300ms")
        let claude = try await begin("bash", team, as: "claude")
        _ = try await claude.call("screen.wait", ["prompt": true, "within": 50])
        _ = try await claude.call("input.keys", ["keys": ["C-u"]])
        let result = try await claude.ask("command.run", ["command": "sleep 2; echo done"])["result"]
        #expect(result?["output"] == "done\n")
        let entries = try SessionRecord(on: team.server).entries
        let end = try #require(entries.firstIndex { if case .commandEnded = $0.record { true } else { false } })
        let begin = try #require(entries.firstIndex { if case .commandBegan = $0.record { true } else { false } })
        let turnEnds = entries.indices.filter { if case .turnEnded = entries[$0].record { true } else { false } }
        #expect(!turnEnds.contains { $0 > begin && $0 < end })
        try await eventually("the end of an idle turn") { try await claude.call("turn.get")["holder"] == .null }
    }

    @Test("has output and status of a command that ends the shell, and so has the record", arguments: ["bash", "zsh"])
    func ending(shell: String) async throws {
        let team = try await team()
        var bob = try await begin(shell, team)
        let client = try team.client("bob")
        let commands = [
            ("echo important; exit 42", 42), ("set -e; echo important; false", 1), ("echo important; exec true", 0),
        ]
        for (index, (command, status)) in commands.enumerated() {
            if index > 0 { bob = try await begin(shell, team) }
            let result = try await bob.ask("command.run", ["command": .string(command)])["result"] ?? .null
            #expect(result["exitStatus"] == .integer(Int64(status)) && result["running"] == false, "\(result.text)")
            #expect(result["output"]?.string?.hasPrefix("important\n") == true, "\(result.text)")
            try await eventually("its end") { try await client.run("cmdop", "ls").outputText.contains("ended") }
            let listed = try await client.run("cmdop", "commands deploy").outputText
            #expect(listed.contains("important") && listed.contains(" \(status) "), "\(listed)")
            let log = try await client.run("cmdop", "log deploy").outputText
            #expect(log.contains("commandBegan") && log.contains(" ended exitStatus=\(status)"), "\(log)")
        }
        bob = try await begin(shell, team)
        #expect(try await bob.call("command.list")["commands"] == [])
        for number in 1...3 {
            let old = try await client.run("cmdop", "commands --incarnation \(number) deploy").outputText
            #expect(old.contains("important"), "\(old)")
        }
        let first = try await client.run("cmdop", "log --since 1 --limit 3 deploy").outputText
        #expect(first.hasPrefix("1 ") && first.contains("incarnation=1"), "\(first)")
        let verb = try await client.run("cmdop", "run deploy echo important; exit 9")
        #expect(verb.status == .exited(9) && verb.outputText.hasPrefix("important\n"), "\(verb.errorText)")
        #expect(try await client.run("cmdop", "commands --incarnation 9 deploy").status == .exited(1))
    }

    @Test("is an error where several lines would not be taken as one")
    func lines() async throws {
        let team = try await team()
        let bob = try await begin("bash", team)
        _ = try await bob.call("command.run", ["command": "bind 'set enable-bracketed-paste off'"])
        let code = try await bob.code("command.run", ["command": "echo one\necho two", "within": 1])
        #expect(code == "can-not-type")
        #expect(try await bob.call("command.run", ["command": "echo three"])["output"] == "three\n")
    }

    @Test("a program that has the terminal is named, also where its group's first has ended")
    func foreground() async throws {
        let team = try await team()
        let bob = try await begin("bash", team)
        let alice = try await team.attach("alice")
        alice.type("seq 1 500 | less\r")
        try await eventually("its name") { try await bob.call("session.get")["foreground"] == "less" }
        for command in ["", "yes | less", "yes | cat | less"] {
            if !command.isEmpty { alice.type("\(command)\r") }
            alice.panel("x")
            let keys: JSONValue = ["keys": ["q"], "foreground": "less"]
            try await eventually("the pager") { try await bob.code("input.keys", keys) == "no error" }
            _ = try await bob.call("screen.wait", ["prompt": true, "within": 50])
            _ = try await bob.call("turn.release")
        }
    }
}
