import Platform
import SessionModel
import TestKit
import Testing
import Wire

@testable import Environment

/// The start-up files in the shells they are for, beside the same shells without them.
@Suite("A shell that marks its prompts")
struct ShellStartUpTests {
    /// What the user has at home, and what shows every setting of a shell.
    private struct Shell: CustomTestStringConvertible {
        var arguments: [String]
        var files: [String: String]
        var settings: String
        var history: String
        var prompt = "user> "

        var testDescription: String { arguments.joined(separator: " ") }

        static let bash = Shell(arguments: ["/bin/bash"], files: bashFiles, settings: bashSettings, history: histories)
        static let login = Shell(
            arguments: ["/bin/bash", "-l"], files: bashFiles, settings: bashSettings, history: histories)
        static let bare = Shell(
            arguments: ["/bin/bash", "--norc"], files: bashFiles, settings: bashSettings, history: histories,
            prompt: "bash-")
        static let zsh = Shell(
            arguments: ["/usr/bin/zsh"],
            files: [
                ".zshenv": "export FROM_ENV=1\n",
                ".zprofile": "export FROM_PROFILE=1\n",
                ".zshrc":
                    "setopt extended_glob no_beep\nalias ll='ls -l'\nHISTFILE=~/.zhistory SAVEHIST=100\nPS1='user> '\n"
                    + "bindkey -v\n",
            ], settings: "{ setopt; alias; bindkey; trap; env | sort; }", history: ".zhistory")
        static let fish = Shell(
            arguments: ["/usr/bin/fish"],
            files: [
                ".config/fish/config.fish":
                    "set -gx FROM_CONFIG 1\nalias ll 'ls -l'\nfunction fish_prompt; echo -n 'user> '; end\n"
            ],
            settings: "begin; alias; bind; set -S status; functions | string match -v '*__cmdop*'; env | sort; end",
            history: ".local/share/fish/fish_history")

        private static let histories = ".bash_history"
        private static let bashFiles = [
            ".bashrc":
                "shopt -s extglob autocd\nset -o noclobber\nalias ll='ls -l'\nPS1='user> '\nPROMPT_COMMAND='MINE=1'\n"
                + "trap 'true' USR1\n",
            ".profile": "export FROM_PROFILE=1\nPS1='user> '\n",
        ]
        private static let bashSettings =
            "{ shopt; set -o; alias; trap; echo $0 $- $SHLVL $HISTFILE $HISTSIZE; bind -p; env | sort; }"
    }

    private static let secret = "0123456789abcdef0123456789abcdef"

    @Test(
        "has every setting, alias, key, trap and variable that it has without, and the same history",
        arguments: [Shell.bash, .login, .bare, .zsh, .fish])
    private func settings(shell: Shell) async throws {
        let plain = try await Self.run(shell, isMarked: false)
        let marked = try await Self.run(shell, isMarked: true)
        #expect(plain.settings.count > 100)
        #expect(marked.settings == plain.settings)
        #expect(marked.history == plain.history)
        #expect(marked.history?.contains("true one") == true)
        #expect(marked.printed.contains("133;C;\(Self.secret);strong;true one"), "and it gives marks")
        #expect(!plain.printed.contains("133;"))
    }

    @Test(
        "asks for bracketed pastes before it says that it reads",
        arguments: [Shell.bash, .zsh, .fish])
    private func paste(shell: Shell) async throws {
        let printed = try await Self.run(shell, isMarked: true).printed
        let reads = printed.ranges(of: "133;B;\(Self.secret)")
        #expect(reads.count >= 2)
        for mark in reads {
            let before = printed[..<mark.lowerBound]
            let isOn = try #require(before.ranges(of: "\u{1B}[?2004h").last)
            #expect(before.ranges(of: "\u{1B}[?2004l").last.map { $0.lowerBound < isOn.lowerBound } ?? true)
        }
    }

