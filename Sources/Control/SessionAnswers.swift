package import SessionModel
package import Wire

/// Who answers questions about a session: its host while it runs, and what is kept of it when it has ended. Confined to
/// its loop.
package protocol SessionAnswers: AnyObject {
    var name: SessionName { get }
    func ask(_ question: ControlQuestion) async throws(ControlFailure) -> ControlAnswer
}

/// Which of the lives of a session is meant.
package enum SessionLife: Hashable, Sendable {
    case last
    case incarnation(Incarnation)
    /// The one in which that event happened, or the next one.
    case at(EventNumber)
}

extension ControlCall {
    /// The incarnation that the caller names, of those before the one that runs, or the session as it is: what it says
    /// itself while it runs, what is kept of its last incarnation otherwise.
    func answers() async throws(ControlFailure) -> any SessionAnswers {
        let live = try await desk.liveSession(session)
        guard let number = integer("incarnation") else { return live ?? desk.past(session, .last) }
        let wanted = Incarnation(rawValue: UInt32(clamping: number))
        if let live, await live.describe()?.incarnation == wanted { return live }
        return desk.past(session, .incarnation(wanted))
    }

    static let incarnation = Schema.Property(
        "incarnation", .integer(1...4_294_967_295),
        "which start of the session, counted from 1; without it, the newest")
}
