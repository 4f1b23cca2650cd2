import Control
import TestKit
import Testing

@Suite("Completion scripts")
struct CompletionScriptTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func script(_ shell: String) throws -> String {
        try directory.write(try #require(CompletionScript.text(for: shell)), to: "cmdop.\(shell)")
    }

    /// A `cmdop` that knows two sessions, and a third whose name nobody may have.
    ///
    /// Put there by a program of its own: a child of another test that has the file open would make it busy.
    private func program() async throws -> String {
        let text = #"echo '{"sessions":[{"name":"demo"},{"name":"build-1"},{"name":"$(touch x)"}]}'"#
        let source = try directory.write("#!/bin/sh\n\(text)\n", to: "source")
        let path = try directory.path("cmdop")
        try await CommandRun.succeed(["install", "-m", "755", source, path])
        return path
    }

    @Test("are what each shell can read", arguments: ["bash", "zsh", "fish"])
    func syntax(_ shell: String) async throws {
        guard try await CommandRun(["sh", "-c", "command -v \(shell)"]).status == .exited(0) else { return }
        let run = try await CommandRun([shell, "-n", try script(shell)])
        #expect(run.status == .exited(0) && run.errors.isEmpty, "\(run.errorText)")
    }

    @Test("there are for three shells and no other")
    func others() { #expect(CompletionScript.text(for: "tcsh") == nil) }

    /// What bash offers for the last word.
    private func bash(_ words: String...) async throws -> [String] {
        let line = ([try await program()] + words).map { "'\($0)'" }.joined(separator: " ")
        let commands = "source \(try script("bash")); COMP_WORDS=(\(line)); COMP_CWORD=\(words.count); _cmdop; "
        let run = try await CommandRun(["bash", "-c", commands + "printf '%s\\n' \"${COMPREPLY[@]}\""])
        #expect(run.errors.isEmpty, "\(run.errorText)")
        return run.outputText.split(separator: "\n").map(String.init)
    }

    @Test("complete verbs, sessions, options and their words in bash")
    func completing() async throws {
        #expect(try await bash("wh") == ["whoami", "who"])
        #expect(try await bash("att") == ["attach"])
        #expect(try await bash("end", "") == ["demo", "build-1"])
        #expect(try await bash("attach", "b") == ["build-1"])
        #expect(try await bash("end", "demo", "").isEmpty)
        #expect(try await bash("signal", "demo", "US") == ["USR1", "USR2"])
        #expect(try await bash("run", "--ke") == ["--keep"])
        #expect(try await bash("run", "--keep", "s") == ["start"])
        #expect(try await bash("run", "--keep", "start", "d") == ["demo"])
        #expect(try await bash("run", "--keep", "=", "start", "d") == ["demo"])
        #expect(try await bash("run", "--keep", "=", "s") == ["start"])
        #expect(try await bash("run", "--keep", "=") == ["start", "end"])
        #expect(try await bash("--socket", "/tmp/x", "help", "por") == ["ports"])
        #expect(try await bash("completion", "z") == ["zsh"])
        #expect(directory.read("x") == nil)
    }

    @Test("complete in fish")
    func fish() async throws {
        guard try await CommandRun(["sh", "-c", "command -v fish"]).status == .exited(0) else { return }
        let path = try await program()
        let setUp = "source \(try script("fish")); set -x PATH \(directory.path) $PATH; "
        func offers(_ line: String) async throws -> [String] {
            let run = try await CommandRun(["fish", "--no-config", "-c", setUp + "complete -C '\(line)'"])
            return run.outputText.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
        }
        #expect(path.hasSuffix("/cmdop"))
        #expect(try await offers("cmdop end ") == ["build-1", "demo"])
        #expect(try await offers("cmdop por") == ["ports"])
        #expect(try await offers("cmdop run --kee") == ["--keep"])
    }
}
