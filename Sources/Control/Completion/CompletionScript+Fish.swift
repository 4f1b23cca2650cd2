extension CompletionScript {
    static let fish = """
        # Completion of cmdop in fish: cmdop completion fish | source
        function __cmdop_sessions
            set -l program (commandline -opc)[1]
            command $program ls --json 2>/dev/null </dev/null | string match -rag '"name":"([a-z0-9][a-z0-9._-]*)"'
        end
        # True where the words so far are this verb and so many others.
        function __cmdop_at --argument-names verb place
            set -l seen
            for word in (commandline -opc)[2..-1]
                string match -q -- '-*' $word; or set -a seen $word
            end
            test (count $seen) -eq (math $place + 1); and test $seen[1] = $verb
        end
        complete -c cmdop -f
        complete -c cmdop -n __fish_use_subcommand -l socket -r -F -d 'the server\\'s socket'
        complete -c cmdop -n __fish_use_subcommand -l help -d 'what this program does'
        \(lines.joined(separator: "\n"))

        """

    private static func fishQuoted(_ text: String) -> String {
        "'" + text.reduce(into: "") { $0 += $1 == "'" || $1 == "\\" ? "\\\($1)" : String($1) } + "'"
    }

    private static func values(_ place: Place) -> String? {
        switch place {
        case .session: "'(__cmdop_sessions)'"
        case .verb: fishQuoted(verbNames.joined(separator: " "))
        case .words(let words): fishQuoted(words.joined(separator: " "))
        case .anything: nil
        }
    }

    private static let lines = commands.flatMap { command in
        let first = "complete -c cmdop -n __fish_use_subcommand -a \(command.name) -d \(fishQuoted(command.summary))"
        let places = command.places.enumerated().compactMap { index, place in
            values(place).map { "complete -c cmdop -n '__cmdop_at \(command.name) \(index)' -a \($0)" }
        }
        let options = command.options.map { option in
            let value = option.value.map { " -x" + (values($0).map { " -a \($0)" } ?? "") } ?? ""
            return
                "complete -c cmdop -n '__fish_seen_subcommand_from \(command.name)'"
                + " -l \(option.name.dropFirst(2))\(value)"
                + " -d \(fishQuoted(option.summary))"
        }
        return [first] + places + options
    }
}
