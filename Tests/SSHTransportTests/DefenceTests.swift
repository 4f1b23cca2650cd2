import Glibc
import SystemPackage
import TestKit
import Testing

@testable import SSHTransport

@Suite("After a client is authenticated")
struct DefenceTests {
    let key: SSHKeyPair

    init() async throws { key = try await SSHKeyPair() }

    @Test("200 MB sent into a channel that nobody reads stop at its window, and others go on")
    func unreadChannel() async throws {
        let server = try await EchoServer(admitting: [key.fingerprint])
        let client = server.client(key)
        let sender = try client.start("u", "deaf")
        let megabyte = [UInt8](repeating: 65, count: 1 << 20)
        for _ in 0..<200 { sender.write(megabyte) }
        try await eventually("a full window") { await unreadBytes(server) > 1_000_000 }
        #expect(try await client.run("u", "status 6").status == .exited(6))
        let held = await unreadBytes(server)
        #expect(held <= SSHLimits().inboundUnreadCap)
        #expect(server.record.received < 1 << 16)
        sender.process.kill(9)
        try await eventually("the end of both") { server.record.closed.count == 2 }
    }

    @Test("what a client sent before it went away holds nobody up, also where it is asked for too late")
    func goneWithUnread() async throws {
        let server = try await EchoServer(admitting: [key.fingerprint])
        let client = server.client(key)
        let sender = try client.start("u", "deaf")
        try await eventually("a channel that reads nothing") { server.record.started.count == 1 }
        sender.write([UInt8](repeating: 65, count: 1_000))
        try await eventually("what nobody reads") { await unreadBytes(server) >= 1_000 }
        let isGone = await server.with { door in
            guard let connection = door.connections.values.first else { return false }
            shutdown(connection.library.descriptor.rawValue, CInt(SHUT_RDWR))
            connection.library.poll()
            for channel in connection.channels { channel.isReading = true }
            return !connection.library.isAlive
        }
        #expect(isGone)
        try await eventually("the end of the connection") { server.record.closed.count == 1 }
        #expect(try await client.run("u", "status 6").status == .exited(6))
        sender.process.kill(9)
    }

    @Test("a client that stops reading holds up no more than its cap, and nobody else")
    func stoppedReader() async throws {
        let server = try await EchoServer(admitting: [key.fingerprint])
        let client = server.client(key)
        let reader = try client.start("u", "produce 100000000")
        try await eventually("the first of the output") { reader.outputTranscript.count > 1_000_000 }
        reader.process.kill(19)
        try await eventually("a channel that takes nothing more") {
            await server.with { $0.connections.values.flatMap(\.channels).allSatisfy { $0.room == 0 } }
        }
        #expect(try await client.run("u", "status 6").status == .exited(6))
        let held = await server.with { $0.connections.values.map { $0.library.heldBytes() }.max() ?? 0 }
        #expect(held <= 2 * SSHLimits().inFlight)
        reader.process.kill(18)
        let run = try await reader.waitForEnd(within: .seconds(120))
        #expect(run.output.count == 100_000_000)
    }

    @Test("a silent client is asked whether it is there, and stays while it answers")
    func keepalive() async throws {
        let server = try await EchoServer(admitting: [key.fingerprint], limits: impatient)
        let waiting = try server.client(key).start("u", "wait")
        try await eventually("the command") { server.record.started.count == 1 }
        let before = await packets(server)
        try await eventually("answers") { await packets(server) > before + 5 }
        #expect(server.record.closed.isEmpty)
        waiting.process.kill(9)
    }

    @Test("a client that answers nothing any more is given up")
    func unresponsive() async throws {
        let server = try await EchoServer(admitting: [key.fingerprint], limits: impatient)
        let waiting = try server.client(key).start("u", "wait")
        try await eventually("the command") { server.record.started.count == 1 }
        waiting.process.kill(19)
        try await eventually("the end of the connection") { server.record.closed == [.unresponsive] }
        #expect(server.record.channelsClosed == 1)
        waiting.process.kill(9)
    }

    @Test("a client killed in the middle of its output leaves nothing")
    func killed() async throws {
        let server = try await EchoServer(admitting: [key.fingerprint])
        for count in 1...5 {
            let client = try server.client(key).start("u", "produce 50000000")
            try await eventually("some output") { client.outputTranscript.count > 200_000 }
            client.process.kill(9)
            try await eventually("its end") { server.record.closed.count == count }
        }
        #expect(server.record.channelsClosed == 5)
        #expect(await server.with { $0.connections.isEmpty })
    }

    private var impatient: SSHLimits {
        var limits = SSHLimits()
        limits.keepaliveInterval = .milliseconds(100)
        limits.keepaliveMisses = 4
        return limits
    }

    private func packets(_ server: EchoServer) async -> UInt64 {
        await server.with { $0.connections.values.map { $0.library.packetsReceived }.max() ?? 0 }
    }

    private func unreadBytes(_ server: EchoServer) async -> Int {
        await server.with { $0.connections.values.flatMap(\.channels).map(\.unread).max() ?? 0 }
    }
}
