extension CompletionScript {
    static let bash = """
        # Completion of cmdop in bash: source <(cmdop completion bash)
        \(sessionsFunction)
        _cmdop() {
            local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
            local verb='' word='' words='' index=1 place=0
        \(counting(word: "${COMP_WORDS[index]}", until: "$COMP_CWORD"))
            COMPREPLY=()
            if [ "$cur" = "=" ]; then cur=''; fi
            if [ "$previous" = "=" ]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi
            case "$verb $previous" in
                " --socket") mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
        \(values)
                *)
                    case "$cur" in
                        -*)
                            case "$verb" in
                                '') words=\(quoted(ownOptions.joined(separator: " "))) ;;
        \(options)
                            esac ;;
                        *)
                            case "$verb/$place" in
                                /0) words=\(quoted(commands.map(\.name).joined(separator: " "))) ;;
        \(places)
                            esac ;;
                    esac ;;
            esac
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
        }
        complete -F _cmdop cmdop

        """

    private static func words(_ place: Place) -> String? {
        switch place {
        case .session: "$(_cmdop_sessions \"${COMP_WORDS[0]}\")"
        case .verb: quoted(verbNames.joined(separator: " "))
        case .words(let words): quoted(words.joined(separator: " "))
        case .anything: nil
        }
    }

    private static let values = commands.flatMap { command in
        command.options.compactMap { option in
            option.value.map {
                "        \"\(command.name) \(option.name)\") words=\(words($0) ?? "''") ;;"
            }
        }
    }.joined(separator: "\n")

    private static let options = commands.filter { !$0.options.isEmpty }.map { command in
        let names = command.options.map(\.name).joined(separator: " ")
        return "                        \(command.name)) words=\(quoted(names)) ;;"
    }.joined(separator: "\n")

    private static let places = commands.flatMap { command in
        command.places.enumerated().compactMap { index, place in
            words(place).map { "                        \(command.name)/\(index)) words=\($0) ;;" }
        }
    }.joined(separator: "\n")
}
