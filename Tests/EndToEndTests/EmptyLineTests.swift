import JSONText
import TestKit
import Testing

/// What was typed at a prompt and is not there any more keeps nobody from typing a command.
@Suite("A line that is empty again", .timeLimit(.minutes(10)))
struct EmptyLineTests {
    private static let environments = """
          bash: {kind: process, shell: ["/bin/bash", "--noprofile", "--norc"], directory: "/tmp"}
          zsh: {kind: process, shell: ["/usr/bin/zsh"], directory: "/tmp"}
          fish: {kind: process, shell: ["/usr/bin/fish"], directory: "/tmp"}
        """

    /// Prompts of more lines than one, and words at the screen's right end.
    private static let prompts: [String: String] = [
        "bash": "PS1='first line\\n$ '",
        "zsh": "PROMPT=$'first line\\n%# '; RPROMPT='right'",
        "fish": "function fish_prompt; printf 'first line\\n> '; end; function fish_right_prompt; echo right; end",
    ]

    private func begin(_ shell: String) async throws -> (Team, PseudoTerminal, ControlClient) {
        let team = try await Team(environments: Self.environments)
        let control = try ControlClient(team.client("bob"), "deploy")
        _ = try await control.call("session.create", ["environment": .string(shell)])
        let alice = try await team.attach("alice")
        try await untilEmpty(control, "at first")
        return (team, alice, control)
    }

    private func isEmpty(_ control: ControlClient) async throws -> Bool {
        let state = try await control.call("session.get")["shell"]
        return state?["lineEmpty"] == true && state?["atPrompt"] == true
    }

    private func untilEmpty(_ control: ControlClient, _ when: String) async throws {
        var seen = JSONValue.null
        try await eventually("an empty line \(when)", seen: { seen.text }) {
            seen = try await control.call("session.get")["shell"] ?? .null
            return seen["lineEmpty"] == true && seen["atPrompt"] == true
        }
    }

    /// Runs a command, which nobody else's turn keeps from being typed.
    private func run(
        _ command: String, _ control: ControlClient, after alice: PseudoTerminal
    ) async throws -> JSONValue {
        alice.panel("x")
        try await alice.untilServed()
        let result = try await control.call("command.run", ["command": .string(command)])
        _ = try await control.call("turn.release")
        return result
    }

    /// Types a text, waits until it stands there, and then types the keys.
    private func type(
        _ text: String, then keys: String, _ alice: PseudoTerminal, _ control: ControlClient, _ what: String
    ) async throws {
        let seen = alice.transcript.count
        alice.type(text)
        _ = try await alice.waitFor(String(text.suffix(1)), from: seen)
        try await alice.untilServed()
        #expect(try await !isEmpty(control), "\(what)")
        alice.type(keys)
        var looks = 0
        try await eventually("an empty line \(what)") {
            looks += 1
            // fish misses it now and then while it draws.
            if keys == "\u{03}", looks % 100 == 0 { alice.type(keys) }
            return try await isEmpty(control)
        }
    }

    @Test("by whatever it was erased, in every shell", arguments: ["bash", "zsh", "fish"], [false, true])
    func erased(shell: String, hasLongPrompt: Bool) async throws {
        let (team, alice, control) = try await begin(shell)
        if hasLongPrompt {
            alice.type((Self.prompts[shell] ?? "") + "\r")
            try await alice.untilShown("first line", at: .anywhere)
            try await untilEmpty(control, "behind the prompt")
        }
        // fish suggests what was run before.
        _ = try await run("echo suggested-words", control, after: alice)
        for round in 0..<2 {
            try await type("ec", then: "\u{15}", alice, control, "behind Ctrl-U, \(round)")
            try await type("ech", then: "\u{7F}\u{7F}\u{7F}", alice, control, "behind backspaces, \(round)")
            try await type("abz", then: "\u{03}", alice, control, "behind Ctrl-C, \(round)")
            try await type("abz", then: "\u{1B}[D\u{05}\u{17}", alice, control, "edited, \(round)")
            let long = String(repeating: "a", count: 200) + "z\(round)"
            try await type(long, then: "\u{15}", alice, control, "of more rows, \(round)")
            // At the bottom, where a long line moves the prompt up.
            if round == 0 { _ = try await run("seq 1 40", control, after: alice) }
        }
        #expect(try await run("echo whole-line", control, after: alice)["output"] == "whole-line\n")
        withExtendedLifetime(team) {}
    }

    @Test("by keys that edit and found nothing to edit", arguments: ["bash", "zsh", "fish"])
    func nothingToEdit(shell: String) async throws {
        let (team, alice, control) = try await begin(shell)
        // A shell that knows no Delete types a part of it.
        for keys in ["\u{15}", "\u{1B}[3~\u{15}", "\u{1B}[C\u{1B}[3~\u{15}", "\u{7F}\u{15}\u{15}"] {
            alice.type(keys)
            try await alice.untilServed()
            try await untilEmpty(control, "behind \(keys.debugDescription)")
        }
        #expect(try await run("echo whole-line", control, after: alice)["output"] == "whole-line\n")
        withExtendedLifetime(team) {}
    }

    @Test("by a line that the shell does not run", arguments: ["bash", "zsh"])
    func notRun(shell: String) async throws {
        let (team, alice, control) = try await begin(shell)
        for round in 0..<2 {
            try await type("!nosuch\(round)", then: "\r", alice, control, "that is no event, \(round)")
        }
        #expect(try await run("echo whole-line", control, after: alice)["output"] == "whole-line\n")
        withExtendedLifetime(team) {}
    }

    @Test("but not while something stands there that the cursor is before", arguments: ["bash", "zsh", "fish"])
    func standing(shell: String) async throws {
        let (team, alice, control) = try await begin(shell)
        for (text, keys) in [("abz", "\u{01}"), ("echo   ", "\u{01}\u{1B}[C\u{1B}[D"), ("ab\u{7F}", "")] {
            let seen = alice.transcript.count
            alice.type(text + keys)
            _ = try await alice.waitFor(String(text.prefix(1)), from: seen)
            // Long enough, and however long: it never is.
            for _ in 0..<20 {
                try await alice.untilServed()
                let isEmpty = try await isEmpty(control)
                let screen = isEmpty ? try await control.call("screen.get")["text"]?.string ?? "" : ""
                try #require(!isEmpty, "\(text) on \(screen)")
            }
            alice.type("\u{05}\u{15}\r")
            try await untilEmpty(control, "behind \(text)")
        }
        withExtendedLifetime(team) {}
    }

    @Test("nor behind lines that were typed at once, the last of them not entered", arguments: ["bash", "zsh", "fish"])
    func ahead(shell: String) async throws {
        let (team, alice, control) = try await begin(shell)
        alice.type("true\r\recho done\recho   \u{01}")
        _ = try await alice.waitFor("done\r\n")
        for _ in 0..<100 {
            try await alice.untilServed()
            #expect(try await !isEmpty(control))
        }
        withExtendedLifetime(team) {}
    }
}
