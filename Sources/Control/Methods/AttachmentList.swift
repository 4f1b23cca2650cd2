import HostClient
import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let attachmentList = ControlMethod(
        "attachment.list", "list what operators have open, over what, and by which key",
        details: "Who is attached, and what runs beside the terminal: private shells, commands, file transfers, "
            + "forwards, control channels. Of all sessions that you may see, or of one.",
        scope: .server, traits: [.readOnly, .idempotent],
        parameters: [.init("session", .string(limit: 63), "only of this one")],
        result: [
            .init("attachments", .list(.object(OpenThing.schema)), isRequired: true, "by session"),
            .init(
                "notResponding", .list(.text), isRequired: true,
                "sessions whose hosts do not respond: nobody knows who is attached there"),
        ], failures: [.noSuchSession],
        verb: VerbForm("who", [.init("session", "[NAME]")]) { result, _ in
            text(result["attachments"]?.array ?? [], (result["notResponding"]?.array ?? []).compactMap(\.string))
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
        let open = sessions.compactMap { descriptions[$0] }.flatMap(OpenThing.all)
        let silent = sessions.filter { descriptions[$0] == nil && call.desk.store.status(of: $0) == .live }
        return [
            "attachments": .array(open.map(\.json)), "notResponding": .array(silent.map { .string($0.text) }),
        ]
    }

    private static func text(_ open: [JSONValue], _ silent: [String]) -> String {
        let words = silent.map { "'\($0)' does not respond: who is attached there is not known.\n" }.joined()
        guard !open.isEmpty else {
            return silent.isEmpty ? "Nobody is attached to a session that you may see.\n" : words
        }
        let titles = ["SESSION", "OPERATOR", "ROLE", "TURN", "FOR", "OVER", "KEY", "NUMBER", "WHAT"]
        return Table.text([titles] + open.map(line)) + words
    }

    private static func line(_ one: JSONValue) -> [String] {
        func text(_ name: String) -> String { one[name]?.string?.printable ?? "-" }
        let isView = ["terminal", "control"].contains(one["what"]?.string) && one["role"]?.string != nil
        let turn = one["steers"]?.bool == true ? "steers" : one["maySteer"]?.bool == true || !isView ? "-" : "watches"
        let detail = one["detail"]?.string.map { " " + $0.printable } ?? ""
        return [
            text("session"), text("operator") + (text("kind") == "agent" ? " (agent)" : ""), text("role"), turn,
            Table.duration(.seconds(one["attachedSeconds"]?.integer ?? 0)), text("transport"), text("key"),
            "\(one["attachment"]?.integer ?? 0)", text("what") + detail,
        ]
    }
}

/// One attachment, or something else that an operator has open, as `attachment.list` tells of it.
private enum OpenThing {
    case attachment(AttachmentDescription, ChannelKind, SessionDescription)
    case beside(OpenedDescription, SessionDescription)

    /// Attachments come first; those of control channels are listed once.
    static func all(of session: SessionDescription) -> [OpenThing] {
        let kinds = Dictionary(session.opened.map { ($0.channel.id, $0.channel.kind) }) { first, _ in first }
        return session.attachments.map { .attachment($0, kinds[$0.id] ?? .terminal, session) }
            + session.openedBeside.map { .beside($0, session) }
    }

    var json: JSONValue {
        switch self {
        case .attachment(let attachment, let kind, let session):
            [
                "session": .string(session.session.text), "attachment": .count(attachment.id.rawValue),
                "what": .string(kind.word), "detail": .null,
                "operator": .string(attachment.operatorName), "kind": .string(attachment.kind.word),
                "role": .string(attachment.role.name),
                "steers": .bool(session.turn.holder?.attachment == attachment.id),
                "maySteer": .bool(attachment.isSteering && attachment.role.may(.steer)),
                "attachedSeconds": .integer(attachment.attachedFor.components.seconds),
                "transport": .string(attachment.transport), "key": .string(attachment.fingerprint.text),
                "columns": JSONValue(attachment.size) { .integer(Int64($0.columns)) },
                "rows": JSONValue(attachment.size) { .integer(Int64($0.rows)) },
            ]
        case .beside(let open, let session):
            [
                "session": .string(session.session.text), "attachment": .count(open.channel.id.rawValue),
                "what": .string(open.channel.kind.word),
                "detail": open.channel.detail.isEmpty ? .null : .string(open.channel.detail),
                "operator": .string(open.channel.who.name), "kind": .string(open.channel.who.kind.word),
                "role": .null, "steers": false, "maySteer": false,
                "attachedSeconds": .integer(open.openFor.components.seconds),
                "transport": .string(open.channel.transport),
                "key": .string(open.channel.who.key.fingerprint.text), "columns": .null, "rows": .null,
            ]
        }
    }

    static let schema: [Schema.Property] = [
        .init("session", .text, isRequired: true, "where"),
        .init("attachment", .count, isRequired: true, "its number, for attachment.remove"),
        .init(
            "what", .word(ChannelKind.allCases.map(\.word)), isRequired: true,
            "terminal: attached. shell, exec and sftp run beside the terminal; forward: one connection of ssh -L, -D "
                + "or -W; listener: ssh -R; control: cmdop-control or cmdop-mcp"),
        .init("detail", .optional(.text), isRequired: true, "the command, or the place of a forward"),
        .init("operator", .text, isRequired: true, "who"),
        .init("kind", .word(["person", "agent"]), isRequired: true, "what they are"),
        .init(
            "role", .optional(.text), isRequired: true, "what they may do there; null for what is not attached"),
        .init("steers", .boolean, isRequired: true, "whether it is their turn"),
        .init("maySteer", .boolean, isRequired: true, "false for who only watches, and what is not attached"),
        .init("attachedSeconds", .count, isRequired: true, "for how long"),
        .init("transport", .text, isRequired: true, "over what, from where"),
        .init("key", .text, isRequired: true, "the fingerprint of the key that signed"),
        .init("columns", .optional(.count), isRequired: true, "of their window; null without one"),
        .init("rows", .optional(.count), isRequired: true, "of their window; null without one"),
    ]
}
