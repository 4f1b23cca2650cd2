import Control
import Foundation
import JSONText
import TestKit
import Testing

/// Commands, names and paths that are no UTF-8: `n\xe9w` is a name of ISO 8859-1.
@Suite("Bytes that are no text")
struct BytesTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    private func team(_ environment: String = "here") async throws -> Team {
        try await Team(
            ["alice", "bob"], rules: ", environment: \(environment)",
            environments: """
                  here: {kind: process, shell: [/bin/bash, --norc], directory: "\(try place.path("home/."))"}
                  box: {kind: container, image: "\(TestImage.name)"}
                """)
    }

    /// Runs a program with words of which the shell's `printf` makes bytes.
    private func run(_ script: String, _ arguments: [String] = []) async throws -> CommandRun {
        try await CommandRun(["/bin/sh", "-c", script, "sh"] + arguments, directory: place.path)
    }

    /// The names in the session's directory, as bytes in hexadecimal digits.
    private func names() async throws -> [String] {
        try await run("cd home && for f in *; do printf %s \"$f\" | od -An -tx1 | tr -d ' \\n'; echo; done").outputText
            .split(separator: "\n").map(String.init).sorted()
    }

    @Test("reach programs as they are: a command beside the terminal, with a terminal and without, and by verb")
    func commands() async throws {
        let team = try await team()
        let client = try team.client("alice")
        let plain = try await run(
            "\"$@\" \"$(printf 'touch a\\351b; echo $?')\"", client.arguments("deploy", flags: ["-T"]))
        #expect(plain.outputText == "0\n", "\(plain.errorText)")
        let terminal = try PseudoTerminal(
            ["/bin/sh", "-c", "\"$@\" \"$(printf 'touch b\\351b; printf do\\303\\251ne')\"", "sh"]
                + client.arguments("deploy", flags: ["-tt"]))
        #expect(try await terminal.waitForExit() == .exited(0))
        #expect(terminal.transcript.text.contains("doéne"))
        let verb = try await run(
            "\"$@\" \"$(printf 'exec deploy touch c\\351b')\"", client.arguments("cmdop", flags: ["-T"]))
        #expect(verb.status == .exited(0), "\(verb.errorText)")
        let control = try ControlClient(client, "deploy")
        let encoded = Data(Array("touch d".utf8) + [0xE9]).base64EncodedString()
        _ = try await control.call("exec.run", ["command": "touch d\\xe9", "commandBase64": .string(encoded)])
        #expect(try await names() == ["61e962", "62e962", "63e962", "64e9"])

        let log = try await client.run("cmdop", "log", "deploy").outputText
        #expect(log.contains("text=touch a\\xe9b") && log.contains("text=touch d\\xe9"), "\(log)")
        #expect(!log.contains("\u{FFFD}"))
        let events = try await client.run("cmdop", "log", "--json", "deploy").outputText
        let first = Data(Array("touch a".utf8) + [0xE9] + Array("b; echo $?".utf8)).base64EncodedString()
        #expect(events.contains("\"textBase64\":\"\(first)\""), "\(events)")
    }

    @Test("are what verbs print of a program's output")
    func output() async throws {
        let team = try await team()
        let client = try team.client("alice")
        _ = try await client.run("cmdop", "new", "deploy")
        let exec = try await client.run("cmdop", "exec", "deploy", "printf 'a\\351b\\n'")
        #expect(exec.output == [0x61, 0xE9, 0x62, 0x0A], "\(exec.outputText)\(exec.errorText)")
        // What is printed at the terminal is what the terminal shows of it.
        let run = try await client.run("cmdop", "run", "deploy", "printf 'a\\351b\\n'")
        #expect(run.outputText == "a\u{FFFD}b\n", "\(run.outputText)\(run.errorText)")
    }

    @Test("are refused with a sentence where they can not be typed or said, and NUL is, wherever")
    func refused() async throws {
        let team = try await team()
        let client = try team.client("alice")
        _ = try await client.run("cmdop", "new", "deploy")
        let run = try await run(
            "\"$@\" \"$(printf 'run deploy touch a\\351b')\"", client.arguments("cmdop", flags: ["-T"]))
        #expect(run.status != .exited(0) && run.errorText.contains("a\\xe9b"), "\(run.errorText)")
        let control = try ControlClient(client, "deploy")
        let answer = try await control.ask("exec.run", ["command": "touch a\u{0}b"])
        #expect(answer["error"]?["message"]?.string?.contains("NUL") == true, "\(answer.text)")
        #expect(try await names() == ["2a"], "nothing is there")
    }

    @Test("are names of files for scp, both protocols, and for rsync")
    func files() async throws {
        let team = try await team()
        let alice = try team.configuration(of: "alice", in: place)
        _ = try await run("mkdir out && echo content >\"$(printf 'out/n\\351w')\"")
        for (index, options) in [["-O"], ["-s"]].enumerated() {
            let there = try await run(
                "scp \"$@\" out/* deploy@127.0.0.1: && mv home/* \"$(printf 'home/s\(index)\\351')\" && "
                    + "scp \"$@\" \"$(printf 'deploy@127.0.0.1:s\(index)\\351')\" back\(index)", options + alice)
            #expect(there.status == .exited(0), "\(there.errorText)")
            #expect(place.read("back\(index)") == "content\n")
            _ = try await run("mkdir -p kept && mv home/* kept/")
        }
        let shell = "ssh " + alice.joined(separator: " ")
        let rsync = try await run(
            "rsync -a -e \"$1\" out/ deploy@127.0.0.1: && rsync -a -e \"$1\" "
                + "\"$(printf 'deploy@127.0.0.1:n\\351w')\" back-r", [shell])
        #expect(rsync.status == .exited(0), "\(rsync.errorText)")
        #expect(place.read("back-r") == "content\n")
        #expect(try await names() == ["6ee977"])
        let log = try await team.client("alice").run("cmdop", "log", "deploy").outputText
        #expect(log.contains("n\\xe9w") && !log.contains("\u{FFFD}"), "\(log)")
    }

    @Test("are shown for what they are in the record of commands at the prompt")
    func typed() async throws {
        let team = try await team()
        let alice = try await team.attach("alice")
        alice.type("export LC_ALL=C; bind 'set convert-meta off'; bind 'set input-meta on'; echo re''ady\r")
        try await alice.waitFor("ready\r\n")
        alice.type([UInt8]("echo a".utf8) + [0xE9] + [UInt8]("b >/dev/null; echo do''ne\r".utf8))
        try await alice.waitFor("done\r\n")
        let commands = try await team.client("bob").run("cmdop", "commands", "deploy").outputText
        #expect(commands.contains("echo a\\xe9b") && !commands.contains("\u{FFFD}"), "\(commands)")
    }

    @Test("reach programs in a container, too", .enabled(if: TestImage.isThere, TestImage.reason))
    func container() async throws {
        let team = try await team("box")
        let containers = TestContainers(of: team.server)
        let client = try team.client("alice")
        let run = try await run(
            "\"$@\" \"$(printf \"cd /tmp; touch 'n\\351w'; printf '%%s' * | od -An -tx1\")\"",
            client.arguments("deploy", flags: ["-T"]))
        #expect(run.outputText.contains("6e e9 77"), "\(run.outputText)\(run.errorText)")
        withExtendedLifetime(containers) {}
    }
}
