import Foundation
import TestKit
import Testing

@Suite(
    "A session's files, mounted with sshfs",
    .enabled(if: MountedFiles.arePossible, "needs /dev/fuse, which this machine's kernel or container does not have"))
struct MountTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    private func team(_ environment: String) async throws -> (Team, TestContainers) {
        let team = try await Team(
            ["alice", "carol"], rules: ", environment: \(environment)",
            environments: """
                  here: {kind: process, shell: [/bin/bash, --norc], directory: "\(try place.path("home/."))"}
                  box: {kind: container, image: "\(TestImage.name)"}
                """)
        return (team, TestContainers(of: team.server))
    }

    /// Runs a line of sh with the mounted folder as `$1`; it must succeed.
    @discardableResult
    private func sh(_ line: String, _ files: MountedFiles) async throws -> String {
        try await CommandRun.succeed(["sh", "-euc", line, "sh", files.path], directory: place.path).outputText
    }

    /// A line of sh that prints the sum of every file below here.
    private static let sums = "find . -type f -exec sha256sum {} + | sort"

    /// Writes, reads, lists, renames, links and removes through the mount, and looks what the session has of it.
    private func use(_ team: Team) async throws {
        let client = try team.configuration(of: "alice", in: place)
        let files = try await MountedFiles("deploy@127.0.0.1:", by: client)
        for (name, size) in [("one", 700_000), ("two words", 0), ("deep/er/three", 5_000)] {
            let bytes = Data((0..<size).map { _ in UInt8.random(in: 0...255) })
            try bytes.write(to: URL(fileURLWithPath: try place.path("out/\(name)")))
        }
        let alice = try team.client("alice")
        let sent = try await sh("cp -R out \"$1/s\"; cd out; \(Self.sums)", files)
        #expect(sent.split(separator: "\n").count == 3)
        #expect(try await sh("cd \"$1/s\"; \(Self.sums)", files) == sent)
        #expect(try await alice.run("deploy", "cd s; \(Self.sums)").outputText == sent)
        let listed = try await sh(
            """
            cd "$1/s"; mv one un; mkdir full; mv un full/; printf more >>full/un; ln -s full/un link
            rm 'two words'; ! rmdir full 2>/dev/null
            printf X | dd of=deep/er/three bs=1 seek=9 conv=notrunc 2>/dev/null
            find . | sort; readlink link; stat -c %s full/un deep/er/three
            """, files)
        let expected = [".", "./deep", "./deep/er", "./deep/er/three", "./full", "./full/un", "./link", "full/un"]
        #expect(listed == (expected + ["700004", "5000"]).joined(separator: "\n") + "\n")
        let changed = try await sh("cd \"$1/s\"; \(Self.sums)", files)
        #expect(changed != sent && changed.split(separator: "\n").count == 2)
        #expect(try await alice.run("deploy", "cd s; \(Self.sums); readlink link").outputText == changed + "full/un\n")
        // What the session's own programs write is there, too.
        #expect(try await alice.run("deploy", "echo mine >theirs").status == .exited(0))
        #expect(try await sh("cat \"$1/theirs\"", files) == "mine\n")
        #expect(try await files.unmount() == .exited(0))
        #expect(try await !files.isMounted)
        #expect(try await alice.run("deploy", "cat s/full/un | wc -c").outputText.contains("700004"))
    }

    @Test("are written, read, renamed and listed as the session has them, and the record tells who did it")
    func processes() async throws {
        let (team, _) = try await team("here")
        try await use(team)
        let log = try await team.client("alice").run("cmdop", "log", "deploy").outputText
        #expect(
            log.contains("files operation=written operator=alice path=s/one bytes=700000"), "\(log)")
        #expect(log.contains("files operation=renamed operator=alice"))
    }

    @Test("are a container's where the session is in one", .enabled(if: TestImage.isThere, TestImage.reason))
    func container() async throws {
        let (team, containers) = try await team("box")
        try await use(team)
        withExtendedLifetime(containers) {}
    }

    @Test("are mounted no longer once the session has ended")
    func ended() async throws {
        let (team, _) = try await team("here")
        let files = try await MountedFiles("deploy@127.0.0.1:", by: try team.configuration(of: "alice", in: place))
        try await sh("echo x >\"$1/x\"", files)
        #expect(try await team.client("carol").run("cmdop", "end", "deploy").status == .exited(0))
        try await eventually("nothing mounted") { try await !files.isMounted }
        #expect(place.read("home/x") == "x\n")
    }
}
