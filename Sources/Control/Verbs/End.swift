import SessionModel

extension Verb {
    /// Ends a session's processes; its name and journal stay.
    static let end = Verb(
        name: "end", parameters: ["NAME"], summary: "end a session's processes; its record stays (role lead)"
    ) { arguments, desk, answer in
        guard let session = SessionName(arguments[0]), let role = desk.role(in: session) else {
            return answer(.failure("there is no session '\(arguments[0].printable)' for you; 'ls' lists yours"))
        }
        guard role.may(.end) else {
            return answer(
                .failure("your role in '\(session)' is \(role.name); only a lead ends a session. Ask a lead to"))
        }
        desk.end(session) { isEnded in
            answer(
                isEnded
                    ? .success("'\(session)' is ending.\n")
                    : .failure("'\(session)' is not running; 'ls' shows the state of each session"))
        }
    }
}
