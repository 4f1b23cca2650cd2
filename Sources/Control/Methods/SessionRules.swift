import SessionModel
import Wire

extension ControlMethod {
    static let sessionRules = ControlMethod(
        "session.rules", "tell the rules that a session's turns have", scope: .session(.observe),
        traits: [.readOnly, .idempotent],
        result: [
            .init("session", .text, isRequired: true, "its name"),
            .init("turns", .word(["open"]), isRequired: true, "typing while nobody holds the turn takes it"),
            .init("releaseAfter", .number, isRequired: true, "idle seconds after which a holder gives up the turn"),
        ]
    ) { call async throws(ControlFailure) in
        [
            "session": .string(call.session.text), "turns": "open",
            "releaseAfter": .seconds(call.desk.releaseAfter(in: call.session)),
        ]
    }
}
