import Foundation
import JSONText
import TestKit
import Testing

@Suite("A session of another user", .enabled(if: getuid() == 0, "only root can make other users' processes"))
struct ProcessEnvironmentTests {
    private static let environments = """
          theirs:
            kind: process
            shell: ["/bin/bash"]
            user: nobody
            umask: 027
            files: 512
            variables: {GREETING: "hello, world", LANG: C.UTF-8, PATH: "/usr/bin:/bin"}
        """

    private func team() async throws -> Team {
        try await Team(
            ["alice", "carol"], rules: ", environment: theirs", environments: Self.environments)
    }

    @Test("its shell is that user, with their terminal, home, mask, limits and variables, and marks its prompts")
    func shell() async throws {
        let team = try await team()
        let alice = try await team.attach("alice")
        #expect(try await alice.value(of: "$(id -un):$(id -gn):$(id -Gn)") == "nobody:nogroup:nogroup")
        #expect(try await alice.value(of: "$USER $LOGNAME $HOME $PWD") == "nobody nobody /nonexistent /")
        #expect(try await alice.value(of: "$(umask) $(ulimit -Hn) $(stat -c %U $(tty))") == "0027 512 nobody")
        #expect(try await alice.value(of: "$GREETING $LANG $PATH") == "hello, world C.UTF-8 /usr/bin:/bin")
        #expect(try await alice.value(of: "$(grep CapEff /proc/$$/status)") == "CapEff:\t0000000000000000")
        let control = try ControlClient(team.client("carol"), "deploy")
        let list = try await control.call("command.list")
        #expect(list["commands"]?.array?.first?["textKnown"]?.string == "exact")
    }

    @Test("what runs beside the terminal is that user, too, and opens its own streams anew")
    func beside() async throws {
        let team = try await team()
        let client = try team.client("alice")
        let run = try await client.run("deploy", "id -un; umask; ulimit -n; echo again >/dev/stdout; cat /etc/shadow")
        #expect(run.outputText == "nobody\n0027\n512\nagain\n")
        #expect(run.errorText.contains("Permission denied"))
        let folder = "/tmp/cmdop-theirs-\(UInt32.random(in: 0...UInt32.max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try await client.run("deploy", "mkdir -m 700 \(folder)").status == .exited(0))
        let file = try TemporaryDirectory()
        try file.write("from afar\n", to: "new")
        let arguments = client.arguments("deploy").dropFirst().map { $0 == "-p" ? "-P" : $0 }
        let copy = try await CommandRun(
            ["sftp", "-b", "-"] + arguments,
            input: Array("put \(file.path)/new \(folder)/new\nget /etc/shadow \(file.path)/stolen\n".utf8))
        #expect(copy.errorText.contains("Permission denied"))
        let owner = try await CommandRun(["stat", "-c", "%U %a", "\(folder)/new"])
        #expect(owner.outputText.hasPrefix("nobody "))
    }
}
