import HostClient
import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let sessionList = ControlMethod(
        "session.list", "list the sessions that your key may see", scope: .server, traits: [.readOnly, .idempotent],
        result: [.init("sessions", .list(.object(SessionFacts.schema)), isRequired: true, "by name")],
        verb: VerbForm("ls") { result, _ in text(result["sessions"]?.array ?? []) }
    ) { call async throws(ControlFailure) in
        let sessions = call.desk.visibleSessions
        let descriptions = await call.desk.describe(sessions)
        let listed = sessions.map { session in
            let live = descriptions[session]
            return SessionFacts(
                name: session, status: live == nil ? call.desk.store.status(of: session) : .live, live: live,
                role: call.desk.role(in: session))
        }
        return ["sessions": .array(listed.map(\.json))]
    }

    private static func text(_ sessions: [JSONValue]) -> String {
        guard !sessions.isEmpty else { return "No sessions yet. 'ssh NAME@host' starts one.\n" }
        return Table.text([["SESSION", "STATE", "ATTACHED", "STEERS", "UP", "YOUR ROLE"]] + sessions.map(line))
    }

    private static func line(_ session: JSONValue) -> [String] {
        let name = session["name"]?.string ?? ""
        let role = session["role"]?.string ?? ""
        guard let attached = session["attached"]?.integer, let up = session["upSeconds"]?.integer else {
            let state = session["state"]?.string ?? ""
            let ended = session["exitStatus"]?.integer.map { "ended (\($0))" }
            return [name, ended ?? state, "-", "-", "-", role]
        }
        return [
            name, session["state"]?.string ?? "", "\(attached)", session["steers"]?.string?.printable ?? "nobody",
            Table.duration(.seconds(up)), role,
        ]
    }
}
