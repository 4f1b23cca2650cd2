package import HostClient
package import SessionModel
package import Wire

/// Something that an operator may ask for by `ssh cmdop@host NAME …`. Help is read from these values.
package struct Verb: Sendable {
    package typealias Run =
        @Sendable (
            _ arguments: [String], _ desk: any ControlDesk, _ answer: @escaping (VerbAnswer) -> Void
        ) -> Void

    package let name: String
    /// As help shows them; as many words as the verb takes.
    package let parameters: [String]
    package let summary: String
    package let run: Run

    package init(name: String, parameters: [String] = [], summary: String, run: @escaping Run) {
        self.name = name
        self.parameters = parameters
        self.summary = summary
        self.run = run
    }
}

/// What a verb says: text for standard output, a complaint for standard error, an exit status.
package struct VerbAnswer: Hashable, Sendable {
    package var text: String
    package var complaint: String
    package var status: Int

    package init(text: String, complaint: String, status: Int) {
        self.text = text
        self.complaint = complaint
        self.status = status
    }

    package static func success(_ text: String) -> VerbAnswer { VerbAnswer(text: text, complaint: "", status: 0) }

    /// - Parameter complaint: what happened, to what, and what to do next.
    package static func failure(_ complaint: String, status: Int = 1) -> VerbAnswer {
        VerbAnswer(text: "", complaint: "cmdop: \(complaint)\n", status: status)
    }
}

/// What a verb works with: who asks, what they may see, and the hosts.
package protocol ControlDesk: AnyObject {
    var caller: Operator { get }
    var store: SessionStore { get }
    /// The caller's role in a session; `nil` where they may not know that it exists.
    func role(in session: SessionName) -> Role?
    /// Asks the session's host; `nil` where none is live.
    func describe(_ session: SessionName, _ answer: @escaping (SessionDescription?) -> Void)
    /// Ends the session in the caller's name; false where none is live.
    func end(_ session: SessionName, _ answer: @escaping (Bool) -> Void)
}

extension ControlDesk {
    /// The sessions that the caller may know of, by name.
    package var visibleSessions: [SessionName] { store.sessions().filter { role(in: $0) != nil }.sorted() }
}
