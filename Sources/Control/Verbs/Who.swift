import SessionModel
import Wire

extension Verb {
    /// Who is attached where, by which key.
    static let who = Verb(name: "who", summary: "list who is attached, where, and by which key") { _, desk, answer in
        let sessions = desk.visibleSessions
        desk.describe(sessions) { descriptions in
            let present = sessions.compactMap { descriptions[$0] }.flatMap { description in
                description.attachments.map { Presence(attachment: $0, session: description) }
            }
            answer(.success(VerbReport(text: text(present), json: ["attachments": .array(present.map(\.json))])))
        }
    }

    private static func text(_ present: [Presence]) -> String {
        guard !present.isEmpty else { return "Nobody is attached to a session that you may see.\n" }
        return Table.text([Presence.header] + present.map(\.line))
    }
}

/// One attachment as `who` shows it.
private struct Presence {
    let attachment: AttachmentDescription
    let session: SessionDescription

    static let header = ["SESSION", "OPERATOR", "ROLE", "TURN", "FOR", "OVER", "KEY"]

    private var steers: Bool { session.turn.holder?.attachment == attachment.id }
    private var maySteer: Bool { attachment.isSteering && attachment.role.may(.steer) }

    var line: [String] {
        let agent = attachment.kind == .agent ? " (agent)" : ""
        return [
            session.session.text, attachment.operatorName.printable + agent, attachment.role.name,
            steers ? "steers" : maySteer ? "-" : "watches", Table.duration(attachment.attachedFor),
            attachment.transport.printable, attachment.fingerprint.text,
        ]
    }

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
}
