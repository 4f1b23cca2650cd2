import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let messageSend = ControlMethod(
        "message.send", "say a line to everybody attached", scope: .session(.steer),
        parameters: [.init("text", .string(limit: 1_000), isRequired: true, "one line")],
        result: [.init("text", .text, isRequired: true, "what was said")],
        verb: VerbForm("say", [.session, .init("text", "TEXT…", isRest: true)]) { _, _ in "Said.\n" }
    ) { call async throws(ControlFailure) in
        let live = try await call.live()
        let text = (call.text("text") ?? "").printable
        _ = try await live.attachment()
        live.say(text)
        // Whoever is told that it was said finds it in the events.
        _ = try await live.ask(.state(nil))
        return ["text": .string(text)]
    }
}
