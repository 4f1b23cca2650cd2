/// All verbs there are.
package enum VerbTable {
    package static let all: [Verb] = [.ls, .who, .whoami, .end, .help]

    /// Runs a command line: the verb's name, then its words.
    package static func run(
        _ commandLine: String, at desk: any ControlDesk, _ answer: @escaping (VerbAnswer) -> Void
    ) {
        let words = commandLine.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let name = words.first else { return Verb.ls.run([], desk, answer) }
        guard let verb = all.first(where: { $0.name == name }) else {
            return answer(.failure("there is no verb '\(name.printable)'; 'help' lists them", status: 2))
        }
        let arguments = Array(words.dropFirst())
        guard arguments.count == verb.parameters.count else {
            return answer(.failure("usage: \(verb.usage)", status: 2))
        }
        verb.run(arguments, desk, answer)
    }
}

extension Verb {
    var usage: String { ([name] + parameters).joined(separator: " ") }
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
