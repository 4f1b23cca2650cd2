import HostClient
import Platform
import SystemPackage
import TestKit
import Testing
import Wire

@Suite("A connection to a host")
struct HostConnectionTests {
    @Test("is told how the session ended, also where it writes to a host that is gone before it reads that")
    func lastWords() async throws {
        let thread = try LoopThread()
        let loop = thread.loop
        let heard: [String] = try await withCheckedThrowingContinuation { continuation in
            loop.submit {
                do {
                    let (host, connection) = try connectedPair { try HostConnection(socket: $0, on: loop) }
                    var heard: [String] = []
                    connection.handler = { message, _ in
                        if case .ended(let status, _, _) = message { heard.append("ended \(status)") }
                    }
                    connection.closed = {
                        heard.append("closed")
                        continuation.resume(returning: heard)
                        loop.afterThisRound { withExtendedLifetime((connection, thread)) {} }
                    }
                    try host.writeAll(HostMessage.ended(status: 7, signal: 0, by: nil).encoded)
                    try host.close()
                    for _ in 0..<3 { connection.send(.describe(Reference(rawValue: 1))) }
                    heard.append("sent")
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        #expect(heard == ["sent", "ended 7", "closed"])
    }
}
