import Foundation
import JSONText
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

    /// A session whose state is on a disk of half a MiB, `ballast` of it taken.
    private func smallDisk(_ body: (ServerUnderTest, SSHKeyPair) async throws -> Void) async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        #expect(try await server.stop() == .exited(0))
        let state = try server.directory.path(".state/.")
        let mounted = try await CommandRun(["mount", "-t", "tmpfs", "-o", "size=512k,mode=700", "none", state])
        guard mounted.status == .exited(0) else {
            try Test.cancel("a small disk can not be mounted here: \(mounted.errorText)")
        }
        defer { umount2(state, Int32(MNT_DETACH)) }
        try server.directory.write(String(repeating: "b", count: 200_000), to: ".state/ballast")
        try await server.restart()
        try await body(server, key)
    }

    private static let fill = "head -c 600000 /dev/zero | tr '\\0' x; echo; echo full-$((40 + 2))\r"

    @Test("a session that ends there has ended; one that can not start there leaves no name")
    func ended() async throws {
        try await smallDisk { server, key in
            let terminal = try server.client(key).attach("one")
            terminal.type(Self.fill)
            try await terminal.waitFor("the disk is full")
            // Nothing is left, not even a page.
            let filler = try server.directory.path(".state/filler")
            _ = try await CommandRun(["dd", "if=/dev/zero", "of=\(filler)", "bs=1k", "count=4096"])
            terminal.type("exit 7\r")
            #expect(try await terminal.waitForExit() == .exited(7))
            try await eventually("the end of the host") { server.hostPIDs().isEmpty }
            let list = try await server.client(key).run("cmdop", "ls").outputText
            #expect(list.contains("ended (7)"), "\(list)")
            let refused = try await server.client(key).run("two", "true")
            #expect(refused.status == .exited(254), "\(refused.errorText)")
            #expect(try await !server.client(key).run("cmdop", "ls").outputText.contains("two"))
            #expect(try await server.client(key).run("cmdop", "ls").outputText.contains("ended (7)"))
        }
    }

    @Test("events that can not be recorded leave a mark, for those who follow them and in the log")
    func marks() async throws {
        try await smallDisk { server, key in
            let terminal = try server.client(key).attach("one")
            try await terminal.waitFor("[cmdop] session one")
            let control = try ControlClient(server.client(key), "one")
            _ = try await control.call("events.subscribe")
            terminal.type(Self.fill)
            let open = try await control.notification("a mark") { $0["method"]?.string == "events.gap" }
            #expect(open["params"]?["open"]?.bool == true)
            #expect(open["params"]?["reason"]?.string == "the disk is full")
            // What is short may fit where what is long does not: then there is no gap for a while.
            try await eventually("a line in the log") {
                terminal.type(Self.fill)
                return try await server.client(key).run("cmdop", "log one").outputText.contains("the disk is full")
            }
            try FileManager.default.removeItem(atPath: try server.directory.path(".state/ballast"))
            _ = try await control.notification("the gap") { $0["params"]?["event"]?.string == "gap" }
            _ = try await control.notification("its end") {
                $0["method"]?.string == "events.gap" && $0["params"]?["open"]?.bool == false
            }
            let log = try await server.client(key).run("cmdop", "log one").outputText
            #expect(log.contains(" gap records="), "\(log)")
        }
    }

    @Test("a limit on the size of files is told as that, and does not kill the host")
    func fileLimit() async throws {
        let key = try await SSHKeyPair()
        let server = try await ServerUnderTest(operators: ["alice": key])
        let terminal = try server.client(key).attach("one")
        try await terminal.waitFor("[cmdop] session one")
        let host = try #require(server.hostPIDs()["one"])
        try await CommandRun.succeed(["prlimit", "--pid", "\(host)", "--fsize=4096:4096"])
        terminal.type("head -c 20000 /dev/zero | tr '\\0' x; echo; echo on-$((40 + 2))\r")
        try await terminal.waitFor("on-42")
        try await terminal.waitFor("the record's file may not grow any more")
        #expect(server.hostPIDs()["one"] == host)
    }
}
