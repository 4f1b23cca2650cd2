import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let sessionEnd = ControlMethod(
        "session.end", "end a session's processes; its record stays (role lead)", scope: .session(.end),
        traits: [.destructive, .idempotent],
        result: [.init("session", .text, isRequired: true, "its name")],
        verb: VerbForm("end", [.session]) { _, call in "'\(call.session)' is ending.\n" }
    ) { call async throws(ControlFailure) in
        try await call.live().end()
        return ["session": .string(call.session.text)]
    }
}
