import Foundation
import TestKit
import Testing

@Suite("Who may come in, and to what")
struct AccessTests {
    @Test("a key that nobody knows gets the client's plain refusal")
    func wrongKey() async throws {
        let team = try await Team()
        let stranger = try await SSHKeyPair()
        for user in ["deploy", "cmdop", "alice", "No Such"] {
            let run = try await team.server.client(stranger).run(user, "true")
            #expect(run.status == .exited(255))
            #expect(run.errorText == "\(user)@127.0.0.1: Permission denied (publickey).\r\n")
            #expect(run.output.isEmpty)
        }
        let right = try await team.client("alice").run("cmdop", "whoami")
        #expect(right.outputText.hasPrefix("alice, a person"))
    }

    /// Alice may see what begins with `own`, watch what begins with `watch`, and bob everything.
    private static let separate = """
        access:
          - {operators: [alice], sessions: ["own*"], role: operator}
          - {operators: [alice], sessions: ["watch*"], role: observer}
          - {operators: [bob], sessions: ["*"], role: lead}

        """

    @Test("a session that may not be seen, one that is not there and a malformed name answer alike")
    func sameAnswer() async throws {
        let team = try await Team(access: Self.separate)
        _ = try await team.attach("bob", to: "secret")
        // On a terminal: one that lives, one that nobody has, three that no session can be named, and one that
        // alice might watch, but not start.
        let users = ["secret", "absent", "Mal_Formed", "_x", "secret+frob", "watch-absent", "secret+observe"]
        var answers: [CommandRun] = []
        for user in users { answers.append(try await answer(team, "-l", user)) }
        for (user, run) in zip(users, answers) {
            #expect(run.status == .exited(254), "\(user)")
            #expect(run.outputText == answers[0].outputText, "\(user)")
            #expect(run.errorText == answers[0].errorText, "\(user)")
        }
        #expect((answers[0].outputText + answers[0].errorText).contains("no such session for you"))
        #expect(try await team.client("bob").run("cmdop", "ls").outputText.contains("watch-absent") == false)
    }

    @Test("commands beside a session that may not be seen answer alike, too")
    func sameAnswerForCommands() async throws {
        let team = try await Team(access: Self.separate)
        _ = try await team.attach("bob", to: "secret")
        let client = try team.client("alice")
        let first = try await client.run("secret", "true")
        #expect(first.status == .exited(254))
        #expect(first.output.isEmpty && first.errorText.contains("no such session for you"))
        for user in ["absent", "Mal_Formed", "secret+frob"] {
            let run = try await client.run(user, "true")
            #expect(run.status == first.status && run.output == first.output && run.errors == first.errors, "\(user)")
        }
        #expect(try await client.run("own", "echo mine").outputText == "mine\n")
    }

    /// `ssh -tt` with its streams apart.
    private func answer(_ team: Team, _ words: String...) async throws -> CommandRun {
        let client = try team.client("alice")
        var line = client.arguments("unused", flags: ["-tt"])
        line.removeLast()
        return try await CommandRun(line + words + ["127.0.0.1"])
    }

    @Test("a new key file admits without a restart")
    func newKey() async throws {
        let team = try await Team(["alice"])
        let alice = try await team.attach("alice")
        let dora = try await SSHKeyPair()
        #expect(try await team.server.client(dora).run("cmdop", "whoami").status == .exited(255))
        try team.server.addOperator("dora", dora)
        try await eventually("dora's being let in", seen: { team.server.log }) {
            try await team.server.client(dora).run("cmdop", "whoami").outputText.hasPrefix("dora, a person")
        }
        let terminal = try team.server.client(dora).attach("deploy")
        try await terminal.untilAttached()
        #expect(try await terminal.value(of: "in") == "in")
        try await alice.waitFor("=in]")
    }

