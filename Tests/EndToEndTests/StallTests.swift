import Foundation
import TestKit
import Testing

@Suite("A host that stalls in the middle of a key")
struct StallTests {
    /// What a key brings to the host; `accept4` and `openat` come with attachments and with a look at the shell.
    private static let calls = ["read", "write", "ioctl", "sendmsg", "epoll_wait", "epoll_ctl", "openat", "accept4"]
    /// The first is longer than an idle holder keeps the turn.
    private static let releaseAfter = "300ms"
    private static let stall = Duration.milliseconds(360)

    /// Every call, reader and length of stall, for who has the time: `make stalls`.
    private static let isWhole = ProcessInfo.processInfo.environment["CMDOP_STALLS"] == "all"

    @Test("the session goes on, every byte is its author's, and none is lost")
    func stalls() async throws {
        let stalls = Self.isWhole ? [.milliseconds(100), Self.stall, .seconds(10)] : [Self.stall]
        for stall in stalls {
            let faults = try await Self.faults(of: stall)
            #expect(faults == [], "\(stall)")
        }
    }

    /// One session for each call and reader, all at once: a host that stalls needs no processor.
    private static func faults(of stall: Duration) async throws -> [String] {
        let team = try await Team(
            ["carol"], releaseAfter: releaseAfter, rules: ", answer-within: 1s, reattach-within: 1s")
        var rows: [(call: String, reader: StalledHost.Reader)] = []
        for (index, call) in calls.enumerated() {
            for reader in StalledHost.Reader.allCases
            where isWhole || StalledHost.Reader.allCases[index % 2] == reader || call == "write" {
                rows.append((call, reader))
            }
        }
        return try await withThrowingTaskGroup(of: [String].self) { group in
            for (call, reader) in rows {
                group.addTask {
                    let session = "\(call.replacing("_", with: "-"))-\(reader.rawValue)"
                    let carol = try await team.attach("carol", to: session)
                    defer { carol.kill(SIGKILL) }
                    let host = try await StalledHost(session, reader: reader, on: team.server)
                    do {
                        try await host.type(acts: 20, stalling: call, for: stall)
                        return try await host.faults().map { "\(session): \($0)" }
                    } catch {
                        let log = team.server.directory.read(".state/sessions/\(session)/host.log") ?? ""
                        return ["\(session): \(error)", log]
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
