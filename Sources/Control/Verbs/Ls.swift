import HostClient
import SessionModel
import Wire

extension Verb {
    /// The sessions that the caller may see, with who steers.
    static let ls = Verb(name: "ls", summary: "list the sessions that your key may see") { _, desk, answer in
        let sessions = desk.visibleSessions
        desk.describe(sessions) { descriptions in
            let listed = sessions.map { session in
                let live = descriptions[session]
                return ListedSession(
                    name: session, status: live == nil ? desk.store.status(of: session) : .live, live: live,
                    role: desk.role(in: session))
            }
            answer(.success(VerbReport(text: text(listed), json: ["sessions": .array(listed.map(\.json))])))
        }
    }

    private static func text(_ sessions: [ListedSession]) -> String {
        guard !sessions.isEmpty else { return "No sessions yet. 'ssh NAME@host' starts one.\n" }
        return Table.text([ListedSession.header] + sessions.map(\.line))
    }
}

/// One session as `ls` shows it.
private struct ListedSession {
    let name: SessionName
    let status: SessionStatus
    /// `nil` where its host does not run, or does not answer.
    let live: SessionDescription?
    let role: Role?

    static let header = ["SESSION", "STATE", "ATTACHED", "STEERS", "UP", "YOUR ROLE"]

    var line: [String] {
        guard let live else {
            let state = exitStatus.map { "ended (\($0))" } ?? status.name
            return [name.text, state, "-", "-", "-", role?.name ?? ""]
        }
        return [
            name.text, status.name, "\(live.attachments.count)", live.turn.holder?.name.printable ?? "nobody",
            Table.duration(live.runningFor), role?.name ?? "",
        ]
    }

    private var exitStatus: Int? { if case .ended(let code) = status { code } else { nil } }

    var json: JSONValue {
        [
            "name": .string(name.text), "state": .string(status.name),
            "exitStatus": JSONValue(exitStatus) { .integer(Int64($0)) },
            "role": JSONValue(role) { .string($0.name) },
            "attached": JSONValue(live) { .integer(Int64($0.attachments.count)) },
            "steers": JSONValue(live?.turn.holder) { .string($0.name) },
            "upSeconds": JSONValue(live) { .integer($0.runningFor.components.seconds) },
            "idleSeconds": JSONValue(live?.idleFor) { .integer($0.components.seconds) },
            "incarnation": JSONValue(live) { .integer(Int64($0.incarnation.rawValue)) },
            "environment": JSONValue(live) { .string($0.environment) },
            "createdBy": JSONValue(live) { .string($0.createdBy) },
            "title": JSONValue(live) { .string($0.title) },
            "columns": JSONValue(live) { .integer(Int64($0.size.columns)) },
            "rows": JSONValue(live) { .integer(Int64($0.size.rows)) },
            "commandsBeside": JSONValue(live) { .integer(Int64($0.commandsBeside)) },
        ]
    }
}
