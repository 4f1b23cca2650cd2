import JSONText
import SessionModel
import Wire

extension ControlMethod {
    /// What there is to say, from the table itself.
    static let help = ControlMethod(
        "help", "show this, or what one verb takes", scope: .server, traits: [.readOnly, .idempotent],
        parameters: [.init("verb", .string(limit: 64), "one of the verbs")],
        result: [
            .init(
                "verbs",
                .list(
                    .object([
                        .init("name", .text, isRequired: true, "the verb"),
                        .init("method", .text, isRequired: true, "the method that it asks for"),
                        .init("parameters", .list(.text), isRequired: true, "the words behind it"),
                        .init("options", .list(.text), isRequired: true, "the options that it takes"),
                        .init("summary", .text, isRequired: true, "what it does"),
                    ])), isRequired: true, "all, or the one that was asked for")
        ], failures: [.unknownVerb],
        verb: VerbForm("help", [.init("verb", "[VERB]")]) { result, call in
            if let name = call.text("verb") { return text(of: name) }
            return overview(call.desk.panelKey)
        }
    ) { call async throws(ControlFailure) in
        let name = call.text("verb")
        let verbs = VerbTable.all.filter { name == nil || $0.verb.name == name }
        if verbs.isEmpty {
            throw ControlFailure(
                .unknownVerb, "there is no verb '\((name ?? "").printable)'; 'help' lists them")
        }
        return [
            "verbs": .array(
                verbs.map { verb, method in
                    [
                        "name": .string(verb.name), "method": .string(method.name),
                        "parameters": .array(verb.words.map { .string($0.title) }),
                        "options": .array(method.optionNames.map { .string($0) }),
                        "summary": .string(method.summary),
                    ]
                })
        ]
    }

    private static func overview(_ panelKey: String) -> String {
        let rows = VerbTable.all.map { verb, method in ["  ssh cmdop@host \(verb.usage)", method.summary] }
        return """
            Attach:
              ssh NAME@host            share the live session NAME; it is started if it does not run
              ssh NAME+observe@host    only watch
              ssh NAME@host COMMAND    run COMMAND beside the terminal
              ssh cmdop@host           choose from the live list of sessions
            Keys while attached: \(panelKey) d detaches, \(panelKey) ? shows the others.
            Manage:

            """ + Table.text(rows) + forPrograms
    }

    private static let forPrograms = """
        help VERB tells what a verb takes. --json behind the verb: one JSON document on standard output; an error is
        one on standard error, {"error": {"code": …, "message": …}}. The exit status is 0, 1 for what could not be
        done, 2 for wrong words; run and exec have that of the command.
        For scripts and agents: ssh -s NAME@host cmdop-control, and ssh -s NAME@host cmdop-mcp.

        """

    private static func text(of name: String) -> String {
        guard let (verb, method) = VerbTable.all.first(where: { $0.verb.name == name }) else { return "" }
        let words = verb.words.map(\.parameter)
        let options = zip(method.optionNames, method.parameters.filter { !words.contains($0.name) })
        let rows = options.map { option, parameter in ["  \(option)", parameter.summary] }
        let head = "\(verb.usage)\n  \(method.description)\n"
        return head + Table.text(rows + [["  --json", "one JSON document instead of text"]])
    }
}
