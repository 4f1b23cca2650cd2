import Foundation
import SSHTransport
import TestKit
import Testing

@Suite("Before a client is authenticated")
struct HandshakeTests {
    let key: SSHKeyPair

    init() async throws { key = try await SSHKeyPair() }

    @Test("a client that says nothing, or half a line, is dropped after its grace time")
    func grace() async throws {
        var limits = SSHLimits()
        limits.graceTime = .milliseconds(300)
        let server = try await EchoServer(admitting: [key.fingerprint], limits: limits)
        let silent = try RawClient(port: server.port)
        let half = try (0..<40).map { _ in try RawClient(port: server.port) }
        for client in half { client.send(Array("SSH-2.0-ha".utf8)) }
        try await eventually("the end of all") { server.record.closed == Array(repeating: .graceExpired, count: 41) }
        #expect(silent.receiveAll().starts(with: Array("SSH-2.0-cmdop".utf8)))
        #expect(await server.with { $0.connections.isEmpty })
    }

    @Test("a client that is in stays in after the grace time")
    func graceEnds() async throws {
        var limits = SSHLimits()
        limits.graceTime = .milliseconds(400)
        let server = try await EchoServer(admitting: [key.fingerprint], limits: limits)
        let waiting = try server.client(key).start("u", "echo")
        try await eventually("the command") { server.record.started.count == 1 }
        let silent = try RawClient(port: server.port)
        try await eventually("the end of another") { server.record.closed == [.graceExpired] }
        waiting.write(Array("still here".utf8))
        waiting.finishInput()
        #expect(try await waiting.waitForEnd().outputText == "still here")
        withExtendedLifetime(silent) {}
    }

    @Test("packets before authentication are counted, and the answers nobody reads cost nothing")
    func packetFlood() async throws {
        let server = try await EchoServer(admitting: [key.fingerprint])
        let client = try RawClient(port: server.port, receiveBuffer: 4_096)
        client.send(RawClient.identification)
        // A type that libssh answers one by one with "unimplemented", until it is cut.
        let flood = RawClient.packet([192] + [UInt8](repeating: 7, count: 20))
        var isTaken = true
        for _ in 0..<20_000 where isTaken { isTaken = client.send(flood) }
        try await eventually("the end of the flood") { server.record.closed.count == 1 }
        #expect([.tooManyPackets, .outboundOverrun].contains(server.record.closed[0]))
    }

    @Test("a second line, a long line, an old version, an empty and a huge packet end the connection and nothing else")
    func malformed() async throws {
        let server = try await EchoServer(admitting: [key.fingerprint])
        let openings: [[UInt8]] = [
            [UInt8](repeating: 65, count: 5_000), Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8),
            Array("SSH-1.5-old\r\n".utf8), RawClient.identification + [0, 0, 0, 0, 0, 0, 0, 0],
            RawClient.identification + [255, 255, 255, 255] + [UInt8](repeating: 0, count: 64),
            RawClient.identification + RawClient.packet([20]), RawClient.identification + RawClient.packet([]),
            RawClient.identification + RawClient.packet([50]), RawClient.identification + RawClient.packet([90]),
            [0], [],
        ]
        for opening in openings {
            let client = try RawClient(port: server.port)
            client.send(opening)
            client.reset()
        }
        try await eventually("the end of all") { server.record.closed.count == openings.count }
        try await expectLogin(on: server)
    }

    @Test("a handshake that is cut or garbled at any place costs one connection, and no other notices")
    func garbledHandshakes() async throws {
        var limits = SSHLimits()
        limits.graceTime = .seconds(1)
        let server = try await EchoServer(admitting: [key.fingerprint], limits: limits)
        let recorded = try await recordHandshake(with: server)
        #expect(recorded.count > 1_000)
        var random = Lehmer(state: 4_711)
        var rounds = 0
        for end in stride(from: 1, to: recorded.count, by: 37) {
            let cut = try RawClient(port: server.port)
            cut.send(recorded[..<end])
            if end % 2 == 0 { cut.reset() }
            let garbled = try RawClient(port: server.port)
            var bytes = recorded
            for _ in 0..<(1 + random.next() % 4) {
                bytes[(end + Int(random.next() % 64)) % bytes.count] ^= UInt8(1 + random.next() % 255)
            }
            garbled.send(bytes)
            rounds += 2
        }
        try await eventually("the end of all") { server.record.closed.count == rounds + 1 }
        #expect(server.record.channelsOpened == 1)
        try await expectLogin(on: server)
        #expect(await server.with { $0.connections.count } <= 1)
    }

    @Test("a client killed in the middle of its handshake leaves nothing")
    func killed() async throws {
        let server = try await EchoServer(admitting: [key.fingerprint])
        for count in 1...5 {
            let client = try server.client(key).start("u", "wait")
            try await eventually("the connection") { server.record.accepted == count }
            client.process.kill(9)
        }
        try await eventually("the end of all") { server.record.closed.count == 5 }
        #expect(await server.with { $0.connections.isEmpty })
    }

    private func expectLogin(on server: EchoServer) async throws {
        #expect(try await server.client(key).run("u", "status 4").status == .exited(4))
    }

    /// What a client sends from its first byte to its last.
    private func recordHandshake(with server: EchoServer) async throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        let file = try directory.path("sent")
        let relay = try directory.write(
            """
            exec 3<>/dev/tcp/127.0.0.1/\(server.port)
            cat <&3 &
            tee \(file) >&3
            """, to: "relay")
        let client = server.client(key, options: ["-o", "ProxyCommand=bash \(relay)"])
        let run = try await client.run("u", "status 2")
        #expect(run.errorText == "")
        #expect(run.status == .exited(2))
        return Array(try Data(contentsOf: URL(fileURLWithPath: file)))
    }
}

/// The same numbers every time.
struct Lehmer {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 48_271 % 2_147_483_647
        return state
    }
}
