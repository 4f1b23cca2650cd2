import Foundation
import Journal
import Platform
import SessionModel
import TestKit
import Testing
import Wire

/// Ports of a session's own network, over stock clients.
@Suite("Forwards")
struct ForwardTests {
    @Test("twenty megabytes pass both ways unchanged, and each end of them is told by itself")
    func bothWays() async throws {
        let fixture = try await ForwardFixture()
        let (server, ports) = try await fixture.serve("gather")
        let bytes = BesideTests.anyBytes(20_000_000)
        let run = try await fixture.reach("localhost:\(ports[0])", input: bytes)
        #expect(run.output == bytes, "\(run.output.count) bytes came back; \(run.errorText)")
        #expect(run.status == .exited(0))
        try await eventually("the record", seen: { fixture.team.server.log }) {
            try Self.forwards(of: fixture.team.server).count == 1
        }
        let forward = try #require(try Self.forwards(of: fixture.team.server).first)
        #expect(forward.who.name == "alice" && forward.direction == .inwards && forward.host == "localhost")
        #expect(forward.count == ForwardCount(connections: 1, bytesIn: 20_000_000, bytesOut: 20_000_000))
        #expect(server.process.exitStatus == nil)
    }

    @Test("ten local forwards of one client reach ten servers, and are listed with who has them")
    func tenLocalForwards() async throws {
        let fixture = try await ForwardFixture()
        let (server, ports) = try await fixture.serve("name", 10)
        let places = try ports.map { try fixture.team.server.directory.path("local-\($0)") }
        let ssh = try await fixture.forward(zip(places, ports).flatMap { ["-L", "\($0):127.0.0.1:\($1)"] })
        let run = try await CommandRun(Self.tool("talk", places))
        #expect(run.outputText == (0..<10).map { "server \($0)\n" }.joined(), "\(run.errorText)")
        _ = (server, ssh)
    }

    @Test("a connection that is open stands in the list of ports, beside what listens")
    func listed() async throws {
        let fixture = try await ForwardFixture()
        let (server, ports) = try await fixture.serve("echo")
        let ssh = try RunningCommand(fixture.arguments("alice", ["-W", "127.0.0.1:\(ports[0])"]))
        ssh.write(Array("ping".utf8))
        try await eventually("the echo", seen: { ssh.errorTranscript.text }) { ssh.outputTranscript.text == "ping" }
        let list = try await fixture.team.client("alice").run("cmdop", "ports deploy")
        #expect(list.outputText.contains(try Regex("\(ports[0]) +127.0.0.1 +[0-9]+ +python3")), "\(list.outputText)")
        #expect(list.outputText.contains(try Regex("in +127.0.0.1 +\(ports[0]) +alice +ssh ")), "\(list.outputText)")
        ssh.finishInput()
        #expect(try await ssh.waitForEnd().status == .exited(0))
        _ = server
    }

