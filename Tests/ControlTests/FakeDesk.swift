import HostClient
import JSONText
import Platform
import SessionModel
import Synchronization
import TestKit
import Wire

@testable import Control

/// A caller with a role in some sessions, none of which runs.
final class FakeDesk: ControlDesk {
    let caller: Operator
    let transport = "test"
    let store: SessionStore
    let defaultSession: SessionName?
    let panelKey = "ctrl-]"
    let server = ServerFacts(runningFor: .seconds(5), connections: 1, operators: 2)
    private let roles: [String: Role]
    private let directory: TemporaryDirectory

    init(roles: [String: Role] = [:], defaultSession: String? = nil) throws {
        directory = try TemporaryDirectory()
        store = try SessionStore(stateDirectory: directory.path)
        self.roles = roles
        self.defaultSession = defaultSession.flatMap { SessionName($0) }
        let key = OfferedKey(blob: [1], fingerprint: Fingerprint(text: "SHA256:alice"))
        caller = Operator(name: "alice", kind: .person, key: VerifiedKey(key, proof: SignatureProof()))
        for name in roles.keys {
            if let name = SessionName(name) { try store.open(name).write("0\n", to: SessionFiles.ended) }
        }
    }

    func kind(of name: String) -> OperatorKind? { nil }
    func role(in session: SessionName) -> Role? { roles[session.text] }
    /// The session that runs after all.
    var live: (any LiveSession)?

    func liveSession(_ session: SessionName) async -> (any LiveSession)? { live }
    func past(_ session: SessionName, _ life: SessionLife) -> any SessionAnswers { NoPast(name: session) }
    func describe(_ sessions: [SessionName]) async -> [SessionName: SessionDescription] { [:] }
    func turnRules(in session: SessionName) -> TurnRules { TurnRules() }
    func processes(of session: SessionName, below host: Int32, beside shell: Int32) -> [SessionProcess] { [] }
    func forwards(of session: SessionName) -> [SessionForward] { [] }
    func ports(below host: Int32) -> [SessionPort] { [] }
    func retention(of session: SessionName) -> SessionRetention { SessionRetention() }

    func remove(_ session: SessionName, isForced: Bool) async -> SessionStore.Removal {
        SessionStore.Removal(outcome: .failed, words: "nothing is removed here")
    }

    func kill(_ session: SessionName, after patience: Duration) async -> SessionStore.Removal {
        await remove(session, isForced: false)
    }

    func clear(_ session: SessionName) async -> SessionStore.Removal { await remove(session, isForced: false) }

    func start(_ session: SessionName, environment: String?) async throws(ControlFailure) -> any LiveSession {
        throw ControlFailure(.canNotStart, "nothing starts here")
    }
}

/// Nothing is kept here.
private final class NoPast: SessionAnswers {
    let name: SessionName

    init(name: SessionName) { self.name = name }

    func ask(_ question: ControlQuestion) async throws(ControlFailure) -> ControlAnswer { throw .notRunning(name) }
}

/// A conversation on a loop of its own, and what it sent.
final class TestConversation: Sendable {
    let thread: LoopThread
    private let sent = Mutex<[UInt8]>([])
    private let made: Mutex<LoopBound<Conversation>?> = Mutex(nil)

    init(
        roles: [String: Role] = [:], session: String? = nil, limits: Conversation.Limits = Conversation.Limits(),
        face: @escaping @Sendable (FakeDesk) -> any Dispatcher = { MethodDispatcher(desk: $0) }
    ) async throws {
        thread = try LoopThread()
        try await thread.run { [self] in
            let desk = try FakeDesk(roles: roles, defaultSession: session)
            let conversation = Conversation(
                dispatcher: face(desk), loop: thread.loop, limits: limits
            ) { [weak self] bytes in
                self?.sent.withLock { $0 += bytes }
            }
            made.withLock { $0 = LoopBound(conversation, on: thread.loop) }
        }
    }

    /// Does something with the conversation, on its loop.
    func act(_ work: @escaping @Sendable (Conversation) -> Void) async {
        await thread.run { [self] in
            if let conversation = made.withLock({ $0 })?.get() { work(conversation) }
        }
    }

    func receive(_ text: String) async {
        await act { $0.receive(Array(text.utf8)) }
    }

    var count: Int { sent.withLock { bytes in bytes.count { $0 == 0x0A } } }

    /// The answers so far, one for each line.
    var answers: [JSONValue] {
        get throws {
            try sent.withLock { $0 }.split(separator: 0x0A).map { try JSONValue(parsing: Array($0)) }
        }
    }

    func answers(_ count: Int) async throws -> [JSONValue] {
        try await eventually("\(count) answers", seen: { "\((try? self.answers) ?? [])" }) {
            self.count >= count
        }
        return try answers
    }
}
