import Foundation
import TestKit
import Testing
import Wire

@Suite("A session's files")
struct FilesTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    /// A server whose sessions start in a folder of their own, or in a container.
    private func team(_ environment: String = "here") async throws -> (Team, TestContainers) {
        let team = try await Team(
            ["alice", "bob"], agents: ["claude"],
            access: Team.operators
                + """
                  - {operators: [claude], sessions: ["*"], role: agent}
                  - {operators: [bob], sessions: ["closed"], role: observer}

                """.replacingOccurrences(of: "    ", with: "  "),
            rules: ", environment: \(environment)",
            environments: """
                  here: {kind: process, shell: [/bin/bash, --norc], directory: "\(try place.path("home/."))"}
                  box: {kind: container, image: "\(TestImage.name)"}
                """)
        return (team, TestContainers(of: team.server))
    }

    private func run(_ words: [String]) async throws -> CommandRun {
        try await CommandRun(words, directory: place.path)
    }

    /// Bytes that are not the same twice.
    private func fill(_ name: String, _ count: Int) throws {
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255) }
        try Data(bytes).write(to: URL(fileURLWithPath: try place.path(name)))
    }

    private func isSame(_ one: String, _ other: String) -> Bool {
        FileManager.default.contentsEqual(atPath: place.path + "/" + one, andPath: place.path + "/" + other)
    }

    @Test("go there and back with scp, of both protocols, with sftp, rsync and git; who moved them is on the record")
    func stockClients() async throws {
        let (team, _) = try await team()
        let alice = try team.configuration(of: "alice", in: place)
        try fill("out/one", 300_000)
        try fill("out/two words", 0)
        try fill("out/deep/er/three", 5_000)
        for (index, options) in [[], ["-O"]].enumerated() {
            let scp = ["scp"] + options + alice + ["-r"]
            #expect(try await run(scp + ["out", "deploy@127.0.0.1:s\(index)"]).status == .exited(0))
            #expect(try await run(scp + ["deploy@127.0.0.1:s\(index)", "back\(index)"]).status == .exited(0))
            #expect(isSame("out", "back\(index)") && isSame("out", "home/s\(index)"))
        }
        let shell = "ssh " + alice.joined(separator: " ")
        #expect(try await run(["rsync", "-a", "-e", shell, "out/", "deploy@127.0.0.1:r/"]).status == .exited(0))
        #expect(try await run(["rsync", "-a", "-e", shell, "deploy@127.0.0.1:r/", "back-r"]).status == .exited(0))
        #expect(isSame("out", "back-r"))
        let git = try await run([
            "sh", "-c",
            """
            export GIT_SSH_COMMAND='\(shell)' GIT_CONFIG_GLOBAL=/dev/null
            git init -q --bare home/repo.git && git clone -q ssh://deploy@127.0.0.1\(place.path)/home/repo.git work \
            && cd work && echo x >x && git add x && git -c user.name=a -c user.email=a@b commit -qm x \
            && git push -q origin HEAD && git ls-remote origin
            """,
        ])
        #expect(git.status == .exited(0) && git.outputText.contains("refs/heads/"), "\(git.errorText)")
        let log = try await team.client("bob").run("cmdop", "log", "deploy").outputText
        let written = "files operation=written operator=alice path=\(place.path)/home/s0/one bytes=300000"
        #expect(log.contains(written), "\(log)")
        #expect(log.contains("files operation=read operator=alice"))
        #expect(log.contains("text=git-receive-pack"))
    }

    @Test(
        "in a container are the container's: nothing outside it is reached",
        .enabled(if: TestImage.isThere, TestImage.reason))
    func container() async throws {
        let (team, containers) = try await team("box")
        defer { withExtendedLifetime(containers) {} }
        let alice = try team.configuration(of: "alice", in: place)
        try fill("out/one", 300_000)
        #expect(try await run(["scp"] + alice + ["-r", "out", "deploy@127.0.0.1:s"]).status == .exited(0))
        #expect(try await run(["scp"] + alice + ["-r", "deploy@127.0.0.1:/workspace/s", "back"]).status == .exited(0))
        #expect(isSame("out", "back"))
        #expect(try await team.client("alice").run("deploy", "ls /workspace/s").outputText == "one\n")
        let shadow = try await run(["scp"] + alice + ["deploy@127.0.0.1:../../../../etc/shadow", "shadow"])
        #expect(shadow.status != .exited(0) && shadow.errorText.contains("No such file"))
        #expect(try await run(["scp"] + alice + ["deploy@127.0.0.1:/etc/passwd", "passwd"]).status == .exited(0))
        #expect(place.read("passwd")?.contains("dev:x:1000") == true)
    }

    @Test("in thousands are told of in few records, and counted")
    func many() async throws {
        let (team, _) = try await team()
        let alice = try team.configuration(of: "alice", in: place)
        for index in 0..<2_000 { try place.write("\(index)", to: "many/\(index)") }
        #expect(try await run(["scp"] + alice + ["-r", "many", "deploy@127.0.0.1:"]).status == .exited(0))
        #expect(isSame("many", "home/many"))
        let record = try SessionRecord(on: team.server)
        var (told, count) = (0, 0)
        for entry in record.entries {
            guard case .filesMoved(_, _, transport: _, let move) = entry.record else { continue }
            told += 1
            count += Int(move.count)
        }
        #expect(count >= 2_000 && told < 1_500, "\(told) records of \(count)")
    }

    @Test("are not for observers, agents, and who only watches")
    func refused() async throws {
        let (team, _) = try await team()
        for (name, user) in [("claude", "deploy"), ("alice", "deploy+observe")] {
            let sftp = try team.client(name).start(user, flags: ["-s"], "sftp")
            let run = try await sftp.waitForEnd()
            #expect(run.status == .exited(254) && run.errorText.contains("move files"), "\(name): \(run.errorText)")
        }
    }

    @Test("are served to a client that is killed no longer, and its process is gone")
    func killed() async throws {
        let (team, _) = try await team()
        let sftp = try team.client("alice").start("deploy", flags: ["-s"], "sftp")
        sftp.write([0, 0, 0, 5, 1, 0, 0, 0, 3])
        let host = try await eventuallyHost(of: team)
        try await eventually("a server of files", seen: { "" }) {
            ProcessFacts(pid: host).children(named: "cmdop-inside") == 1
        }
        sftp.process.kill(SIGKILL)
        try await eventually("no server of files", seen: { "" }) {
            ProcessFacts(pid: host).children(named: "cmdop-inside") == 0
        }
    }

    private func eventuallyHost(of team: Team) async throws -> pid_t {
        try await eventually("a host", seen: { "" }) { team.server.hostPIDs()["deploy"] != nil }
        return try #require(team.server.hostPIDs()["deploy"])
    }
}
