import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let attachmentList = ControlMethod(
        "attachment.list", "list who is attached, where, and by which key",
        details: "Of all sessions that you may see, or of one.", scope: .server, traits: [.readOnly, .idempotent],
        parameters: [.init("session", .string(limit: 63), "only of this one")],
        result: [
            .init("attachments", .list(.object(PresentAttachment.schema)), isRequired: true, "by session")
        ], failures: [.noSuchSession],
        verb: VerbForm("who", [.init("session", "[NAME]")]) { result, _ in
            text(result["attachments"]?.array ?? [])
        }
    ) { call async throws(ControlFailure) in
        var sessions = call.desk.visibleSessions
        if let name = call.text("session") {
            sessions = sessions.filter { $0.text == name }
            if sessions.isEmpty {
                throw ControlFailure(
                    .noSuchSession, "there is no session '\(name.printable)' for you; 'ls' lists yours")
            }
        }
        let descriptions = await call.desk.describe(sessions)
        let present = sessions.compactMap { descriptions[$0] }.flatMap { description in
            description.attachments.map { PresentAttachment(attachment: $0, session: description) }
        }
        return ["attachments": .array(present.map(\.json))]
    }

    private static func text(_ present: [JSONValue]) -> String {
        guard !present.isEmpty else { return "Nobody is attached to a session that you may see.\n" }
        return Table.text([["SESSION", "OPERATOR", "ROLE", "TURN", "FOR", "OVER", "KEY"]] + present.map(line))
    }

    private static func line(_ one: JSONValue) -> [String] {
        func text(_ name: String) -> String { one[name]?.string?.printable ?? "" }
        let turn = one["steers"]?.bool == true ? "steers" : one["maySteer"]?.bool == true ? "-" : "watches"
        return [
            text("session"), text("operator") + (text("kind") == "agent" ? " (agent)" : ""), text("role"), turn,
            Table.duration(.seconds(one["attachedSeconds"]?.integer ?? 0)), text("transport"), text("key"),
        ]
    }
}

/// One attachment as `attachment.list` tells of it.
private struct PresentAttachment {
    let attachment: AttachmentDescription
    let session: SessionDescription

    private var steers: Bool { session.turn.holder?.attachment == attachment.id }
    private var maySteer: Bool { attachment.isSteering && attachment.role.may(.steer) }

    var json: JSONValue {
        [
            "session": .string(session.session.text), "attachment": .integer(Int64(attachment.id.rawValue)),
            "operator": .string(attachment.operatorName), "kind": .string(attachment.kind.word),
            "role": .string(attachment.role.name), "steers": .bool(steers), "maySteer": .bool(maySteer),
            "attachedSeconds": .integer(attachment.attachedFor.components.seconds),
            "transport": .string(attachment.transport), "key": .string(attachment.fingerprint.text),
            "columns": JSONValue(attachment.size) { .integer(Int64($0.columns)) },
            "rows": JSONValue(attachment.size) { .integer(Int64($0.rows)) },
        ]
    }

    static let schema: [Schema.Property] = [
        .init("session", .text, isRequired: true, "where"),
        .init("attachment", .count, isRequired: true, "its number, for attachment.remove"),
        .init("operator", .text, isRequired: true, "who"),
        .init("kind", .word(["person", "agent"]), isRequired: true, "what they are"),
        .init("role", .text, isRequired: true, "what they may do there"),
        .init("steers", .boolean, isRequired: true, "whether it is their turn"),
        .init("maySteer", .boolean, isRequired: true, "false for who only watches"),
        .init("attachedSeconds", .count, isRequired: true, "for how long"),
        .init("transport", .text, isRequired: true, "over what, from where"),
        .init("key", .text, isRequired: true, "the fingerprint of the key that signed"),
        .init("columns", .optional(.count), isRequired: true, "of their window; null without one"),
        .init("rows", .optional(.count), isRequired: true, "of their window; null without one"),
    ]
}
