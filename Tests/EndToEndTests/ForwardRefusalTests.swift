import Foundation
import TestKit
import Testing

/// What is not forwarded, and what the client is told.
@Suite("Forwards that are refused")
struct ForwardRefusalTests {
    private static let roles = """
        access:
          - {operators: [alice, bob], sessions: ["deploy"], role: operator}
          - {operators: [oscar], sessions: ["deploy"], role: observer}
          - {operators: [claude], sessions: ["deploy"], role: agent}

        """

    @Test("a place that can not be reached is told with the reason")
    func unreachable() async throws {
        let fixture = try await ForwardFixture()
        let port = try await ForwardFixture.freePort()
        let closed = try await fixture.reach("127.0.0.1:\(port)")
        #expect(closed.errorText.contains("connect failed: Connection refused"), "\(closed.errorText)")
        let nowhere = try await fixture.reach("nowhere.invalid:80")
        #expect(
            nowhere.errorText.contains("nowhere.invalid can not be resolved inside the session"),
            "\(nowhere.errorText)")
        #expect(nowhere.status != .exited(0))
    }

    @Test(
        "the server's own port is nobody's, by whatever name",
        arguments: ["127.0.0.1", "localhost", "0.0.0.0", "[::ffff:127.0.0.1]"])
    func ownPort(host: String) async throws {
        let fixture = try await ForwardFixture()
        let run = try await fixture.reach("\(host):\(fixture.team.server.port)")
        #expect(
            run.errorText.contains(
                "administratively prohibited: port \(fixture.team.server.port) of this machine is the server's own"),
            "\(run.errorText)")
    }

    @Test("the lobby has no ports, and who only watches forwards none")
    func places() async throws {
        let fixture = try await ForwardFixture()
        let lobby = try await fixture.reach("127.0.0.1:9", in: "cmdop")
        #expect(lobby.errorText.contains("administratively prohibited: ports are a session's"), "\(lobby.errorText)")
        let watching = try await fixture.reach("127.0.0.1:9", in: "deploy+observe")
        #expect(watching.errorText.contains("+observe and +replay only watch"), "\(watching.errorText)")
        #expect(fixture.team.server.hostPIDs().isEmpty)
    }

    @Test("observers, agents and strangers to a session forward nothing, and the log says who tried")
    func roles() async throws {
        let fixture = try await ForwardFixture(
            ["alice", "oscar"], agents: ["claude"], access: Self.roles)
        let (server, ports) = try await fixture.serve("name")
        for (name, session, words) in [
            ("oscar", "deploy", "your role in deploy is observer"),
            ("claude", "deploy", "your role in deploy is agent"),
            ("alice", "other", "no such session for you"),
        ] {
            let run = try await fixture.reach("127.0.0.1:\(ports[0])", as: name, in: session)
            #expect(run.errorText.contains("administratively prohibited: \(words)"), "\(run.errorText)")
            #expect(run.output.isEmpty)
            let back = try await CommandRun(
                fixture.arguments(
                    name, ["-o", "ExitOnForwardFailure=yes", "-N", "-R", "0:127.0.0.1:9"], to: session))
            #expect(back.errorText.contains("remote port forwarding failed"), "\(back.errorText)")
        }
        #expect(fixture.team.server.log.contains("operator.name=oscar"), "\(fixture.team.server.log)")
        #expect(fixture.team.server.log.contains("forward refused"))
        _ = server
    }

    @Test(
        "a key whose line forbids it forwards nothing, and runs commands as before",
        arguments: ["restrict", "no-port-forwarding"])
    func keyOptions(options: String) async throws {
        let fixture = try await ForwardFixture(["alice", "bob"])
        let (server, ports) = try await fixture.serve("name")
        let key = try #require(fixture.team.keys["bob"])
        try fixture.team.server.addOperator("bob", key, options: options)
        try await eventually("the new line of the key", seen: { fixture.team.server.log }) {
            try await fixture.reach("127.0.0.1:\(ports[0])", as: "bob").errorText.contains("your key forwards no ports")
        }
        #expect(try await fixture.team.client("bob").run("deploy", "echo yes").outputText == "yes\n")
        #expect(try await fixture.reach("127.0.0.1:\(ports[0])").outputText == "server 0\n")
        _ = server
    }

    @Test("who loses the right is answered, also while the place that was asked for does not answer")
    func revokedWhileWaiting() async throws {
        let fixture = try await ForwardFixture(["alice", "bob"])
        let (server, ports) = try await fixture.serve("full")
        let waiting = try RunningCommand(fixture.arguments("bob", ["-W", "127.0.0.1:\(ports[0])"]))
        try await eventually("the process that connects", seen: { fixture.team.server.log }) {
            let host = try #require(fixture.team.server.hostPIDs()["deploy"])
            return ProcessFacts(pid: host).children(named: "cmdop-inside") == 1
        }
        let key = try #require(fixture.team.keys["bob"])
        try fixture.team.server.addOperator("bob", key, options: "no-port-forwarding")
        let run = try await waiting.waitForEnd()
        #expect(run.errorText.contains("administratively prohibited: your key forwards no ports"), "\(run.errorText)")
        try await eventually("the end of the process that connects") {
            let host = try #require(fixture.team.server.hostPIDs()["deploy"])
            return ProcessFacts(pid: host).children(named: "cmdop-inside") == 0
        }
        _ = server
    }

    @Test("who loses the right loses what is open, while others go on")
    func revoked() async throws {
        let fixture = try await ForwardFixture(["alice", "bob"])
        let (server, ports) = try await fixture.serve("echo")
        let clients = try ["alice", "bob"].map {
            try RunningCommand(fixture.arguments($0, ["-W", "127.0.0.1:\(ports[0])"]))
        }
        for client in clients {
            client.write(Array("ping".utf8))
            try await eventually("the echo", seen: { client.errorTranscript.text }) {
                client.outputTranscript.text == "ping"
            }
        }
        let key = try #require(fixture.team.keys["bob"])
        try fixture.team.server.addOperator("bob", key, options: "no-port-forwarding")
        _ = try await clients[1].waitForEnd()
        clients[0].write(Array("pong".utf8))
        try await eventually("alice's echo") { clients[0].outputTranscript.text == "pingpong" }
        _ = server
    }
}
