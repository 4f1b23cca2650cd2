import Foundation
import TestKit
import Testing
import Wire

@Suite("The process of a session")
struct HostProcessTests {
    @Test("it has one thread, little memory, and neither libssh nor crypto nor Foundation")
    func small() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let terminal = try server.client(key).attach("one")
        terminal.type("echo here-$((40 + 2))\r")
        try await terminal.waitFor("here-42")
        _ = try await server.client(key).run("one", "true")
        let host = ProcessFacts(pid: try #require(server.hostPIDs()["one"]))
        #expect(host.threads == 1)
        let mapped = host.mappedFiles.filter { file in
            ["libssh", "libcrypto", "libssl", "Foundation"].contains { file.contains($0) }
        }
        #expect(mapped.isEmpty, "\(host.mappedFiles.sorted())")
        #expect(host.mappedFiles.contains("cmdop-host"))
        print("host: \(host.privateMemory) KiB private, \(host.residentMemory) KiB resident, in this build")
        #expect(host.privateMemory > 0 && host.privateMemory < 32 << 10, "KiB")
        #expect(server.process?.exitStatus == nil)
    }

    @Test("killed, it takes its own session alone: told to whoever is attached, listed as lost, started anew")
    func killed() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let client = server.client(key)
        let terminal = try client.attach("one"), other = try client.attach("two")
        other.type("marker=kept; echo other-$((40 + 2))\r")
        try await other.waitFor("other-42")
        terminal.type("setsid bash -c 'echo left-$$-$((40 + 2)); exec sleep 1000 </dev/null >/dev/null 2>&1' &\r")
        try await terminal.waitFor("-42\r\n")
        let found = terminal.transcript.text.firstMatch(of: #/left-([0-9]+)-42/#)
        let left = ProcessFacts(pid: try #require(found.flatMap { pid_t($0.1) }))
        let host = try #require(server.hostPIDs()["one"])
        let beside = try client.start("one", "echo started; exec sleep 1000")
        try await eventually("the command") { beside.outputTranscript.text == "started\n" }
        kill(host, SIGKILL)
        #expect(try await terminal.waitForExit() == .exited(254))
        #expect(terminal.transcript.text.contains("the session one is lost"), "\(terminal.transcript.tail)")
        let ended = try await beside.waitForEnd()
        #expect(ended.status == .exited(254) && ended.errorText.contains("cmdop: "), "\(ended.errorText)")
        other.type("echo $marker-$((40 + 2))\r")
        try await other.waitFor("kept-42")
        let list = try await client.run("cmdop", "ls")
        let text = list.outputText
        #expect(text.contains(#/one +lost/#) && text.contains(#/two +live/#), "\(text)")
        #expect(left.isRunning, "what the lost host left is ended by the next attach, which is yet to come")
        let again = try client.attach("one")
        again.type("echo again-$((40 + 2))\r")
        try await again.waitFor("again-42")
        try await eventually("the end of what was left") { !left.isRunning }
        #expect(server.directory.read(".state/sessions/one/incarnation") == "2\n")
        #expect(server.hostPIDs()["one"] != host, "\(server.log)")
    }

    @Test("two front-ends share a session")
    func twoFrontEnds() async throws {
        let (alice, bob) = (try await SSHKeyPair(), try await SSHKeyPair())
        let server = try await ServerUnderTest(
            operators: ["alice": alice, "bob": bob],
            configuration: ServerUnderTest.everybodyLeads + "sessions: [{match: \"*\", release-after: 10m}]\n")
        let second = try await SecondFrontEnd(of: server)
        let terminal = try server.client(alice).attach("one")
        terminal.type("echo first-$((40 + 2))\r")
        try await terminal.waitFor("first-42")
        let other = try SSHClient(port: second.port, key: bob).attach("one")
        try await other.waitFor("first-42")
        other.type("x")
        try await other.waitFor("alice steers; what you type is not sent")
        terminal.type([0x1D, UInt8(ascii: "x")])
        try await eventually("the turn to be free", seen: { second.log }) {
            let list = try await SSHClient(port: second.port, key: bob).run("cmdop", "ls")
            return list.outputText.contains(#/one +live +2 +nobody/#)
        }
        other.type("echo second-$((40 + 2))\r")
        try await other.waitFor("second-42")
        try await terminal.waitFor("second-42")
        let who = try await server.client(alice).run("cmdop", "who")
        #expect(who.outputText.contains("alice") && who.outputText.contains(#/bob .*steers/#), "\(who.outputText)")
        try await server.kill()
        other.type("echo third-$((40 + 2))\r")
        try await other.waitFor("third-42")
        #expect(server.hostPIDs().count == 1)
    }

    @Test(
        "its socket closes on a peer with another uid, which got as far as the socket",
        .enabled(if: geteuid() == 0, "only root can become somebody else"))
    func foreignPeer() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        _ = try await server.client(key).run("one", "true")
        let directory = try server.directory.path(".state/sessions/one")
        let run = try await CommandRun(
            try PythonScript.rawPeer.line("foreign", "--directory", directory, "--hello", FrontEndMessage.helloDigits))
        #expect(run.outputText == "own: welcome\nforeign: closed\n", "\(run.errorText)\n\(server.log)")
    }

    @Test("files and sockets of a session are for its user alone")
    func modes() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let terminal = try server.client(key).attach("one")
        try await terminal.waitFor("[cmdop] session one")
        let state = server.directory.url.appendingPathComponent(".state")
        let paths = try #require(FileManager.default.enumerator(atPath: state.path)).compactMap { $0 as? String }
        #expect(paths.contains("sessions/one/socket"))
        for path in paths {
            let attributes = try FileManager.default.attributesOfItem(atPath: state.appendingPathComponent(path).path)
            let mode = try #require(attributes[.posixPermissions] as? Int)
            #expect(mode & 0o077 == 0, "\(path) has the mode \(String(mode, radix: 8))")
        }
        #expect(server.process?.exitStatus == nil)
    }
}

extension FrontEndMessage {
    /// What a front-end says first, in hexadecimal digits.
    static var helloDigits: String {
        FrontEndMessage.hello(version: FrontEndMessage.version).encoded
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

/// Another cmdopd on the state and the keys of a server under test.
private final class SecondFrontEnd {
    let port: UInt16
    private let command: RunningCommand

    init(of server: ServerUnderTest) async throws {
        let file = try server.directory.path("config/cmdop.yaml")
        let command = try RunningCommand([
            try BuiltProgram.cmdopd.path(), "--config", file, "--listen", "127.0.0.1:0",
        ])
        var port: UInt16?
        try await eventually("the second server's port", seen: { command.errorTranscript.tail }) {
            let line = command.errorTranscript.text.firstMatch(of: #/listening on 127.0.0.1:([0-9]+)\n/#)
            port = line.flatMap { UInt16($0.1) }
            return port != nil
        }
        self.command = command
        self.port = port ?? 0
    }

    var log: String { command.errorTranscript.tail }
}
