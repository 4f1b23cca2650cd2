import Foundation
import TestKit
import Testing

@Suite("A running session whose files are taken away")
struct LostFilesTests {
    /// Whether somebody gets in, to the same process tree.
    private func isReachable(_ team: Team) async throws {
        try await eventually(within: .seconds(60), "somebody gets in") {
            try await team.client("alice").run("deploy", "echo $$ in").outputText.hasSuffix(" in\n")
        }
        #expect(team.server.directory.read(".state/sessions/deploy/incarnation") == "1\n")
    }

    @Test("has its socket and its lock anew, and is no other session", arguments: ["socket", "lock", "pid"])
    func file(_ name: String) async throws {
        let team = try await Team(["alice"])
        let terminal = try await team.attach("alice")
        let host = try #require(team.server.hostPIDs()["deploy"])
        let path = try team.server.directory.path(".state/sessions/deploy/\(name)")
        try FileManager.default.removeItem(atPath: path)
        try await eventually(within: .seconds(60), "the file") { FileManager.default.fileExists(atPath: path) }
        // The server finds it anew, too.
        try await team.server.kill()
        try await team.server.restart()
        try await isReachable(team)
        #expect(team.server.hostPIDs()["deploy"] == host && ProcessFacts(pid: host).isRunning)
        _ = terminal
    }

    @Test("has its whole directory anew")
    func directory() async throws {
        let team = try await Team(["alice"])
        let terminal = try await team.attach("alice")
        _ = try await terminal.value(of: "before")
        let host = try #require(team.server.hostPIDs()["deploy"])
        let path = try team.server.directory.path(".state/sessions/deploy")
        try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
        try await eventually(within: .seconds(60), "the files") {
            ["socket", "pid", "lock", "journal/00000001.journal"].allSatisfy {
                FileManager.default.fileExists(atPath: path + "/" + $0)
            }
        }
        try FileManager.default.removeItem(atPath: path + ".old")
        try await isReachable(team)
        #expect(team.server.hostPIDs()["deploy"] == host && ProcessFacts(pid: host).isRunning)
    }
}
