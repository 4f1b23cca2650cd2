import SessionModel
import Wire

extension Verb {
    /// Who is attached where, by which key.
    static let who = Verb(name: "who", summary: "list who is attached, where, and by which key") { _, desk, answer in
        var rows: [[String]] = [["SESSION", "OPERATOR", "ROLE", "TURN", "FOR", "OVER", "KEY"]]
        var rest = desk.visibleSessions
        func next() {
            guard let session = rest.popLast() else {
                let text = rows.count > 1 ? Table.text(rows) : "Nobody is attached to a session that you may see.\n"
                return answer(.success(text))
            }
            desk.describe(session) { description in
                if let description { rows += description.attachments.map { line($0, in: description) } }
                next()
            }
        }
        rest.reverse()
        next()
    }

    private static func line(_ attachment: AttachmentDescription, in session: SessionDescription) -> [String] {
        let turn: String
        if session.turn.holder?.attachment == attachment.id {
            turn = "steers"
        } else {
            turn = attachment.isSteering && attachment.role.may(.steer) ? "-" : "watches"
        }
        let agent = attachment.kind == .agent ? " (agent)" : ""
        return [
            session.session.text, attachment.operatorName.printable + agent, attachment.role.name, turn,
            Table.duration(attachment.attachedFor), attachment.transport.printable, attachment.fingerprint.text,
        ]
    }
}
