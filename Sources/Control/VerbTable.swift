/// All verbs there are.
package enum VerbTable {
    package static let all: [Verb] = [.ls, .who, .whoami, .end, .help]

    /// Runs a command line: the verb's name, then its words; no verb is `ls`. `--json` may stand anywhere.
    package static func run(
        _ commandLine: String, at desk: any ControlDesk, _ answer: @escaping (VerbAnswer) -> Void
    ) {
        var words = commandLine.split(whereSeparator: \.isWhitespace).map(String.init)
        let asJSON = words.contains("--json")
        words.removeAll { $0 == "--json" }
        run(words, at: desk) { answer(VerbAnswer($0, asJSON: asJSON)) }
    }

    private static func run(
        _ words: [String], at desk: any ControlDesk, _ answer: @escaping (Verb.Outcome) -> Void
    ) {
        if let option = words.first(where: { $0.hasPrefix("-") }) {
            return answer(
                .failure(VerbFailure(.usage, "there is no option '\(option.printable)'; --json is the only one")))
        }
        guard let name = words.first else { return Verb.ls.run([], desk, answer) }
        guard let verb = all.first(where: { $0.name == name }) else {
            return answer(
                .failure(VerbFailure(.unknownVerb, "there is no verb '\(name.printable)'; 'help' lists them")))
        }
        let arguments = Array(words.dropFirst())
        guard arguments.count == verb.parameters.count else {
            return answer(.failure(VerbFailure(.usage, "usage: \(verb.usage) [--json]")))
        }
        verb.run(arguments, desk, answer)
    }
}

extension String {
    /// The text with what could move a terminal's cursor or forge a line made visible.
    package var printable: String {
        var text = ""
        for scalar in unicodeScalars.prefix(256) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
                text += "?"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
