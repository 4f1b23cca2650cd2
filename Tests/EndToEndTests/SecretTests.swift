import Foundation
import TestKit
import Testing

/// Values that programs have, and that screens, records and logs have not.
@Suite("Secrets of an environment")
struct SecretTests {
    private static let values = [
        "TOKEN": "swordfish-1", "LONGER": "swordfish-1-and-more", "SHORT": "12345",
        "KEY": "-----first-----\nc2Vjb25k",
    ]

    private func team(_ environment: String, _ lines: String = "") async throws -> Team {
        let team = try await Team(
            ["alice", "bob", "carol"], rules: ", environment: \(environment)",
            environments: """
                  here: {kind: process, shell: ["/bin/bash", "--norc"], directory: "/tmp", secrets: ../secrets}
                  box: {kind: container, image: "\(TestImage.name)", secrets: ../secrets}
                \(lines)
                """)
        for name in Self.values.keys {
            try team.server.directory.write("\(Self.values[name] ?? "")\n", to: "secrets/\(name)")
        }
        return team
    }

    /// No file of the session, no log and no argument of a process has a value of eight bytes or more.
    private func expectNothing(of team: Team, _ values: [String]) async throws {
        for value in values {
            let bytes = Data(value.utf8)
            let files = try team.filesOfSession().filter { !$0.key.hasPrefix("workspace/") }
            #expect(files.filter { $0.value.range(of: bytes) != nil }.keys.isEmpty, "\(value)")
            #expect(!team.server.log.contains(value))
        }
    }

