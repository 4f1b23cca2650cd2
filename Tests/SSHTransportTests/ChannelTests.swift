import SSHTransport
import SessionModel
import TestKit
import Testing

@Suite("Channels of stock clients")
struct ChannelTests {
    let key: SSHKeyPair
    let server: EchoServer

    init() async throws {
        key = try await SSHKeyPair()
        server = try await EchoServer(admitting: [key.fingerprint])
    }

    @Test("a command's exit status is the client's", arguments: [0, 7, 254])
    func exitStatus(_ status: Int32) async throws {
        let run = try await server.client(key).run("u", "status \(status)")
        #expect(run.status == .exited(status))
        try await eventually("the end of the channel") { server.record.channelsClosed == 1 }
    }

    @Test("a command that a signal ended is a lost one to the client")
    func signal() async throws {
        #expect(try await server.client(key).run("u", "signal").status == .exited(255))
    }

    @Test("output and errors arrive apart")
    func errors() async throws {
        let run = try await server.client(key).run("u", "errors")
        #expect(run.outputText == "good")
        #expect(run.errorText == "bad")
    }

    @Test("a command arrives byte for byte")
    func command() async throws {
        _ = try await server.client(key).run("u", "status 0; $(x) 'é' \"\\")
        #expect(server.record.started == [.exec(Array("status 0; $(x) 'é' \"\\".utf8))])
    }

    @Test("of the client's environment LANG and LC_* are kept, and no others")
    func environment() async throws {
        let client = server.client(
            key,
            options: ["-o", "SetEnv=LANG=C.UTF-8 LC_TIME=de_DE PATH=/tmp LD_PRELOAD=x LC_time=no LC_MESSAGES=a;b"])
        #expect(try await client.run("u", "environment").outputText == "LANG=C.UTF-8\nLC_TIME=de_DE\nLC_MESSAGES=a;b\n")
    }

    @Test("a terminal arrives with its name and size, and its changes of size")
    func terminal() async throws {
        let client = server.client(key)
        let first = try client.attach("u", "terminal", columns: 97, rows: 31)
        try await first.waitFor("xterm-256color 97x31")
        let second = try client.attach("u", columns: 80, rows: 24)
        try await eventually("the shell") { server.record.started.count == 2 }
        second.resize(columns: 120, rows: 40)
        let size = TerminalSize(columns: 120, rows: 40)
        try await eventually("the new size") { server.record.sizes.last == size }
    }

    @Test("a terminal without a size is one of 0 x 0")
    func noSize() async throws {
        let run = try await server.client(key).run("u", flags: ["-tt"], "terminal")
        #expect(run.outputText.contains("0x0"))
    }

    @Test("a known subsystem starts, an unknown one is refused at once")
    func subsystems() async throws {
        let known = try await server.client(key).run("u", flags: ["-s"], "echo", input: Array("hi".utf8))
        #expect(known.outputText == "hi")
        let unknown = try await server.client(key).run("u", flags: ["-s"], "sftp")
        #expect(unknown.status != .exited(0))
        #expect(unknown.errorText.contains("subsystem request failed"))
    }

    @Test("forwards are refused, and the connection goes on")
    func forwards() async throws {
        let strict = server.client(key, options: ["-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:9"])
        let run = try await strict.run("u", "status 0")
        #expect(run.status == .exited(255))
        let lenient = server.client(key, options: ["-A", "-R", "0:127.0.0.1:9"])
        #expect(try await lenient.run("u", "status 5").status == .exited(5))
        let direct = try await server.client(key, options: ["-W", "127.0.0.1:9"]).run("u")
        #expect(direct.status != .exited(0))
        #expect(direct.errorText.contains("stdio forwarding failed"))
    }

    @Test("a connection carries channels up to its cap, and the next one is refused")
    func channelCap() async throws {
        var limits = SSHLimits()
        limits.channels = 3
        let server = try await EchoServer(admitting: [key.fingerprint], limits: limits)
        let directory = try TemporaryDirectory()
        let socket = try directory.path("master")
        let shared = server.client(key, options: ["-o", "ControlPath=\(socket)"])
        let master = try shared.start("u", flags: ["-M"], "wait")
        try await eventually("the master's channel") { server.record.started.count == 1 }
        let others = try (0..<2).map { _ in try shared.start("u", "wait") }
        try await eventually("the other channels") { server.record.started.count == 3 }
        // The client that is refused a channel makes a connection of its own.
        #expect(try await shared.run("u", "status 8").status == .exited(8))
        #expect(server.record.accepted == 2)
        // One that ends makes room for another.
        others[0].finishInput()
        try await eventually("the end of a channel") { server.record.channelsClosed == 2 }
        #expect(try await shared.run("u", "status 9").status == .exited(9))
        #expect(server.record.accepted == 2)
        master.process.kill(15)
    }

    @Test("a client is told why it is disconnected")
    func disconnect() async throws {
        let waiting = try server.client(key).start("u", "wait")
        try await eventually("the command") { server.record.started.count == 1 }
        await server.with { door in
            for connection in door.connections.values { connection.disconnect("the server goes home") }
        }
        let run = try await waiting.waitForEnd()
        #expect(run.status == .exited(255))
        #expect(run.errorText.contains("the server goes home"))
        // The client may be gone before the server's loop has told of it.
        try await eventually("the end of the connection") { server.record.closed == [.disconnected] }
        #expect(server.record.channelsClosed == 1)
    }

    @Test("a connection that closes when idle lets its channels come to their end")
    func closeWhenIdle() async throws {
        let waiting = try server.client(key).start("u", "echo")
        try await eventually("the command") { server.record.started.count == 1 }
        await server.with { door in
            for connection in door.connections.values { connection.closeWhenIdle(within: .seconds(60)) }
        }
        waiting.write(Array("last words".utf8))
        waiting.finishInput()
        let run = try await waiting.waitForEnd()
        #expect(run.outputText == "last words")
        #expect(run.status == .exited(0))
    }
}
