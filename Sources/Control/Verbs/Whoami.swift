import SessionModel

extension Verb {
    /// Who the caller is, by the key that signed.
    static let whoami = Verb(name: "whoami", summary: "say who your key makes you") { _, desk, answer in
        let caller = desk.caller
        let article = caller.kind == .agent ? "an" : "a"
        answer(
            .success(
                VerbReport(
                    text: "\(caller.name), \(article) \(caller.kind.word), by key \(caller.key.fingerprint)\n",
                    json: [
                        "operator": .string(caller.name), "kind": .string(caller.kind.word),
                        "key": .string(caller.key.fingerprint.text),
                    ])))
    }
}

extension OperatorKind {
    var word: String { self == .agent ? "agent" : "person" }
}
