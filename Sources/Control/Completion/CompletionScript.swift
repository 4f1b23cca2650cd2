import JSONText

/// Completion of the program `cmdop` by a shell: scripts made from the table of verbs.
package enum CompletionScript {
    /// The script for `bash`, `zsh` or `fish`; `nil` for another shell.
    package static func text(for shell: String) -> String? {
        switch shell {
        case "bash": bash
        case "zsh": zsh
        case "fish": fish
        default: nil
        }
    }

    /// What stands at a place behind a verb.
    enum Place: Hashable {
        case session
        case verb
        case words([String])
        case anything
    }

    struct Option: Hashable {
        /// With its dashes.
        let name: String
        let summary: String
        /// `nil` for a flag.
        let value: Place?
    }

    struct Command: Hashable {
        let name: String
        let summary: String
        let places: [Place]
        let options: [Option]
    }

    /// What may stand first: what the program does itself, then the verbs.
    static let commands: [Command] = own + verbs

    private static let own = [
        Command(name: "attach", summary: "share a live session on this terminal", places: [.session], options: []),
        Command(name: "control", summary: "JSON-RPC on standard input and output", places: [.session], options: []),
        Command(name: "mcp", summary: "an MCP server on standard input and output", places: [.session], options: []),
        Command(
            name: "completion", summary: "print a completion script", places: [.words(["bash", "zsh", "fish"])],
            options: []),
    ]

    private static let verbs = VerbTable.all.map { verb, method in
        Command(
            name: verb.name, summary: method.summary, places: verb.words.map { place(of: $0, in: method) },
            options: options(of: method) + [Option(name: "--json", summary: "one JSON document", value: nil)])
    }

    private static func place(of word: VerbForm.Word, in method: ControlMethod) -> Place {
        switch word.parameter {
        case "session": .session
        case "verb": .verb
        default: method.parameters.first { $0.name == word.parameter }.map { place(of: $0.schema) } ?? .anything
        }
    }

    private static func options(of method: ControlMethod) -> [Option] {
        let words = method.verb?.words.map(\.parameter) ?? []
        let parameters = method.parameters.filter { !words.contains($0.name) }
        return zip(method.optionNames, parameters).map { name, parameter in
            var isFlag = false
            if case .boolean = parameter.schema { isFlag = true }
            return Option(name: name, summary: parameter.summary, value: isFlag ? nil : place(of: parameter.schema))
        }
    }

    private static func place(of schema: Schema) -> Place {
        switch schema {
        case .word(let words): .words(words)
        case .optional(let schema): place(of: schema)
        default: .anything
        }
    }

    /// The program's own options, before everything else.
    static let ownOptions = ["--socket", "--help"]

    static let verbNames = verbs.map(\.name)

    /// Sessions by name, as a POSIX shell finds them; `$1` is the program. Only what can be a name comes through.
    static let sessionsFunction = """
        _cmdop_sessions() {
            command "$1" ls --json 2>/dev/null </dev/null |
                command grep -o '"name":"[a-z0-9][a-z0-9._-]*"' | command cut -d '"' -f 4
        }
        """

    /// Steps `verb`, `place` and `index` over the words before the one to complete, in bash and zsh; bash makes three
    /// words of `--NAME=VALUE`.
    static func counting(word: String, until end: String) -> String {
        """
            while [ "$index" -lt "\(end)" ]; do
                word="\(word)"
                case "$verb $word" in
                    " --socket"\(valueOptions))
                        index=$((index + 1))
                        if [ "\(word)" = "=" ]; then index=$((index + 1)); fi ;;
                    *" "-*) ;;
                    " "*) verb=$word ;;
                    *) place=$((place + 1)) ;;
                esac
                index=$((index + 1))
            done
        """
    }

    /// Patterns for `VERB OPTION` where the option's value is the next word.
    private static let valueOptions = verbs.flatMap { command in
        command.options.filter { $0.value != nil }.map { " | \"\(command.name) \($0.name)\"" }
    }.joined()

    /// In single quotes, for a POSIX shell.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
