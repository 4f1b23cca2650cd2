import HostClient
import Platform
import SessionModel
import SystemPackage
import TestKit
import Testing
import Wire

@testable import Gateway

@Suite("Sockets from inside a session")
struct LinkSocketsTests {
    private static let request = ForwardRequest(
        who: Operator(
            name: "alice", kind: .person,
            key: VerifiedKey(
                OfferedKey(blob: [1], fingerprint: Fingerprint(text: "SHA256:alice")), proof: SignatureProof())),
        transport: "test", host: "localhost", port: 80, serverPorts: [])

    /// What the link says of a socket when its host speaks a version, and then something more.
    private func outcome(ofVersion version: UInt16, then answer: [HostMessage] = []) async throws -> String {
        let thread = try LoopThread()
        let loop = thread.loop
        return try await withCheckedThrowingContinuation { continuation in
            loop.submit {
                do {
                    guard let session = SessionName("deploy") else { throw Errno.invalidArgument }
                    let (host, connection) = try connectedPair { try HostConnection(socket: $0, on: loop) }
                    let link = SessionLink(session: session, connection: connection, loop: loop)
                    _ = link.sockets.ask(.inwards, Self.request) {
                    } _: { outcome in
                        guard case .failed(let failure, let sentence) = outcome else { return }
                        continuation.resume(returning: "\(failure): \(sentence)")
                        loop.afterThisRound {
                            withExtendedLifetime((link, thread)) {}
                            try? host.close()
                        }
                    }
                    let welcome = HostMessage.welcome(version: version, session, Incarnation(rawValue: 1))
                    for message in [welcome] + answer { try host.writeAll(message.encoded) }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    @Test("a host of an older version is asked for none, and the operator is told what to do")
    func oldHost() async throws {
        let said = try await outcome(ofVersion: 4)
        #expect(said == "failed: an older server started this session, and forwards nothing; end it and start it anew")
    }

    @Test("a host's sentence is the operator's")
    func refused() async throws {
        let answer = HostMessage.socketFailed(Reference(rawValue: 1), .prohibited, sentence: "not here")
        #expect(try await outcome(ofVersion: 5, then: [answer]) == "prohibited: not here")
    }
}