    @Test("is told by a prompt without expansion of variables, too")
    private func promptWithoutVariables() async throws {
        var shell = Shell.bash
        shell.files[".bashrc", default: ""] += "shopt -u promptvars\n"
        let printed = try await Self.run(shell, isMarked: true).printed
        #expect(printed.contains("user> \u{1B}]133;B;\(Self.secret);0;!^\u{07}"))
        #expect(printed.contains("user> \u{1B}]133;B;\(Self.secret);7;!^\u{07}"), "the status of the last command")
        #expect(printed.contains("\u{1B}]133;C;\(Self.secret);weak;\u{07}"), "and that one begins")
    }

    /// The machine's own zshenv is read before any file of a user's; a private look at the files stands in for another.
    @Test("is told by a zsh whose machine says where its files are", .enabled(if: Account.current.isRoot))
    private func machineWide() async throws {
        let home = try TemporaryDirectory()
        try home.write("export ZDOTDIR=$HOME/z\n", to: "zshenv")
        try home.write("PS1='user> '\nprecmd_functions+=(mine)\nmine() { MINE=1 }\n", to: "z/.zshrc")
        let startUp = try #require(
            ShellStartUp(shell: ["/usr/bin/zsh"], directory: "\(home.path)/marks", variables: []))
        for file in startUp.files { try home.write(file.contents, to: "marks/\(file.path)") }
        try home.write("\(Self.secret)\n", to: "secret")
        var environment = ["HOME": home.path, "LANG": "C.UTF-8"]
        for variable in startUp.variables { environment[variable.name] = variable.value }
        let script = "mount --bind \"$HOME/zshenv\" /etc/zsh/zshenv && exec \"$0\" \"$@\" 3<\"$HOME/secret\""
        let terminal = try PseudoTerminal(
            ["unshare", "-m", "/bin/sh", "-c", script] + startUp.arguments, environment: environment)
        var offset = 0
        let settings = "{ echo $ZDOTDIR $MINE $precmd_functions; env | grep -e CMDOP -e EOL; } > ~/settings"
        for line in ["sh -c 'exit 7'", settings, "exit"] {
            offset = try await terminal.waitFor("user> ", from: offset)
            terminal.type("\(line)\r")
        }
        _ = try await terminal.waitForExit()
        let printed = terminal.transcript.text
        for mark in ["A", "B", "C", "D"] { #expect(printed.contains("133;\(mark);\(Self.secret)"), "\(printed)") }
        #expect(printed.contains("133;D;\(Self.secret);7"))
        #expect(home.read("settings") == "\(home.path)/z 1 mine __cmdop_precmd\n")
    }

    private struct Outcome {
        var settings: String
        var history: String?
        var printed: String
    }

    private static func run(_ shell: Shell, isMarked: Bool) async throws -> Outcome {
        let home = try TemporaryDirectory()
        for (name, contents) in shell.files { try home.write(contents, to: name) }
        var arguments = shell.arguments
        var environment = ["HOME": home.path, "LANG": "C.UTF-8", "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""]
        if isMarked {
            let directory = "\(home.path)/marks"
            let startUp = try #require(
                ShellStartUp(shell: shell.arguments, directory: directory, variables: []))
            for file in startUp.files { try home.write(file.contents, to: "marks/\(file.path)") }
            for variable in startUp.variables { environment[variable.name] = variable.value }
            try home.write("\(secret)\n", to: "secret")
            arguments = ["/bin/sh", "-c", #"exec "$0" "$@" 3<"$HOME/secret""#] + startUp.arguments
        }
        let terminal = try PseudoTerminal(arguments, environment: environment)
        // Each prompt is awaited: a shell that starts throws away what was typed ahead.
        var offset = 0
        for line in ["true one", "sh -c 'exit 7'", "\(shell.settings) > ~/settings 2>&1", "exit"] {
            offset = try await terminal.waitFor(shell.prompt, from: offset)
            terminal.type("\(line)\r")
        }
        _ = try await terminal.waitForExit()
        return Outcome(
            settings: try #require(home.read("settings")).replacing(home.path, with: "HOME"),
            // fish writes the time, too.
            history: home.read(shell.history)?.replacing(#/when: \d+/#, with: "when").replacing(
                home.path, with: "HOME"),
            printed: terminal.transcript.text)
    }
}