    @Test("removing a key cuts its live attachments, and takes their turn; the others stay")
    func removedKey() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        let second = try await team.attach("bob", to: "other")
        let shell = try await bob.value(of: "$$")
        try team.server.removeOperator("bob")
        for terminal in [bob, second] {
            #expect(try await terminal.waitForExit() == .exited(254))
            #expect(terminal.transcript.text.contains("[cmdop] your access was revoked"))
        }
        try await alice.untilSteering("nobody", from: try await alice.untilSteering("bob"))
        #expect(try await alice.value(of: "$$") == shell)
        let again = try await team.client("bob").run("cmdop", "whoami")
        #expect(again.status == .exited(255) && again.errorText.contains("Permission denied (publickey)"))
    }

    @Test("a change of the rules takes and gives roles at once, and cuts who may see nothing any more")
    func changedRules() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        _ = try await bob.value(of: "$$")
        let file = "config/cmdop.yaml"
        let text = try #require(team.server.directory.read(file))
        let rest = try #require(text.range(of: "environments:"))
        let head = try #require(text.range(of: "access:"))
        let demoted =
            text[..<head.lowerBound] + """
                access:
                  - {operators: [alice], sessions: ["*"], role: operator}
                  - {operators: [bob], sessions: ["*"], role: observer}

                """ + text[rest.lowerBound...]
        try team.server.directory.write(String(demoted), to: file)
        // Bob held the turn, and may no longer.
        try await alice.untilSteering("nobody", from: try await alice.untilSteering("bob"))
        bob.type("echo bob\r")
        try await bob.untilShown("[cmdop] you only watch this session")
        try team.server.directory.write(String(demoted).replacing("[bob]", with: "[nobody]"), to: file)
        #expect(try await bob.waitForExit() == .exited(254))
        #expect(bob.transcript.text.contains("[cmdop] your access to deploy was revoked"))
        #expect(try await alice.value(of: "on") == "on")
    }

    @Test("a broken line of a key file is reported with file and line; the file's other lines keep working")
    func brokenLine() async throws {
        let team = try await Team(["alice"])
        let dora = try await SSHKeyPair()
        let text = "# dora\nssh-ed25519 AAAAnonsense\n\(dora.publicLine)\ncommand=\"true\" \(dora.publicLine)x\n"
        try team.server.directory.write(text, to: "keys/team/dora.pub", mode: 0o644)
        try await eventually("dora's being let in", seen: { team.server.log }) {
            try await team.server.client(dora).run("cmdop", "whoami").outputText.hasPrefix("dora, a person")
        }
        #expect(team.server.log.contains("team/dora.pub:2: "))
        #expect(team.server.log.contains("team/dora.pub:4: "))
        #expect(!team.server.log.contains("team/dora.pub:3: "))
        #expect(try await team.client("alice").run("cmdop", "whoami").status == .exited(0))
    }

    @Test("a configuration with mistakes changes nothing in a running server, and says where they are")
    func brokenConfiguration() async throws {
        let team = try await Team(["alice"])
        let text = try #require(team.server.directory.read("config/cmdop.yaml"))
        try team.server.directory.write(text + "colour: blue\n", to: "config/cmdop.yaml")
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).count
        try await eventually("the mistake's place", seen: { team.server.log }) {
            team.server.log.contains("cmdop.yaml:\(line):1: ")
        }
        #expect(try await team.client("alice").run("deploy", "echo works").outputText == "works\n")
    }

    @Test("cmdopd --check says what a good configuration means, and starts nothing")
    func checkGood() async throws {
        let key = try await SSHKeyPair()
        let directory = try TemporaryDirectory()
        try directory.write(key.publicLine + "\n", to: "keys/team/alice.pub", mode: 0o644)
        let file = try directory.write(
            """
            listen: ["127.0.0.1:2222"]
            keys: ../keys
            state: ../.state
            access:
              - {operators: [alice], sessions: ["*"], role: lead}

            """, to: "config/cmdop.yaml")
        let run = try await CommandRun([try BuiltProgram.cmdopd.path(), "--config", file, "--check"])
        #expect(run.status == .exited(0), "\(run.errorText)")
        #expect(run.outputText.contains("operator alice: lead in *"))
        #expect(run.outputText.contains(key.fingerprint))
        #expect(run.errors.isEmpty)
        #expect(directory.read("keys/host/ssh_host_ed25519_key") == nil)
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/.state"))
    }

    @Test(
        "cmdopd --check names file, line and column of what is wrong, and exits 1",
        arguments: [
            ("colour: blue\n", "1:1"), ("keys: ../keys\naccess:\n  - {operators: [a], role: lead}\n", "3:5"),
            ("access:\n  - {operators: [a], sessions: [\"*\"], role: king}\n", "2:45"),
            ("listen: [\"nowhere\"]\n", "1:10"),
        ])
    func checkBad(text: String, place: String) async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write(text, to: "cmdop.yaml")
        let run = try await CommandRun([try BuiltProgram.cmdopd.path(), "--config", file, "--check"])
        #expect(run.status == .exited(1))
        #expect(run.errorText.contains("cmdop.yaml:\(place): "), "\(run.errorText)")
        #expect(run.output.isEmpty)
        let start = try await CommandRun([try BuiltProgram.cmdopd.path(), "--config", file])
        #expect(start.status == .exited(1))
        #expect(start.errorText.contains("cmdop.yaml:\(place): "), "\(start.errorText)")
    }

    @Test("cmdopd --check fails for a key file with a mistake, naming file and line")
    func checkKeys() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("\nnonsense\n", to: "keys/team/alice.pub", mode: 0o644)
        let file = try directory.write("keys: ../keys\nstate: ../.state\n", to: "config/cmdop.yaml")
        let run = try await CommandRun([try BuiltProgram.cmdopd.path(), "--config", file, "--check"])
        #expect(run.status == .exited(1))
        #expect(run.errorText.contains("team/alice.pub:2: "), "\(run.errorText)")
    }
}
