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
                role: call.desk.role(in: session), retention: call.desk.retention(of: session))
        }
        return ["sessions": .array(listed.map(\.json))]
    }

    private static func text(_ sessions: [JSONValue]) -> String {
        guard !sessions.isEmpty else { return "No sessions yet. 'ssh NAME@host' starts one.\n" }
        let table = Table.text([["SESSION", "STATE", "ATTACHED", "STEERS", "UP", "YOUR ROLE"]] + sessions.map(line))
        return table + sessions.compactMap(warning).joined()
    }

    /// Nothing goes without a word.
    private static func warning(_ session: JSONValue) -> String? {
        if session["state"]?.string == SessionFacts.silent, let name = session["name"]?.string {
            return "'\(name)' does not respond; a lead ends it with 'end \(name) --force'.\n"
        }
        guard let left = session["removedInSeconds"]?.integer, let name = session["name"]?.string else { return nil }
        if let words = session["keptBecause"]?.string {
            return "'\(name)' stays, though its time is over: \(words.printable); 'rm \(name) --force' removes it.\n"
        }
        let time = left == 0 ? "now" : "in \(Table.duration(.seconds(left)))"
        return "'\(name)' is removed \(time), with its record and working files, unless somebody starts it.\n"
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
