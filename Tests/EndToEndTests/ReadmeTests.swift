import Foundation
import TestKit
import Testing

/// The README's commands are typed here as they stand there; only where the server is differs.
@Suite("The README")
struct ReadmeTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func text() throws -> String {
        try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    }

    /// What follows a prompt in it, with the lines of output that it shows.
    private static func commands() throws -> [(words: String, output: [String])] {
        var found: [(words: String, output: [String])] = []
        var isConsole = false
        for line in try text().components(separatedBy: "\n") {
            if line.hasPrefix("```") {
                isConsole = line == "```console"
            } else if isConsole, line.hasPrefix("$ ") {
                found.append((String(line.dropFirst(2)), []))
            } else if isConsole, !found.isEmpty {
                found[found.count - 1].output.append(line)
            }
        }
        return found
    }

    @Test("shows commands that work as it shows them")
    func tour() async throws {
        let team = try await Team()
        let client = try team.client("alice")
        let bob = try await team.attach("bob", to: "demo")
        var last: CommandRun?
        var typed: Set<String> = []
        var waiting: [PseudoTerminal] = []
        for (words, output) in try Self.commands() {
            typed.insert(words)
            if words.hasSuffix(" turn demo") { waiting = try await makeQueue(team) }
            let prefix = "ssh -p 2222 "
            if words == "echo $?" {
                #expect(last?.status == .exited(7) && output.first == "7")
            } else if words.hasPrefix("printf ") {
                let ssh = client.arguments("@").dropLast().joined(separator: " ")
                let line = words.replacingOccurrences(of: "ssh -p 2222", with: ssh)
                let answer = try await CommandRun(["sh", "-c", line]).outputText
                // The key differs.
                #expect(answer.hasPrefix("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"operator\":\"alice\",\"kind\""))
                #expect(output.first?.prefix(60) == answer.prefix(60))
            } else if words.hasPrefix(prefix) {
                let rest = words.dropFirst(prefix.count).split(separator: "@127.0.0.1", maxSplits: 1)
                let user = try #require(rest.first).description
                let command = rest.dropFirst().first.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
                if command.isEmpty, user != "cmdop" {
                    try await attach(user, client, output)
                } else {
                    let unquoted = command.trimmingCharacters(in: ["'"])
                    last = try await client.run(user, unquoted.isEmpty ? "ls" : unquoted)
                    try check(last, output)
                }
            } else {
                // `make serve` is what `make check` starts; `make test` is what runs this.
                #expect(["make serve", "make test"].contains(words))
            }
        }
        #expect(typed.count >= 7 && waiting.count == 2)
        bob.panel("d")
        #expect(try await bob.waitForExit() == .exited(0))
    }

    /// Alice steers, and bob waits.
    private func makeQueue(_ team: Team) async throws -> [PseudoTerminal] {
        let alice = try await team.attach("alice", to: "demo")
        alice.type("echo hi\r")
        try await alice.untilSteering("alice")
        let bob = try await team.attach("bob", to: "demo")
        bob.panel("t")
        try await bob.untilShown("you are first in the queue")
        return [alice, bob]
    }

    private func attach(_ user: String, _ client: SSHClient, _ output: [String]) async throws {
        let terminal = try client.attach(user)
        try await terminal.untilAttached()
        if let line = output.first {
            // Names differ, the sentence does not.
            #expect(line.hasPrefix("[cmdop] session demo on ") && line.hasSuffix("Ctrl-] d detaches"))
            #expect(terminal.transcript.text.contains("Ctrl-] d detaches"))
        }
        terminal.panel("d")
        #expect(try await terminal.waitForExit() == .exited(0))
    }

    /// Tables have the columns that are shown; what is a value differs.
    private func check(_ run: CommandRun?, _ output: [String]) throws {
        let run = try #require(run)
        let shown = output.first ?? ""
        if shown.hasPrefix("SESSION") {
            let heads = shown.split(separator: " ").map(String.init)
            let printed = run.outputText.components(separatedBy: "\n").first ?? ""
            #expect(printed.split(separator: " ").map(String.init) == heads)
            #expect(run.status == .exited(0))
        } else if shown.contains("steers") {
            // Which turn it is depends on what was done before.
            let digits = CharacterSet.decimalDigits
            #expect(
                run.outputText.components(separatedBy: digits).joined()
                    == shown.components(separatedBy: digits).joined() + "\n")
        } else if shown.hasPrefix("turns:") {
            #expect(run.outputText == shown.replacingOccurrences(of: "after 5 s", with: "after 60 s") + "\n")
        } else {
            #expect(run.status == .exited(7))
        }
    }

    /// The block of a language that it shows.
    private static func script(_ language: String) throws -> String {
        let text = try text()
        let start = try #require(text.range(of: "```\(language)\n"))
        let end = try #require(text.range(of: "```\n", range: start.upperBound..<text.endIndex))
        return String(text[start.upperBound..<end.lowerBound])
    }

    /// The lines of the block that begins so.
    private static func block(_ beginning: String) throws -> [String] {
        let text = try text()
        let start = try #require(text.range(of: "\n\(beginning)")).lowerBound
        let end = try #require(text.range(of: "\n```", range: start..<text.endIndex)).lowerBound
        return text[start..<end].split(separator: "\n").map(String.init)
    }

    @Test("moves files and forwards ports as it shows")
    func filesAndPorts() async throws {
        let team = try await Team()
        let here = try TemporaryDirectory()
        try here.write("hello\n", to: "report.txt")
        try FileManager.default.createDirectory(atPath: "\(here.path)/src", withIntermediateDirectories: true)
        try here.write("code\n", to: "src/code")
        let there = try TemporaryDirectory()
        let options = try team.client("alice").arguments("@").dropLast().dropFirst()
            .filter { $0 != "-p" && $0 != "\(team.server.port)" }.joined(separator: " ")
        let port = "\(team.server.port)"
        for line in try Self.block("scp -P 2222") {
            // Paths end in a folder of the test, the options are those of its client.
            let changed = line.replacingOccurrences(of: "2222", with: port)
                .replacingOccurrences(of: "scp ", with: "scp \(options) ")
                .replacingOccurrences(of: "ssh -p", with: "ssh \(options) -p")
                .replacingOccurrences(of: "127.0.0.1:src/", with: "127.0.0.1:\(there.path)/src/")
                .replacingOccurrences(
                    of: "report.txt demo@127.0.0.1:", with: "report.txt demo@127.0.0.1:\(there.path)/"
                )
                .replacingOccurrences(of: "/home/alice/repo", with: "\(there.path)/repo")
            if line.hasPrefix("git ") { try await CommandRun.succeed(["git", "init", "-q", "\(there.path)/repo"]) }
            let script = "cd '\(here.path)' && export GIT_SSH_COMMAND='ssh \(options)' && \(changed)"
            let run = try await CommandRun(["sh", "-c", script])
            #expect(run.status == .exited(0), "\(line): \(run.errorText)")
        }
        #expect(there.read("report.txt") == "hello\n" && there.read("src/code") == "code\n")
        #expect(FileManager.default.fileExists(atPath: "\(here.path)/repo/.git"))
    }

    @Test("shows a configuration that is one")
    func configuration() async throws {
        let lines = try Self.block("environments:\n") + Self.block("sessions:\n")
        let directory = try TemporaryDirectory()
        try directory.write(lines.joined(separator: "\n") + "\n", to: "cmdop.yaml")
        let check = try await CommandRun([
            try BuiltProgram.cmdopd.path(), "--config", "\(directory.path)/cmdop.yaml", "--check",
        ])
        #expect(check.status == .exited(0), "\(check.outputText)\(check.errorText)")
    }

    @Test("has a script for a shell that starts a session, runs, tells people, waits and reads")
    func shellScript() async throws {
        let team = try await Team()
        let watcher = try await team.attach("bob", to: "build")
        let ssh = try team.client("alice").arguments("@").dropLast().joined(separator: " ")
        let script = try Self.script("sh").replacingOccurrences(of: "ssh -p 2222", with: ssh)
        let run = try await CommandRun(["sh", "-c", script])
        #expect(run.status == .exited(0) && run.errors.isEmpty, "\(run.errorText)")
        let lines = run.outputText.components(separatedBy: "\n")
        #expect(
            lines.starts(with: ["'build' runs already.", "compiling", "Said.", "It is there."]), "\(run.outputText)")
        #expect(lines.contains { $0.contains("alice") && $0.hasSuffix("cd /tmp && echo compiling") })
        try await watcher.waitFor("please look, ssh build@host")
    }

    @Test("has a script in Python that does the same over the subsystem")
    func pythonScript() async throws {
        let team = try await Team()
        let watcher = try await team.attach("bob", to: "build")
        let words = try team.client("alice").arguments("@").dropLast().map { "\"\($0)\"" }.joined(separator: ", ")
        let script = try Self.script("python").replacingOccurrences(of: "\"ssh\", \"-p\", \"2222\"", with: words)
        let run = try await CommandRun(["python3", "-c", script])
        #expect(run.outputText == "compiling\n" && run.status == .exited(0), "\(run.errorText)")
        try await watcher.waitFor("exit status 1: over to you")
        let who = try await team.client("alice").run("cmdop", "turn build")
        #expect(who.outputText == "Nobody steers.\n")
    }

    @Test("names the verbs that there are, and help names them too")
    func verbs() async throws {
        let team = try await Team()
        let help = try await team.client("alice").run("cmdop", "help")
        let row = try #require(try Self.text().components(separatedBy: "\n").first { $0.contains("cmdop@host VERB") })
        let named = row.components(separatedBy: "`").enumerated().compactMap { $0 % 2 == 1 ? $1 : nil }.dropFirst()
        #expect(named.count >= 9)
        for verb in named { #expect(help.outputText.contains("ssh cmdop@host \(verb)"), "\(verb)") }
    }
}
