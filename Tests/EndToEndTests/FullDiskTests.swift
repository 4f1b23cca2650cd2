import Foundation
import Journal
import TestKit
import Testing
import Wire

@Suite("A full disk")
struct FullDiskTests {
    @Test("the session goes on; the gap is announced to whoever is attached, and recorded when there is room again")
    func gap() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        #expect(try await server.stop() == .exited(0))
        let state = try server.directory.path(".state/.")
        let mounted = try await CommandRun(["mount", "-t", "tmpfs", "-o", "size=512k,mode=700", "none", state])
        guard mounted.status == .exited(0) else {
            try Test.cancel("a small disk can not be mounted here: \(mounted.errorText)")
        }
        defer { umount2(state, Int32(MNT_DETACH)) }
        let ballast = String(repeating: "b", count: 200_000)
        try server.directory.write(ballast, to: ".state/ballast")
        try await server.restart()
        let terminal = try server.client(key).attach("one")
        terminal.type("head -c 600000 /dev/zero | tr '\\0' x; echo; echo full-$((40 + 2))\r")
        try await terminal.waitFor("full-42")
        try await terminal.waitFor("the disk is full")
        terminal.type("echo goes-on-$((40 + 2))\r")
        try await terminal.waitFor("goes-on-42")
        #expect(try await server.client(key).run("one", "exit 7").status == .exited(7))
        try FileManager.default.removeItem(atPath: try server.directory.path(".state/ballast"))
        terminal.type("echo room-$((40 + 2))\r")
        try await terminal.waitFor("room-42")
        try await terminal.waitFor("the record goes on")
        let records = try JournalReader(directory: server.journal(of: "one")).entries().map(\.record)
        let gaps = records.compactMap { record -> UInt64? in
            if case .gap(_, let outputBytes) = record { outputBytes } else { nil }
        }
        // More than one: what is short still fits where what is long did not. Some miss no output, but input.
        #expect(gaps.contains { $0 > 0 }, "\(gaps)\n\(server.log)")
        let typed = try BesideTests.typed(in: "one", of: server)
        #expect(typed.hasSuffix("echo room-$((40 + 2))\r"), "\(typed)")
    }
}
