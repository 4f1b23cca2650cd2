import JSONText
import TestKit
import Testing

/// Start-up files are read again, and set anew what the marks hang on.
@Suite("A shell whose settings are set anew", .timeLimit(.minutes(10)))
struct LostMarksTests {
    private static let settings: [String: [String]] = [
        "bash": [
            "PROMPT_COMMAND='history -a'", "PROMPT_COMMAND=", "PROMPT_COMMAND='true'; PS1='new> '", "PS1='newer> '",
            "unset PROMPT_COMMAND", "PROMPT_COMMAND=(true)", "PROMPT_COMMAND+=(true)", "PS0=", "PS0='starts '; PS0=",
            "PS2='more> '", "trap 'true' DEBUG", "shopt -u promptvars", "PS1='bare> '", "shopt -s promptvars", ". ./rc",
            "source ./rc",
            "unset PROMPT_COMMAND; true", "set -u", "HISTCONTROL=ignorespace",
        ],
        "zsh": [
            "precmd_functions=()", "preexec_functions=()", "precmd_functions=() preexec_functions=()",
            "precmd_functions=(true)", "PROMPT='new> '", "PROMPT_EOL_MARK=''", "PS2='more> '", ". ./rc",
            "mine() { true }; zle -N zle-line-init mine",
            "setopt prompt_subst",
            "precmd() { true }; preexec() { true }",
        ],
        "fish": [
            "function fish_prompt; echo -n 'new> '; end", "functions -e fish_prompt", "source ./rc",
            "function fish_right_prompt; echo right; end",
        ],
    ]

    private static let files: [String: String] = [
        "bash": "PS1='again> '\nPROMPT_COMMAND='true'\nPS0=\n",
        "zsh": "PROMPT='again> '\nprecmd_functions=()\npreexec_functions=()\n",
        "fish": "function fish_prompt; echo -n 'again> '; end\n",
    ]

    @Test("says exactly what each command printed, and how it ended", arguments: ["bash", "zsh", "fish"])
    func settings(shell: String) async throws {
        let program = shell == "bash" ? "[\"/bin/bash\", \"--noprofile\", \"--norc\"]" : "[\"/usr/bin/\(shell)\"]"
        let place = try TemporaryDirectory()
        try place.write(Self.files[shell] ?? "", to: "rc")
        let team = try await Team(
            environments: "  it: {kind: process, shell: \(program), directory: \"\(place.path)\"}")
        let bob = try ControlClient(try team.client("bob"), "deploy")
        _ = try await bob.call("session.create", ["environment": "it"])
        func run(_ command: String) async throws -> JSONValue {
            let answer = try await bob.ask("command.run", ["command": .string(command), "within": 40])
            return answer["result"] ?? answer
        }
        for setting in Self.settings[shell] ?? [] {
            let set = try await run(setting)
            #expect(set["exitStatus"] == 0 && set["running"] == false, "\(setting): \(set.text)")
            for round in 0..<2 {
                let result = try await run("echo one; sh -c 'exit 3'")
                let isExact = result["output"] == "one\n" && result["exitStatus"] == 3 && result["known"] == "exact"
                #expect(isExact, "\(round) after \(setting): \(result.text)")
            }
        }
        let listed = try await bob.call("command.list", ["limit": 500])["commands"]?.array ?? []
        #expect(listed.count == 3 * (Self.settings[shell]?.count ?? 0))
    }
}
