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
        for (words, output) in try Self.commands() {
            typed.insert(words)
            let prefix = "ssh -p 2222 "
            if words == "echo $?" {
                #expect(last?.status == .exited(7) && output.first == "7")
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
        #expect(typed.count >= 7)
        bob.panel("d")
        #expect(try await bob.waitForExit() == .exited(0))
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
        } else {
            #expect(run.status == .exited(7))
        }
    }

    @Test("names the verbs that there are, and help names them too")
    func verbs() async throws {
        let team = try await Team()
        let help = try await team.client("alice").run("cmdop", "help")
        let row = try #require(try Self.text().components(separatedBy: "\n").first { $0.contains("cmdop@host VERB") })
        let named = row.components(separatedBy: "`").enumerated().compactMap { $0 % 2 == 1 ? $1 : nil }.dropFirst()
        #expect(named.count == 5)
        for verb in named { #expect(help.outputText.contains("ssh cmdop@host \(verb) "), "\(verb)") }
    }
}
