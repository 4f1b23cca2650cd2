import Foundation
import TestKit
import Testing

@Suite("The local socket and the program cmdop")
struct LocalSocketTests {
    @Test("verbs say what they say over ssh, on the same streams, with the same status")
    func verbs() async throws {
        let local = try await LocalTeam()
        let client = try local.team.client("alice")
        for line in [
            "ls", "ls --json", "--json", "help", "help run", "dance", "--json dance", "end", "ls --jason",
            "end nothing", "get deploy",
        ] {
            let (near, far) = (try await local.run(line), try await client.run("cmdop", "--", line))
            #expect(near.status == far.status, "\(line)")
            #expect(near.outputText == far.outputText && near.errorText == far.errorText, "\(line)")
        }
        #expect(try await local.run("new", "deploy").status == .exited(0))
        #expect(try await local.run("exec", "deploy", "echo out; echo err >&2; exit 7").status == .exited(7))
        let who = try await client.run("cmdop", "get deploy --json")
        #expect(who.outputText.contains("\"createdBy\":\"alice\""), "\(who.outputText)")
        let whoami = try await local.run("whoami", "--json")
        #expect(whoami.outputText.contains("\"operator\":\"alice\",\"kind\":\"person\",\"key\":\"local:"))
        let server = try #require(local.team.server.process)
        server.kill(SIGKILL)
        _ = try await server.waitForExit()
        let alone = try await local.run("ls")
        #expect(alone.status == .exited(255) && alone.output.isEmpty)
        #expect(alone.errorText.hasPrefix("cmdop: nobody listens at "), "\(alone.errorText)")
    }

    @Test("an attached terminal types, sees what the others type, follows its window, and detaches as it was")
    func attach() async throws {
        let local = try await LocalTeam()
        let near = try await local.attach()
        #expect(try await near.value(of: "$((40 + 2))") == "42")
        try await near.untilSteering("alice")
        let far = try await local.team.attach("bob")
        #expect(far.transcript.text.contains("alice steers"))
        near.type("echo seen-$((1 + 1))\r")
        try await far.waitFor("seen-2")
        near.resize(columns: 100, rows: 30)
        var size = ""
        try await eventually("the new size", seen: { size }) {
            size = try await near.value(of: "$(stty size)")
            return size == "30 100"
        }
        let who = try await local.run("who")
        #expect(who.outputText.contains("local "), "\(who.outputText)")
        near.panel("d")
        #expect(try await local.status(of: near) == "0")
        #expect(near.transcript.text.contains("[cmdop] detached from deploy; it goes on"))
    }

    @Test("the exit status is the session's, 254 for what is refused, 255 for a server that goes")
    func statuses() async throws {
        let local = try await LocalTeam()
        let ended = try await local.attach()
        ended.type("exit 7\r")
        #expect(try await local.status(of: ended) == "7")
        let refused = try local.start("NO NAME")
        #expect(try await local.status(of: refused) == "254")
        #expect(refused.transcript.text.contains("cmdop: no such session for you"))
        let watching = try await local.attach("deploy+observe")
        _ = try await local.team.server.kill()
        #expect(try await local.status(of: watching) == "255")
        #expect(watching.transcript.text.contains("the server went away; sessions go on"))
        try await local.team.server.restart()
        let ending = try await local.attach()
        let pid = try #require(local.team.server.directory.read("pid").flatMap { pid_t($0.dropLast()) })
        kill(pid, SIGTERM)
        #expect(try await local.status(of: ending) == "255")
    }

    @Test("without a name, a terminal shows the lobby, and a pipe the list")
    func lobby() async throws {
        let local = try await LocalTeam()
        _ = try await local.run("new", "deploy")
        let lobby = try PseudoTerminal(try local.arguments([]))
        try await lobby.untilShown("deploy")
        lobby.type("\r")
        try await lobby.waitFor("[cmdop] session deploy on ")
        lobby.panel("d")
        #expect(try await lobby.waitForExit() == .exited(0))
        #expect(try await local.run().outputText.contains("deploy   live"))
    }

    @Test("control speaks JSON-RPC on standard input and output")
    func control() async throws {
        let local = try await LocalTeam()
        _ = try await local.run("new", "deploy")
        let requests = """
            {"jsonrpc":"2.0","id":1,"method":"turn.get"}
            {"jsonrpc":"2.0","id":2,"method":"whoami"}
            no JSON

            """
        let run = try await local.run("control", "deploy", input: Array(requests.utf8))
        #expect(run.status == .exited(0) && run.errors.isEmpty, "\(run.errorText)")
        let lines = run.outputText.split(separator: "\n")
        #expect(lines.count == 3 && lines.contains { $0.contains("\"id\":2") && $0.contains("local:") })
        let tools = #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"# + "\n"
        let mcp = try await local.run("mcp", "deploy", input: Array(tools.utf8))
        #expect(mcp.status == .exited(0) && mcp.outputText.contains("\"inputSchema\""), "\(mcp.outputText)")
        let refused = try await local.run("control", "NO", input: [])
        #expect(refused.status == .exited(254) && refused.output.isEmpty)
        let file = try local.team.server.directory.write(requests, to: "requests")
        let command = try local.arguments(["control", "deploy"]).joined(separator: " ")
        let piped = try await CommandRun(["sh", "-c", "\(command) <\(file)"])
        #expect(piped.status == .exited(0) && piped.outputText.split(separator: "\n").count == 3)
    }

