import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let whoami = ControlMethod(
        "whoami", "say who your key makes you", scope: .server, traits: [.readOnly, .idempotent],
        result: [
            .init("operator", .text, isRequired: true, "your name"),
            .init("kind", .word(["person", "agent"]), isRequired: true, "what you are"),
            .init("key", .text, isRequired: true, "the fingerprint of the key that signed"),
        ],
        verb: VerbForm("whoami") { result, call in
            let caller = call.desk.caller
            let article = caller.kind == .agent ? "an" : "a"
            return "\(caller.name), \(article) \(caller.kind.word), by key \(caller.key.fingerprint)\n"
        }
    ) { call async throws(ControlFailure) in
        let caller = call.desk.caller
        return [
            "operator": .string(caller.name), "kind": .string(caller.kind.word),
            "key": .string(caller.key.fingerprint.text),
        ]
    }
}
