import Foundation
import SSHTransport
import TestKit
import Testing

@Suite("Forwards of stock clients")
struct ForwardTests {
    let key: SSHKeyPair
    let server: EchoServer

    init() async throws {
        key = try await SSHKeyPair()
        server = try await EchoServer(admitting: [key.fingerprint])
    }

    /// A client that shows what the server says against a channel.
    private func client(_ options: [String] = []) -> SSHClient {
        server.client(key, options: ["-o", "LogLevel=INFO"] + options)
    }

    @Test("a channel that is accepted later carries bytes both ways, and both ends of them")
    func accepted() async throws {
        await server.with { $0.forwards = .accept }
        let bytes = [UInt8](repeating: 0x61, count: 3_000_000)
        let run = try await client().run("u", flags: ["-W", "echo.example:7"], input: bytes)
        #expect(run.output == bytes, "\(run.output.count) bytes, \(run.errorText)")
        #expect(run.status == .exited(0))
        #expect(server.record.connects == ["echo.example:7"])
    }

    @Test(
        "a refusal comes with its reason and its sentence",
        arguments: [
            (SSHOpenRequest.Refusal.prohibited, "administratively prohibited"),
            (.connectFailed, "connect failed"), (.tooMany, "resource shortage"),
        ])
    func refused(reason: SSHOpenRequest.Refusal, words: String) async throws {
        await server.with { $0.forwards = .refuse(reason, "the door is shut — 門") }
        let arguments = client().arguments("u", flags: ["-W", "echo.example:7"])
            .map { $0 == "LogLevel=ERROR" ? "LogLevel=INFO" : $0 }
        let run = try await CommandRun(arguments)
        #expect(run.status != .exited(0))
        #expect(run.errorText.contains("\(words): the door is shut"), "\(run.errorText)")
    }

    @Test("a channel beyond the limit is refused with how many there are")
    func tooMany() async throws {
        var limits = SSHLimits()
        limits.forwardChannels = 0
        let server = try await EchoServer(admitting: [key.fingerprint], limits: limits)
        await server.with { $0.forwards = .accept }
        let arguments = server.client(key).arguments("u", flags: ["-W", "echo.example:7"])
            .map { $0 == "LogLevel=ERROR" ? "LogLevel=INFO" : $0 }
        let run = try await CommandRun(arguments)
        #expect(run.errorText.contains("resource shortage: 0 forwards of this connection are open"), "\(run.errorText)")
        #expect(server.record.connects.isEmpty)
    }

    @Test("a client that asks for a channel to port 0, or to no host, is refused at once")
    func nonsense() async throws {
        await server.with { $0.forwards = .accept }
        let run = try await client().run("u", flags: ["-W", "[a b]:7"])
        #expect(run.status != .exited(0))
        #expect(server.record.connects.isEmpty)
    }

    @Test("what comes in for a client is offered to it under the address that it asked for")
    func offered() async throws {
        await server.with { $0.forwards = .accept }
        let file = try server.directory.path("there")
        // The client connects what it is offered with a local socket, where a program waits.
        let program = """
            import socket, sys
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(sys.argv[1])
            listener.listen()
            connection = listener.accept()[0]
            while piece := connection.recv(99):
                sys.stdout.buffer.write(piece)
                sys.stdout.flush()
            """
        let listener = try RunningCommand(["python3", "-c", program, file])
        try await eventually("the socket") { FileManager.default.fileExists(atPath: file) }
        let ssh = try client(["-N", "-R", "localhost:0:\(file)"]).start("u")
        try await eventually("the wish to listen") { server.record.listening == ["localhost:0"] }
        await server.with { $0.offer("localhost", port: 4_711, saying: "hello from afar") }
        try await eventually("what was offered", seen: { ssh.errorTranscript.text }) {
            listener.outputTranscript.text == "hello from afar"
        }
        ssh.process.kill(SIGKILL)
        try await eventually("the end") { server.record.closed.count == 1 }
    }

    @Test("an offer that the client does not want is told as such, and the connection goes on")
    func offerRefused() async throws {
        await server.with { $0.forwards = .accept }
        let ssh = try client(["-N", "-R", "localhost:0:localhost:9"]).start("u")
        try await eventually("the wish to listen") { !server.record.listening.isEmpty }
        await server.with { $0.offer("elsewhere", port: 1, saying: "nothing") }
        try await eventually("the refusal") { server.record.offersRefused == 1 }
        #expect(server.record.closed.isEmpty)
        ssh.process.kill(SIGKILL)
    }
}
