import Foundation
import TestKit
import Testing

/// Ports of sessions that have a network of their own.
@Suite("Forwards of containers", .enabled(if: TestImage.isThere, TestImage.reason))
struct ForwardContainerTests {
    private func fixture() async throws -> (ForwardFixture, TestContainers) {
        let fixture = try await ForwardFixture(
            rules: ", environment: box",
            environments: "  box: {kind: container, image: \"\(TestImage.name)\", memory: 64M, pids: 100}")
        return (fixture, TestContainers(of: fixture.team.server))
    }

    /// Asks a server for a file, through a local socket.
    private func fetch(_ place: String) async throws -> String {
        try await CommandRun(
            PythonScript.portTool.line("talk", place), input: Array("GET /name HTTP/1.0\r\n\r\n".utf8)
        ).outputText
    }

    @Test("servers in containers all have port 8080, and each is reached by its session's name")
    func samePort() async throws {
        let (fixture, containers) = try await fixture()
        let sessions = (1...10).map { "box-\($0)" }
        var running: [RunningCommand] = []
        for session in sessions {
            let line = "echo I am \(session) >name; exec httpd -f -p 127.0.0.1:8080 -h ."
            running.append(try fixture.team.client("alice").start(session, line))
        }
        for session in sessions {
            let place = try fixture.team.server.directory.path("local-\(session)")
            running.append(
                try RunningCommand(
                    fixture.arguments("alice", ["-N", "-L", "\(place):localhost:8080"], to: session)))
            try await eventually("the local socket") { FileManager.default.fileExists(atPath: place) }
            try await eventually("the server's answer", seen: { fixture.team.server.log }) {
                try await fetch(place).hasSuffix("I am \(session)\n")
            }
        }
        withExtendedLifetime((containers, running)) {}
    }

    @Test("-R opens the port in the container alone, and leads out of it")
    func remote() async throws {
        let (fixture, containers) = try await fixture()
        let (outside, ports) = try await ForwardFixture.serveOutside("name")
        let port = try await ForwardFixture.freePort()
        let ssh = try RunningCommand(
            fixture.arguments("alice", ["-N", "-R", "\(port):127.0.0.1:\(ports[0])"]))
        try await eventually("the server's answer", seen: { ssh.errorTranscript.text + fixture.team.server.log }) {
            let run = try await fixture.team.client("alice").run("deploy", "nc localhost \(port) </dev/null")
            return run.outputText == "server 0\n"
        }
        #expect(ForwardFixture.listening(on: UInt16(port)).isEmpty)
        withExtendedLifetime((containers, outside)) {}
    }

    @Test("'ports' names what listens in the container, and who; -D leads there")
    func listed() async throws {
        let (fixture, containers) = try await fixture()
        let server = try fixture.team.client("alice").start(
            "deploy", "echo I am it >name; exec httpd -f -p 127.0.0.1:8080")
        try await eventually("the port in the list", seen: { server.errorTranscript.text }) {
            try await fixture.team.client("alice").run("cmdop", "ports", "deploy").outputText.contains(
                #/8080 +127\.0\.0\.1 +[0-9]+ +httpd/#)
        }
        let port = try await ForwardFixture.freePort()
        let proxy = try await fixture.forward(["-D", "127.0.0.1:\(port)"])
        let line = ["curl", "--silent", "--socks5-hostname", "127.0.0.1:\(port)", "http://localhost:8080/name"]
        #expect(try await CommandRun(line).outputText == "I am it\n")
        withExtendedLifetime((containers, server, proxy)) {}
    }

    @Test("files, a forward and a private shell share one connection, as editors' remote modes have it")
    func together() async throws {
        let (fixture, containers) = try await fixture()
        let place = try TemporaryDirectory()
        let (control, local) = (try place.path("control"), try place.path("local"))
        let client = try fixture.team.client("alice")
        let master = try RunningCommand(
            client.arguments("deploy", flags: ["-M", "-S", control, "-N", "-L", "\(local):localhost:8080"]))
        try await eventually("the connection", seen: { master.errorTranscript.text + fixture.team.server.log }) {
            FileManager.default.fileExists(atPath: control) && FileManager.default.fileExists(atPath: local)
        }
        // Whoever would make a connection of their own fails.
        let over = ["-F", "none", "-o", "ControlPath=\(control)", "-o", "ProxyCommand=false"]
        try place.write("from outside\n", to: "file")
        let sftp = try await CommandRun(
            ["sftp", "-q", "-b", "-"] + over + ["deploy@127.0.0.1"], input: Array("put \(place.path)/file name\n".utf8))
        #expect(sftp.status == .exited(0), "\(sftp.errorText)")
        let shell = try RunningCommand(["ssh", "-T"] + over + ["deploy@127.0.0.1"])
        shell.write(Array("echo shell $PWD; httpd -p 127.0.0.1:8080 -h .; echo serving\n".utf8))
        try await eventually("the shell", seen: { shell.errorTranscript.text }) {
            shell.outputTranscript.text == "shell /workspace\nserving\n"
        }
        #expect(try await fetch(local).hasSuffix("from outside\n"))
        let command = try await CommandRun(["ssh", "-T"] + over + ["deploy@127.0.0.1", "cat name"])
        #expect(command.outputText == "from outside\n", "\(command.errorText)")
        withExtendedLifetime((containers, master, shell)) {}
    }

    @Test("the server's port number is the container's own to use, and nothing of the machine is reached by it")
    func ownNetwork() async throws {
        let (fixture, containers) = try await fixture()
        let run = try await fixture.reach("127.0.0.1:\(fixture.team.server.port)")
        #expect(run.errorText.contains("connect failed: Connection refused"), "\(run.errorText)")
        withExtendedLifetime(containers) {}
    }
}
