extension CompletionScript {
    static let zsh = """
        #compdef cmdop
        # Completion of cmdop in zsh: source <(cmdop completion zsh), or as _cmdop in a directory of $fpath.
        \(sessionsFunction)
        _cmdop() {
            local verb='' word='' index=2 place=0 previous=$words[CURRENT-1]
            local -a found
        \(counting(word: "$words[index]", until: "$CURRENT"))
            case "$verb $previous" in
                " --socket") _files; return ;;
        \(values)
            esac
            case "$PREFIX" in
                -*)
                    case "$verb" in
                        '') found=(\(ownOptions.map(quoted).joined(separator: " "))) ;;
        \(options)
                    esac
                    _describe option found
                    return ;;
            esac
            case "$verb/$place" in
                /0)
                    found=(
        \(described)
                    )
                    _describe verb found ;;
        \(places)
            esac
        }
        # As a file of $fpath, this is the body of the function.
        if [ "$funcstack[1]" = _cmdop ]; then _cmdop "$@"; else compdef _cmdop cmdop; fi

        """

    private static func adding(_ place: Place) -> String? {
        switch place {
        case .session: "compadd -- ${(f)\"$(_cmdop_sessions \"$words[1]\")\"}"
        case .verb: "compadd -- \(verbNames.map(quoted).joined(separator: " "))"
        case .words(let words): "compadd -- \(words.map(quoted).joined(separator: " "))"
        case .anything: nil
        }
    }

    private static func described(_ name: String, _ summary: String) -> String { quoted("\(name):\(summary)") }

    private static let described = commands.map { "                \(described($0.name, $0.summary))" }
        .joined(separator: "\n")

    private static let values = commands.flatMap { command in
        command.options.compactMap { option in
            option.value.map {
                "        \"\(command.name) \(option.name)\") \(adding($0) ?? "_message value"); return ;;"
            }
        }
    }.joined(separator: "\n")

    private static let options = commands.filter { !$0.options.isEmpty }.map { command in
        let options = command.options.map { described($0.name, $0.summary) }.joined(separator: " ")
        return "                \(command.name)) found=(\(options)) ;;"
    }.joined(separator: "\n")

    private static let places = commands.flatMap { command in
        command.places.enumerated().compactMap { index, place in
            adding(place).map { "        \(command.name)/\(index)) \($0) ;;" }
        }
    }.joined(separator: "\n")
}
