package import HostClient
package import SessionModel
package import Wire

/// What a verb works with: who asks, what they may see, and the hosts.
package protocol ControlDesk: AnyObject {
    var caller: Operator { get }
    var store: SessionStore { get }
    /// The key that opens the operator panel, as people write it.
    var panelKey: String { get }
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

    /// Asks the hosts of all these sessions at once; the answer has those that are live.
    func describe(_ sessions: [SessionName], _ done: @escaping ([SessionName: SessionDescription]) -> Void) {
        guard !sessions.isEmpty else { return done([:]) }
        let gathering = Gathering(missing: sessions.count, done: done)
        for session in sessions { describe(session) { gathering.note(session, $0) } }
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
