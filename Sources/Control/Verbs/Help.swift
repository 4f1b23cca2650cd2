extension Verb {
    /// What there is, from the table itself.
    static let help = Verb(name: "help", summary: "show this") { _, _, answer in
        let rows = VerbTable.all.map { ["  ssh cmdop@host \($0.usage)", $0.summary] }
        answer(
            .success(
                """
                Attach:
                  ssh NAME@host            share the live session NAME; it is started if it does not run
                  ssh NAME+observe@host    only watch
                  ssh NAME@host COMMAND    run COMMAND beside the terminal
                Keys while attached: Ctrl-] d detaches, Ctrl-] ? shows the others.
                Manage:

                """ + Table.text(rows)))
    }
}
