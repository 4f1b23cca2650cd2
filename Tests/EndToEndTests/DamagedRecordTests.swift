import Foundation
import Journal
import TestKit
import Testing
import Wire

@Suite("A session whose record was damaged")
struct DamagedRecordTests {
    enum Damage: CaseIterable {
        case zeros, flipped, truncated, empty, garbage

        func done(to bytes: Data) -> Data {
            var bytes = bytes
            switch self {
            case .zeros: bytes += Data(repeating: 0, count: 4_096)
            case .flipped: bytes[bytes.count / 2] ^= 0x10
            case .truncated: bytes = bytes.prefix(bytes.count * 2 / 3)
            case .empty: bytes = Data()
            case .garbage: bytes.replaceSubrange(0..<20, with: Data(repeating: 0xA5, count: 20))
            }
            return bytes
        }

        /// What looks like the end of a write that was interrupted is no damage.
        var isToldOf: Bool { self != .truncated && self != .empty }
    }

    @Test(
        "starts all the same, stays one that ended until then, and keeps the file as it was",
        arguments: Damage.allCases)
    func starts(_ damage: Damage) async throws {
        let team = try await Team(["alice"])
        let terminal = try await team.attach("alice")
        let host = ProcessFacts(pid: try #require(team.server.hostPIDs()["deploy"]))
        terminal.type("echo first-$((40 + 2)); exit 7\r")
        #expect(try await terminal.waitForExit() == .exited(7))
        try await eventually("the end of the host") { !host.isRunning }
        let journal = team.server.journal(of: "deploy")
        let file = URL(fileURLWithPath: journal + "/00000001.journal")
        let damaged = damage.done(to: try Data(contentsOf: file))
        try damaged.write(to: file)
        #expect(try await team.client("alice").run("cmdop", "ls").outputText.contains("ended (7)"))
        let again = try await team.attach("alice")
        if damage.isToldOf {
            try await again.waitFor("the record was damaged")
            #expect(try Data(contentsOf: URL(fileURLWithPath: journal + "/00000001.damaged")) == damaged)
            let log = try await team.client("alice").run("cmdop", "log deploy")
            #expect(log.outputText.contains(" gap "), "\(log.outputText)")
            let hostLog = try #require(team.server.directory.read(".state/sessions/deploy/host.log"))
            #expect(hostLog.contains("kept as journal/00000001.damaged"), "\(hostLog)")
        }
        again.type("echo again-$((40 + 2))\r")
        try await again.waitFor("again-42")
        let records = try JournalReader(directory: journal).entries().map(\.record)
        #expect(records.contains { if case .output(_, let bytes) = $0 { !bytes.isEmpty } else { false } })
    }

    @Test("is told of by who starts it, when a file stands where its journal belongs")
    func noDirectory() async throws {
        let team = try await Team(["alice"])
        #expect(try await team.client("alice").run("deploy", "exit 3").status == .exited(3))
        let host = ProcessFacts(pid: try #require(team.server.hostPIDs()["deploy"]))
        kill(host.pid, SIGTERM)
        try await eventually("its end") { !host.isRunning }
        let journal = team.server.journal(of: "deploy")
        try FileManager.default.removeItem(atPath: journal)
        try Data("no directory".utf8).write(to: URL(fileURLWithPath: journal))
        let again = try await team.attach("alice")
        try await again.waitFor("kept as journal.damaged")
    }

    @Test("while it runs, by the deletion of its file, has it back, and misses nothing")
    func deleted() async throws {
        let team = try await Team(["alice"])
        let terminal = try await team.attach("alice")
        _ = try await terminal.value(of: "before")
        let journal = team.server.journal(of: "deploy")
        try FileManager.default.removeItem(atPath: journal + "/00000001.journal")
        terminal.type("echo after-$((40 + 2))\r")
        try await terminal.waitFor("after-42")
        try await terminal.waitFor("it is put back")
        #expect(try output(of: journal).contains("=before]"))
        // Nothing happens here, and yet it is seen.
        try FileManager.default.removeItem(atPath: journal)
        try await eventually("the file") { (try? output(of: journal).contains("after-42")) == true }
    }

    @Test("while it runs, by cutting its file, says what is missing, and goes on in a new one")
    func cut() async throws {
        let team = try await Team(["alice"])
        let terminal = try await team.attach("alice")
        _ = try await terminal.value(of: "before")
        let journal = team.server.journal(of: "deploy")
        truncate(journal + "/00000001.journal", 150)
        try await terminal.waitFor("was cut")
        _ = try await terminal.value(of: "behind")
        #expect(try output(of: journal).contains("=behind]"))
        let log = try await team.client("alice").run("cmdop", "log deploy").outputText
        #expect(log.contains(" gap records="), "\(log)")
    }

    private func output(of journal: String) throws -> String {
        let pieces = try JournalReader(directory: journal).entries().compactMap { entry -> [UInt8]? in
            if case .output(_, let bytes) = entry.record { bytes } else { nil }
        }
        return String(decoding: pieces.joined(), as: UTF8.self)
    }
}
