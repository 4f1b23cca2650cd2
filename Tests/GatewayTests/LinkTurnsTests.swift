import HostClient
import Platform
import SessionModel
import SystemPackage
import TestKit
import Testing
import Wire

@testable import Gateway

@Suite("What a link tells of turns")
struct LinkTurnsTests {
    private static let end = TurnNotice(turn: TurnNumber(rawValue: 99), holder: nil)

    private static func queue(after seconds: Int, mode: TurnMode = .open) -> HostMessage {
        let bob = TurnHolder(attachment: AttachmentID(rawValue: 2), name: "bob", kind: .person)
        return .queue(
            TurnQueue(mode: mode, waiting: [.init(who: bob, waitedFor: .seconds(seconds), isForPrompt: false)]))
    }

    private static func proposals(left seconds: Int, approver: String? = nil) -> HostMessage {
        let notice = ProposalNotice(
            number: ProposalNumber(rawValue: 1), name: "claude", command: "ls", expiresIn: .seconds(seconds),
            approver: approver)
        return .proposals([notice])
    }

    /// How often those who follow the session are told something when its host says this.
    private func tellings(of messages: [HostMessage]) async throws -> Int {
        let thread = try LoopThread()
        let loop = thread.loop
        return try await withCheckedThrowingContinuation { continuation in
            loop.submit {
                do {
                    guard let session = SessionName("deploy") else { throw Errno.invalidArgument }
                    let (host, connection) = try connectedPair { try HostConnection(socket: $0, on: loop) }
                    let link = SessionLink(session: session, connection: connection, loop: loop)
                    let observer = thread
                    var count = 0
                    link.following.observers[ObjectIdentifier(observer)] = { [weak link] in
                        guard link?.turn == Self.end else { return count += 1 }
                        link?.following.observers = [:]
                        continuation.resume(returning: count)
                        loop.afterThisRound {
                            withExtendedLifetime((link, thread)) {}
                            try? host.close()
                        }
                    }
                    let keeper = link
                    for message in messages + [.turn(Self.end)] { try host.writeAll(message.encoded) }
                    loop.schedule(after: .seconds(60)) { withExtendedLifetime(keeper) {} }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    @Test("the same again, but for the time that has passed, is told to nobody")
    func same() async throws {
        #expect(try await tellings(of: [Self.queue(after: 5), Self.queue(after: 6), Self.queue(after: 7)]) == 1)
        #expect(try await tellings(of: [Self.proposals(left: 60), Self.proposals(left: 59)]) == 1)
    }

    @Test("what is different is told")
    func different() async throws {
        #expect(try await tellings(of: [Self.queue(after: 5), Self.queue(after: 5, mode: .led)]) == 2)
        #expect(try await tellings(of: [Self.proposals(left: 60), Self.proposals(left: 60, approver: "bob")]) == 2)
    }

    @Test("who waits has waited longer by now than when that was said")
    func time() {
        var turns = LinkTurns()
        guard case .queue(let queue) = Self.queue(after: 5) else { return }
        #expect(turns.note(queue) && !turns.note(queue))
        #expect(turns.queue.waiting[0].waitedFor > .seconds(5))
    }
}
