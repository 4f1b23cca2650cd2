import Foundation
import TestKit
import Testing

/// Variables that say what a shell reads when it starts.
@Suite("A shell whose start-up files are elsewhere")
struct ShellVariableTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    private func team(_ shell: String, _ variables: [String: String]) async throws -> Team {
        let words = variables.map { "\($0.key): \"\($0.value)\"" }.sorted().joined(separator: ", ")
        return try await Team(
            ["alice", "carol"], rules: ", environment: here",
            environments: """
                  here: {kind: process, shell: \(shell), directory: "/tmp", variables: {\(words)}}
                """)
    }

    private func run(_ command: String, in team: Team) async throws -> CommandRun {
        let client = try team.client("alice")
        _ = try await client.run("cmdop", "new", "deploy")
        return try await client.run("cmdop", "run", "deploy", command)
    }

    @Test("gives marks and keeps the value: zsh with ZDOTDIR")
    func zsh() async throws {
        try place.write("FROM_HERE=rc\nPS1='here> '\n", to: "z/.zshrc")
        let team = try await team("[/usr/bin/zsh]", ["ZDOTDIR": "\(place.path)/z"])
        let run = try await run("echo $FROM_HERE $ZDOTDIR ${+CMDOP_ZDOTDIR}", in: team)
        #expect(run.outputText == "rc \(place.path)/z 0\n", "\(run.errorText)")
    }

    @Test("gives marks and keeps the values: bash with ENV, BASH_ENV and HISTFILE")
    func bash() async throws {
        try place.write("FROM_ENV=1\n", to: "env")
        let team = try await team(
            "[/bin/bash, --norc]",
            ["ENV": "\(place.path)/env", "BASH_ENV": "\(place.path)/env", "HISTFILE": "\(place.path)/history"])
        let run = try await run("echo $ENV $BASH_ENV $HISTFILE ${FROM_ENV-none}", in: team)
        #expect(
            run.outputText == "\(place.path)/env \(place.path)/env \(place.path)/history none\n", "\(run.errorText)")
    }

    @Test("gives marks and keeps the values: fish with XDG_DATA_DIRS and XDG_CONFIG_HOME")
    func fish() async throws {
        try place.write("set -g from_here config\n", to: "c/fish/config.fish")
        try place.write("set -g from_data data\n", to: "d/fish/vendor_conf.d/cmdop.fish")
        let team = try await team(
            "[/usr/bin/fish]",
            ["XDG_CONFIG_HOME": "\(place.path)/c", "XDG_DATA_DIRS": "\(place.path)/d:/usr/share"])
        let run = try await run("echo $from_here $from_data $XDG_CONFIG_HOME $XDG_DATA_DIRS", in: team)
        let values = "\(place.path)/c \(place.path)/d:/usr/share"
        #expect(run.outputText == "config data \(values)\n", "\(run.errorText)")
    }

    @Test("and a shell that gives none is told of, instead of waited for")
    func none() async throws {
        let team = try await team("[/bin/sh]", [:])
        let run = try await run("echo a", in: team)
        #expect(run.errorText.contains("gives no marks"), "\(run.outputText)\(run.errorText)")
        #expect(run.status != .exited(0) && run.outputText.isEmpty)
    }
}