    @Test("what runs inside a session is refused, also when its parents are gone")
    func inside() async throws {
        let local = try await LocalTeam()
        let alice = try await local.team.attach("alice")
        let program = try local.arguments(["ls"]).joined(separator: " ")
        alice.type("clear; \(program); echo \"status-$?\"\r")
        try await alice.waitFor("what runs inside a session may not use the local socket")
        try await alice.waitFor("status-254")
        let file = local.team.server.directory.url.appendingPathComponent("orphan").path
        alice.type("clear; (setsid sh -c '\(program) >\(file) 2>&1; echo st-$? >>\(file)' &)\r")
        try await eventually("the orphan's end") {
            local.team.server.directory.read("orphan")?.contains("st-254") == true
        }
    }

    @Test("no file that a process inside a session may write makes it one from outside")
    func insideWithOtherFiles() async throws {
        let local = try await LocalTeam()
        let alice = try await local.team.attach("alice")
        let program = try local.arguments(["whoami"]).joined(separator: " ")
        let sessions = local.team.server.directory.path + "/.state/sessions"
        for change in ["echo 1 >$f/pid", "rm -f $f/pid", "echo >$f/lock", "mv $f $f.away", "mv $f.away $f"] {
            let start = alice.transcript.count
            alice.type("clear; for f in \(sessions)/deploy; do \(change); done; \(program); echo \"status-$?\"\r")
            try await alice.waitFor("what runs inside a session may not use the local socket", from: start)
            try await alice.waitFor("status-254", from: start)
        }
        // Nor where it says that it has another name, and no parents, nor an environment.
        let file = local.team.server.directory.path + "/hidden"
        let hidden = "setsid env -i bash -c 'exec -a cmdopd \(program)' >\(file) 2>&1; echo st-$? >>\(file)"
        alice.type("clear; (\(hidden) &)\r")
        try await eventually("its end") { local.team.server.directory.read("hidden")?.contains("st-254") == true }
        #expect(try await local.run("whoami").status == .exited(0))
    }

    @Test("what is left of a session whose host was killed is refused, where sessions have control groups")
    func insideWithoutHost() async throws {
        let local = try await LocalTeam()
        let alice = try await local.team.attach("alice")
        let groups = try await alice.value(of: "$(cat /proc/self/cgroup)")
        guard groups.contains("/cmdop/deploy-") else { return }
        let host = try #require(local.team.server.hostPIDs()["deploy"])
        let file = local.team.server.directory.path + "/orphan"
        let program = try local.arguments(["whoami"]).joined(separator: " ")
        let wait = "while kill -0 \(host) 2>/dev/null; do read -t 0.05 <><(:); done"
        alice.type("clear; (setsid bash -c 'trap \"\" HUP; \(wait); \(program)' >\(file) 2>&1 &); kill -9 \(host)\r")
        try await eventually("the orphan's answer", seen: { local.team.server.directory.read("orphan") ?? "" }) {
            local.team.server.directory.read("orphan")?.contains("may not use the local socket") == true
        }
    }

    @Test("a user who is mapped no longer is cut off, and told why on the next try")
    func unmapped() async throws {
        let local = try await LocalTeam()
        let near = try await local.attach()
        let control = try RunningCommand(try local.arguments(["control", "deploy"]))
        control.write(Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"whoami\"}\n".utf8))
        try await eventually("an answer") { control.outputTranscript.text.contains("alice") }
        try local.unmap()
        #expect(try await local.status(of: near) == "254")
        #expect(near.transcript.text.contains("your access was revoked"))
        #expect(try await control.waitForEnd().status == .exited(255))
        let run = try await local.run("ls")
        #expect(run.status == .exited(254) && run.output.isEmpty)
        #expect(run.errorText.contains("is no operator here"), "\(run.errorText)")
    }

    @Test("what a local operator may do, the access rules say")
    func rules() async throws {
        let local = try await LocalTeam(["alice", "carol"], as: "bob")
        _ = try await local.run("new", "deploy")
        let end = try await local.run("end", "deploy")
        #expect(end.status == .exited(1) && end.errorText.contains("your role in 'deploy' is operator"))
        let stranger = try await LocalTeam(as: "eve", more: "")
        #expect(try await stranger.run("whoami").outputText.hasPrefix("eve, a person, by key local:"))
    }

    @Test("another user comes only by a socket made for that, and as the operator that they are")
    func otherUser() async throws {
        guard geteuid() == 0 else { return }
        let local = try await LocalTeam(more: "local-socket: ../shared/socket\n")
        let root = local.team.server.directory
        try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: root.path)
        func whoami(at socket: String) async throws -> String {
            let script = """
                import socket, sys
                s = socket.socket(socket.AF_UNIX)
                s.connect(sys.argv[1])
                s.sendall(b'{"cmdop":1,"face":"verb","line":"whoami"}\\n')
                print(s.makefile().read())
                """
            let run = try await CommandRun(
                [
                    "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", "PATH=/usr/bin:/bin",
                    "python3",
                    "-c", script, socket,
                ])
            return run.outputText + run.errorText
        }
        #expect(try await whoami(at: local.socket).contains("PermissionError"))
        let shared = root.url.appendingPathComponent("shared/socket").path
        #expect(try await whoami(at: shared).contains("is no operator here"))
    }
}
