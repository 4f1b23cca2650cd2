import SessionModel

extension Verb {
    /// Ends a session's processes; its name and journal stay.
    static let end = Verb(
        name: "end", parameters: ["NAME"], summary: "end a session's processes; its record stays (role lead)"
    ) { arguments, desk, answer in
        guard let session = SessionName(arguments[0]), let role = desk.role(in: session) else {
            let message = "there is no session '\(arguments[0].printable)' for you; 'ls' lists yours"
            return answer(.failure(VerbFailure(.noSuchSession, message)))
        }
        guard role.may(.end) else {
            let message = "your role in '\(session)' is \(role.name); only a lead ends a session. Ask a lead to"
            return answer(.failure(VerbFailure(.notAllowed, message)))
        }
        desk.end(session) { isEnded in
            guard isEnded else {
                let message = "'\(session)' is not running; 'ls' shows the state of each session"
                return answer(.failure(VerbFailure(.notRunning, message)))
            }
            answer(
                .success(
                    VerbReport(text: "'\(session)' is ending.\n", json: ["session": .string(session.text)])))
        }
    }
}
