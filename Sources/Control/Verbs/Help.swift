extension Verb {
    /// What there is, from the table itself.
    static let help = Verb(name: "help", summary: "show this") { _, desk, answer in
        let rows = VerbTable.all.map { ["  ssh cmdop@host \($0.usage)", $0.summary] }
        let verbs = VerbTable.all.map { verb -> JSONValue in
            [
                "name": .string(verb.name), "parameters": .array(verb.parameters.map { .string($0) }),
                "summary": .string(verb.summary),
            ]
        }
        let text =
            """
            Attach:
              ssh NAME@host            share the live session NAME; it is started if it does not run
              ssh NAME+observe@host    only watch
              ssh NAME@host COMMAND    run COMMAND beside the terminal
              ssh cmdop@host           choose from the live list of sessions
            Keys while attached: \(desk.panelKey) d detaches, \(desk.panelKey) ? shows the others.
            Manage:

            """
        answer(.success(VerbReport(text: text + Table.text(rows) + forPrograms, json: ["verbs": .array(verbs)])))
    }

    private static let forPrograms = """
        --json after any of them: one JSON document on standard output; an error is one on standard error,
        {"error": {"code": …, "message": …}}. The exit status is 0, 1 for what could not be done, 2 for wrong words.

        """
}
