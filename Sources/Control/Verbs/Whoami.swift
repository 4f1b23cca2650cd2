import SessionModel

extension Verb {
    /// Who the caller is, by the key that signed.
    static let whoami = Verb(name: "whoami", summary: "say who your key makes you") { _, desk, answer in
        let caller = desk.caller
        let kind = caller.kind == .agent ? "an agent" : "a person"
        answer(.success("\(caller.name), \(kind), by key \(caller.key.fingerprint)\n"))
    }
}