    @Test("programs have them; who is attached, the record and the logs do not, however they are printed")
    func processes() async throws {
        let team = try await team("here")
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        #expect(try await alice.value(of: "${#TOKEN} ${#LONGER} ${#SHORT} ${#KEY}") == "11 20 5 24")
        alice.type("env | grep -e TOKEN= -e LONGER= -e SHORT= | sort; echo \"$KEY\"; echo do''ne\r")
        try await bob.waitFor("done\r\n")
        try await alice.waitFor("done\r\n")
        for terminal in [alice, bob] {
            let shown = terminal.transcript.text
            #expect(
                shown.contains("LONGER=xxxxxxxxxxxxxxxxxxxx") && shown.contains("TOKEN=xxxxxxxxxxx\r\n"), "\(shown)")
            #expect(shown.contains("SHORT=12345") && shown.contains("xxxxxxxxxxxxxxx\r\nxxxxxxxx\r\n"), "\(shown)")
        }
        alice.type("for part in \"${TOKEN:0:5}\" \"${TOKEN:5}\" ' cut''up'; do printf %s \"$part\"; done; echo\r")
        try await bob.waitFor("xxxxxxxxxxx cutup")
        alice.type("printf '%s-' \"${TOKEN:0:9}\"; read -p 'go''on? '\r")
        try await bob.waitFor("swordfish-goon? ")
        alice.type("\r")
        #expect(try await alice.value(of: "still") == "still")
        #expect([alice, bob].allSatisfy { !$0.transcript.text.contains("swordfish-1") })
        try await expectNothing(of: team, ["swordfish-1", "c2Vjb25k"])
        let beside = try await team.client("alice").run("deploy", "echo $TOKEN")
        #expect(beside.outputText == "swordfish-1\n")
    }

    @Test("the list of processes does not show them in arguments, and no program of the session's own has them there")
    func arguments() async throws {
        let team = try await team("here")
        let alice = try await team.attach("alice")
        alice.type("(exec -a \"named-$TOKEN\" sleep 1000) &\r")
        let client = try team.client("carol")
        var list = ""
        try await eventually("the process in the list", seen: { list }) {
            list = try await client.run("cmdop", "ps", "deploy").outputText
            return list.contains("named-")
        }
        #expect(list.contains("named-xxxxxxxxxxx") && !list.contains("swordfish"))
        let host = try #require(team.server.hostPIDs()["deploy"])
        let arguments = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(host)/cmdline"))
        #expect(arguments.range(of: Data("swordfish".utf8)) == nil)
    }

    @Test(
        "in a container, too; and one that was changed is hidden on until the container is made anew",
        .enabled(if: TestImage.isThere, TestImage.reason))
    func containers() async throws {
        let team = try await team("box")
        let containers = TestContainers(of: team.server)
        let alice = try await team.attach("alice")
        #expect(try await alice.value(of: "${#TOKEN} ${#LONGER} ${#SHORT} ${#KEY}") == "11 20 5 24")
        alice.type("env | grep TOKEN=; echo \"$KEY\"; echo do''ne\r")
        try await alice.waitFor("done\r\n")
        #expect(alice.transcript.text.contains("TOKEN=xxxxxxxxxxx\r\n"))
        #expect(alice.transcript.text.contains("xxxxxxxxxxxxxxx\r\nxxxxxxxx\r\n"), "\(alice.transcript.text)")
        let client = try team.client("carol")
        #expect(try await client.run("deploy", "echo $TOKEN").outputText == "swordfish-1\n")
        alice.type("exit\r")
        _ = try await alice.waitForExit()
        try team.server.directory.write("marlin-22\n", to: "secrets/TOKEN")
        let again = try await team.attach("alice")
        try await again.waitFor("the secrets have changed since this container was made")
        again.type("echo \"<$TOKEN>\"\r")
        try await again.waitFor("<xxxxxxxxxxx>")
        #expect(try await client.run("cmdop", "rebuild", "deploy").status == .exited(0))
        #expect(try await client.run("deploy", "echo $TOKEN").outputText == "marlin-22\n")
        try await expectNothing(of: team, ["swordfish-1", "marlin-22", "c2Vjb25k"])
        withExtendedLifetime(containers) {}
    }

    @Test(
        "what a container's own commands print of them is in no log",
        .enabled(if: TestImage.isThere, TestImage.reason))
    func lifecycle() async throws {
        let project = try TemporaryDirectory()
        let commands = "\"onCreateCommand\": \"env | grep TOKEN; echo '<${containerEnv:TOKEN}>'\""
        try project.write("{\"image\": \"\(TestImage.name)\", \(commands)}", to: ".devcontainer.json")
        let lines = "  dev: {kind: container, devcontainer: \"\(project.path)\", secrets: ../secrets}"
        let team = try await team("dev", lines)
        let containers = TestContainers(of: team.server)
        #expect(try await team.client("alice").run("deploy", "echo $TOKEN").outputText == "swordfish-1\n")
        let log = try #require(team.server.directory.read(".state/sessions/deploy/environment.log"))
        #expect(log.contains("TOKEN=xxxxxxxxxxx\n<>\n") && log.contains("warning: ${containerEnv:TOKEN}"), "\(log)")
        try await expectNothing(of: team, ["swordfish-1"])
        withExtendedLifetime(containers) {}
    }

    private static let file = "-----first-----\nc2Vjb25k\n"

    /// `user:` runs the session as nobody, where root runs the tests.
    @Test(
        "files of them are the session's user's to read, in a folder that goes with the session",
        arguments: [false, true])
    func files(isOther: Bool) async throws {
        guard !isOther || getuid() == 0 else { try Test.cancel("only root may start sessions of others") }
        let user = isOther ? ", user: nobody" : ""
        let team = try await team(
            "filed",
            """
              filed: {kind: process, shell: ["/bin/bash", "--norc"], directory: "/", secret-files: ../files\(user)}
            """)
        try team.server.directory.write(Self.file, to: "files/key.pem")
        let alice = try await team.attach("alice")
        alice.type("cat $CMDOP_SECRETS/key.pem; stat -c '%a %U' $CMDOP_SECRETS/*; echo do''ne\r")
        try await alice.waitFor("done\r\n")
        let owner = try await CommandRun(["id", "-un", isOther ? "nobody" : "\(getuid())"]).outputText
        #expect(alice.transcript.text.contains("xxxxxxxxxxxxxxx\r\nxxxxxxxx\r\n400 \(owner.dropLast())\r\n"))
        let client = try team.client("carol")
        let run = try await client.run("deploy", "echo $CMDOP_SECRETS; sha256sum <$CMDOP_SECRETS/key.pem")
        let words = run.outputText.split(separator: "\n")
        let sum = try await CommandRun(["sha256sum"], input: Array(Self.file.utf8)).outputText
        #expect(words.count == 2 && words.last.map { "\($0)\n" } == sum, "\(run.outputText)\(run.errorText)")
        let folder = String(words.first ?? "/")
        #expect(try await client.run("deploy", "echo >$CMDOP_SECRETS/more").status != .exited(0) || !isOther)
        #expect(try await client.run("cmdop", "end", "deploy").status == .exited(0))
        try await eventually("the end of the folder") { !FileManager.default.fileExists(atPath: folder) }
    }

    @Test(
        "files of them are in a container, too, for its user alone, and in nothing that podman says or keeps",
        .enabled(if: TestImage.isThere, TestImage.reason))
    func filesOfContainers() async throws {
        let project = try TemporaryDirectory()
        try project.write(
            "{\"image\": \"\(TestImage.name)\", \"remoteUser\": \"dev\", \"containerUser\": \"root\"}",
            to: ".devcontainer.json")
        let lines = "  dev: {kind: container, devcontainer: \"\(project.path)\", secret-files: ../files}"
        let team = try await team("dev", lines)
        let containers = TestContainers(of: team.server)
        try team.server.directory.write(Self.file, to: "files/key.pem")
        let alice = try await team.attach("alice")
        alice.type("cd; cat $CMDOP_SECRETS/key.pem; stat -c '%a %U' /run/secrets/*; id -un; echo do''ne\r")
        try await alice.waitFor("done\r\n")
        let shown = "xxxxxxxxxxxxxxx\r\nxxxxxxxx\r\n400 dev\r\ndev\r\n"
        #expect(alice.transcript.text.contains(shown), "\(alice.transcript.text)")
        let client = try team.client("carol")
        let name = try #require(try await containers.all().first?.split(separator: " ").first.map(String.init))
        #expect(try await !CommandRun(["podman", "inspect", name]).outputText.contains("c2Vjb25k"))
        try await expectNothing(of: team, ["c2Vjb25k"])
        let host = try #require(team.server.hostPIDs()["deploy"])
        #expect(try await client.run("cmdop", "end", "deploy").status == .exited(0))
        try await eventually("the end of the host") { !ProcessFacts(pid: host).isRunning }
        let places = "/run/cmdop-held/\(name)-secrets"
        #expect(try FileManager.default.contentsOfDirectory(atPath: places).isEmpty)
        try team.server.directory.write("other\n", to: "files/key.pem")
        #expect(try await client.run("deploy", "cat /run/secrets/key.pem").outputText == "other\n")
        withExtendedLifetime(containers) {}
    }

    @Test("a folder that is not there, and a file whose name is none of a variable, keep the session from starting")
    func mistakes() async throws {
        let team = try await team("here", "  gone: {kind: process, secrets: ../nowhere}")
        let client = try team.client("alice")
        let gone = try await client.run("other+env=gone", "true")
        #expect(gone.status == .exited(254) && gone.errorText.contains("nowhere is not there"), "\(gone.errorText)")
        try team.server.directory.write("value", to: "secrets/not-a-name")
        let named = try await client.run("deploy", "true")
        #expect(named.errorText.contains("secrets/not-a-name is no variable's: use letters"), "\(named.errorText)")
        try FileManager.default.removeItem(at: team.server.directory.url.appendingPathComponent("secrets/not-a-name"))
        #expect(try await client.run("deploy", "echo $SHORT").outputText == "12345\n")
    }
}
