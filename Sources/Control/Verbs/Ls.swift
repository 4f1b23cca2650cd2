import HostClient
import SessionModel
import Wire

extension Verb {
    /// The sessions that the caller may see, with who steers.
    static let ls = Verb(name: "ls", summary: "list the sessions that your key may see") { _, desk, answer in
        let sessions = desk.visibleSessions
        guard !sessions.isEmpty else {
            return answer(.success("No sessions yet. 'ssh NAME@host' starts one.\n"))
        }
        gather(sessions, at: desk) { descriptions in
            let lines = sessions.map { session in
                line(session, descriptions[session], desk.store.status(of: session), desk.role(in: session))
            }
            let header = ["SESSION", "STATE", "ATTACHED", "STEERS", "UP", "YOUR ROLE"]
            answer(.success(Table.text([header] + lines)))
        }
    }

    private static func gather(
        _ sessions: [SessionName], at desk: any ControlDesk,
        _ done: @escaping ([SessionName: SessionDescription]) -> Void
    ) {
        let gathering = Gathering(missing: sessions.count, done: done)
        for session in sessions { desk.describe(session) { gathering.note(session, $0) } }
    }

    private static func line(
        _ session: SessionName, _ live: SessionDescription?, _ status: SessionStatus, _ role: Role?
    ) -> [String] {
        let role = role?.name ?? ""
        guard let live else {
            let state = if case .ended(let code) = status { "ended (\(code))" } else { status.name }
            return [session.text, state, "-", "-", "-", role]
        }
        return [
            session.text, "live", "\(live.attachments.count)", live.turn.holder?.name.printable ?? "nobody",
            Table.duration(live.runningFor), role,
        ]
    }
}

/// Answers of several hosts on their way to one list.
private final class Gathering {
    private var missing: Int
    private var found: [SessionName: SessionDescription] = [:]
    private let done: ([SessionName: SessionDescription]) -> Void

    init(missing: Int, done: @escaping ([SessionName: SessionDescription]) -> Void) {
        self.missing = missing
        self.done = done
    }

    func note(_ session: SessionName, _ description: SessionDescription?) {
        found[session] = description
        missing -= 1
        if missing == 0 { done(found) }
    }
}
