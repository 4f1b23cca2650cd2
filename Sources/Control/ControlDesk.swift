package import HostClient
import JSONText
package import SessionModel
package import Wire

/// What methods work with: who asks, what they may see, and the sessions. Confined to its loop.
package protocol ControlDesk: AnyObject {
    var caller: Operator { get }
    /// For people and the journal.
    var transport: String { get }
    var store: SessionStore { get }
    /// The session that the connection's user name has.
    var defaultSession: SessionName? { get }
    /// The key that opens the operator panel, as people write it.
    var panelKey: String { get }
    var server: ServerFacts { get }
    /// The rules that the configuration has for a session's turns.
    func turnRules(in session: SessionName) -> TurnRules
    /// What runs below a session's host, and where its shell runs; its secrets are masked in arguments.
    func processes(of session: SessionName, below host: Int32, beside shell: Int32) -> [SessionProcess]
    func ports(below host: Int32) -> [SessionPort]
    /// What operators have open to and from a session.
    func forwards(of session: SessionName) -> [SessionForward]
    /// What the operator of that name is; `nil` where no key has it.
    func kind(of name: String) -> OperatorKind?
    /// The caller's role in a session; `nil` where they may not know that it exists.
    func role(in session: SessionName) -> Role?
    /// The session, if it runs; starts nothing. Fails where its host does not respond.
    func liveSession(_ session: SessionName) async throws(ControlFailure) -> (any LiveSession)?
    /// What is kept of a life of the session that is over.
    func past(_ session: SessionName, _ life: SessionLife) -> any SessionAnswers
    /// What the hosts of these sessions say, of those that run and answer soon.
    func describe(_ sessions: [SessionName]) async -> [SessionName: SessionDescription]
    /// Takes away what is left of a session that ended.
    func remove(_ session: SessionName, isForced: Bool) async -> SessionStore.Removal
    /// Ends what of a lost session still runs.
    func clear(_ session: SessionName) async -> SessionStore.Removal
    /// Ends a session without its host's help: the host first, if it does not end in that time, then what it leaves.
    func kill(_ session: SessionName, after patience: Duration) async -> SessionStore.Removal
    /// What is to become of an ended session.
    func retention(of session: SessionName) -> SessionRetention
    /// The session, which is started if it does not run.
    func start(_ session: SessionName, environment: String?) async throws(ControlFailure) -> any LiveSession
}

/// What is to become of an ended session by itself.
package struct SessionRetention: Hashable, Sendable {
    /// How long until it is removed; `nil` where it is not, or runs.
    package var remains: Duration?
    /// Why it was not, in words.
    package var keptBecause: String?

    package init(remains: Duration? = nil, keptBecause: String? = nil) {
        self.remains = remains
        self.keptBecause = keptBecause
    }
}

/// What the server says of itself.
package struct ServerFacts: Hashable, Sendable {
    package var runningFor: Duration
    package var connections: Int
    package var operators: Int

    package init(runningFor: Duration, connections: Int, operators: Int) {
        self.runningFor = runningFor
        self.connections = connections
        self.operators = operators
    }
}

extension ControlDesk {
    /// The sessions that the caller may know of, by name.
    package var visibleSessions: [SessionName] { store.sessions().filter { role(in: $0) != nil }.sorted() }
}