    @Test(
        "who listens at the far end sees the session's user", .enabled(if: getuid() == 0, "needs another user"))
    func user() async throws {
        let fixture = try await ForwardFixture(
            rules: ", environment: theirs",
            environments: "  theirs: {kind: process, shell: [\"/bin/bash\"], user: nobody}")
        let (server, ports) = try await ForwardFixture.serveOutside("echo")
        let ssh = try RunningCommand(fixture.arguments("alice", ["-W", "127.0.0.1:\(ports[0])"]))
        ssh.write(Array("ping".utf8))
        try await eventually("the echo", seen: { ssh.errorTranscript.text }) { ssh.outputTranscript.text == "ping" }
        // The kernel's table has whose each socket is, in its eighth column (proc(5)).
        let port = String(UInt16(ports[0]), radix: 16, uppercase: true)
        let far = "0100007F:" + String(repeating: "0", count: 4 - port.count) + port
        let table = String(decoding: try #require(SmallFile.read("/proc/net/tcp")), as: UTF8.self)
        let users = table.split(separator: "\n").map { $0.split(separator: " ") }.filter { $0[2] == far[...] }.map {
            $0[7]
        }
        let nobody = try #require(getpwnam("nobody")).pointee.pw_uid
        #expect(users == ["\(nobody)"], "\(users)")
        withExtendedLifetime((server, ssh)) {}
    }

    @Test("a SOCKS proxy of ssh -D reaches what the session reaches")
    func dynamic() async throws {
        let fixture = try await ForwardFixture()
        let (server, ports) = try await fixture.serve("name", 2)
        let proxy = try await ForwardFixture.freePort()
        let ssh = try await fixture.forward(["-D", "127.0.0.1:\(proxy)"])
        for (number, port) in ports.enumerated() {
            let run = try await CommandRun(Self.tool("socks", ["\(proxy)", "localhost", "\(port)"]))
            #expect(run.outputText == "server \(number)\n", "\(run.errorText)\(ssh.errorTranscript.text)")
        }
        _ = server
    }

    @Test("a port that ssh -R opens inside the session leads out, and closes with its client")
    func remote() async throws {
        let fixture = try await ForwardFixture()
        let (outside, ports) = try await ForwardFixture.serveOutside("gather")
        let ssh = try await fixture.forward(["-R", "0:127.0.0.1:\(ports[0])"])
        try await eventually("the port", seen: { ssh.errorTranscript.text }) {
            ssh.errorTranscript.text.contains(#/Allocated port [0-9]+ /#)
        }
        let inside = try #require(ssh.errorTranscript.text.firstMatch(of: #/Allocated port ([0-9]+)/#)?.1)
        let bytes = BesideTests.anyBytes(2_000_000)
        let line = try PythonScript.portTool.line("talk", String(inside)).joined(separator: " ")
        let run = try await fixture.team.client("alice").run("deploy", line, input: bytes)
        #expect(run.output == bytes, "\(run.output.count); \(run.errorText)")
        try await eventually("the listening", seen: { "\(ForwardFixture.listening(on: UInt16(inside)))" }) {
            ForwardFixture.listening(on: UInt16(inside)) == ["127.0.0.1", "::1"]
        }
        ssh.process.kill(SIGKILL)
        try await eventually("the end of the listening", seen: { fixture.team.server.log }) {
            try await fixture.team.client("alice").run("deploy", line).errorText.contains("refused")
        }
        _ = outside
    }

    @Test("-R listens on the loopback whatever the client asks for, and the session starts for it if need be")
    func remoteAnywhere() async throws {
        let fixture = try await ForwardFixture()
        let port = try await ForwardFixture.freePort()
        let ssh = try await fixture.forward(["-R", "*:\(port):127.0.0.1:9"])
        try await eventually("the listening", seen: { ssh.errorTranscript.text }) {
            ForwardFixture.listening(on: UInt16(port)) == ["127.0.0.1", "::1"]
        }
        let taken = try await CommandRun(
            fixture.arguments("alice", ["-o", "ExitOnForwardFailure=yes", "-N", "-R", "\(port):127.0.0.1:9"]))
        #expect(taken.errorText.contains("remote port forwarding failed"), "\(taken.errorText)")
    }

    @Test("-R listens where other machines reach it, once the configuration says so")
    func remotePublic() async throws {
        let fixture = try await ForwardFixture(rules: ", forwards: any")
        let port = try await ForwardFixture.freePort()
        let ssh = try await fixture.forward(["-R", "*:\(port):127.0.0.1:9"])
        try await eventually("the listening", seen: { ssh.errorTranscript.text }) {
            ForwardFixture.listening(on: UInt16(port)) == ["0.0.0.0", "::"]
        }
    }

    @Test("fifty connections at once and a command share one connection", arguments: ["asyncssh", "paramiko"])
    func many(library: String) async throws {
        let fixture = try await ForwardFixture()
        let (server, ports) = try await fixture.serve("gather")
        let before = fixture.resources
        let key = try #require(fixture.team.keys["alice"])
        let run = try await CommandRun(
            try PythonScript.manyForwards.line(
                "--port", "\(fixture.team.server.port)", "--user", "deploy", "--key", key.path, "--to", "\(ports[0])",
                "--count", "50", "--library", library))
        #expect(run.outputText == "50 good, beside\n", "\(run.errorText)\(fixture.team.server.log)")
        try await eventually("everything given back", seen: { "\(before) \(fixture.resources)" }) {
            fixture.resources == before
        }
        #expect(server.process.exitStatus == nil)
    }

    @Test("a client that is killed in the middle leaves nothing behind")
    func killed() async throws {
        let fixture = try await ForwardFixture()
        let (server, ports) = try await fixture.serve("flood")
        let before = fixture.resources
        let ssh = try RunningCommand(fixture.arguments("alice", ["-W", "127.0.0.1:\(ports[0])"]))
        try await eventually("some of the flood", seen: { ssh.errorTranscript.text }) {
            ssh.outputTranscript.count > 1_000_000
        }
        ssh.process.kill(SIGKILL)
        try await eventually("everything given back", seen: { "\(before) \(fixture.resources)" }) {
            fixture.resources == before
        }
        #expect(server.process.exitStatus == nil)
    }

    @Test("the end of the session ends what was forwarded")
    func sessionEnds() async throws {
        let fixture = try await ForwardFixture(["alice", "carol"])
        let (outside, ports) = try await ForwardFixture.serveOutside("echo")
        _ = try await fixture.team.client("alice").run("deploy", "true")
        let ssh = try RunningCommand(fixture.arguments("alice", ["-W", "127.0.0.1:\(ports[0])"]))
        ssh.write(Array("ping".utf8))
        try await eventually("the echo", seen: { ssh.errorTranscript.text }) { ssh.outputTranscript.text == "ping" }
        _ = try await fixture.team.client("carol").run("cmdop", "end deploy")
        _ = try await ssh.waitForEnd()
        _ = outside
    }

    static func tool(_ what: String, _ rest: [String]) throws -> [String] {
        try PythonScript.portTool.line(what) + rest
    }

    private static func forwards(of server: ServerUnderTest) throws -> [ForwardRecord] {
        try JournalReader(directory: server.journal(of: "deploy")).entries().compactMap {
            if case .forwarded(let forward) = $0.record { forward } else { nil }
        }
    }
}
