import JSONText
import ScreenModel
import SessionModel
import TestKit
import Testing
import Wire

@testable import Control

@Suite("A session whose host is of an earlier version")
struct OldHostTests {
    /// What a method answers in a session that somebody may hold.
    private func answer(
        _ method: String, _ parameters: String = "{}", held: Bool = false, then change: OldHost.Change = .none
    ) async throws -> JSONValue {
        let conversation = try await TestConversation(roles: ["deploy": .operator], session: "deploy") { desk in
            desk.live = OldHost(isHeld: held, change)
            return MethodDispatcher(desk: desk)
        }
        await conversation.receive(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(parameters)}"# + "\n")
        return try await conversation.answers(1)[0]
    }

    @Test("turn.acquire holds the turn with a lease, as it knows it, and waits until it is free")
    func acquire() async throws {
        #expect(try await answer("turn.acquire")["result"]?["holder"] == "alice")
        #expect(try await answer("turn.acquire", held: true, then: .freed)["result"]?["holder"] == "alice")
        let code = try await answer("turn.acquire", #"{"within":0}"#, held: true)["error"]?["data"]?["code"]
        #expect(code == "turn-held")
        let atPrompt = try await answer("turn.acquire", #"{"at":"prompt"}"#)["error"]?["data"]?["code"]
        #expect(atPrompt == "not-supported", "what it can not do is not done otherwise")
    }

    @Test("turn.take takes it, and says where that failed")
    func take() async throws {
        #expect(try await answer("turn.take", held: true, then: .yields)["result"]?["holder"] == "alice")
        #expect(try await answer("turn.take", held: true)["error"]?["data"]?["code"] == "turn-held")
    }

    @Test("turn.renew says that the lease began anew")
    func renew() async throws {
        #expect(try await answer("turn.renew", then: .acquired)["result"]?["renewed"] == true)
    }
}

/// It knows leases and acts of rank, but no queue.
private final class OldHost: LiveSession {
    enum Change {
        case none
        /// Its holder lets go as soon as somebody waits for that.
        case freed
        /// The caller's rank suffices.
        case yields
        /// The turn is the caller's from the beginning.
        case acquired
    }

    private static let own = AttachmentID(rawValue: 1)
    private let change: Change
    private(set) var turn: TurnNotice

    init(isHeld: Bool, _ change: Change) {
        self.change = change
        let other = TurnHolder(attachment: AttachmentID(rawValue: 2), name: "bob", kind: .person)
        turn = TurnNotice(turn: TurnNumber(rawValue: 1), holder: isHeld ? other : nil)
        if change == .acquired { hold() }
    }

    private func hold() {
        turn = TurnNotice(
            turn: turn.turn.next, holder: TurnHolder(attachment: Self.own, name: "alice", kind: .person))
    }

    func ask(_ question: ControlQuestion) async throws(ControlFailure) -> ControlAnswer {
        switch question {
        case .state: return .state(state, turn)
        case .acquire:
            if turn.holder == nil { hold() }
            return .acquired(state.holdsTurn, turn)
        default: throw ControlFailure(.notSupported, "its host does not know that")
        }
    }

    private var state: TerminalState {
        TerminalState(
            turn: turn.turn, holdsTurn: turn.holder?.attachment == Self.own, offset: .start, shell: ShellState(),
            isEchoing: true, isPasteBracketed: false, foreground: 0, foregroundName: "", shellProcess: 0,
            isFrozen: false, lastEvent: EventNumber(rawValue: 0))
    }

    func take() { if change == .yields { hold() } }

    func wait<Found>(
        _ interest: Interest, until deadline: ContinuousClock.Instant, for check: @escaping () -> Found?
    ) async throws(ControlFailure) -> Found? {
        if change == .freed { turn = TurnNotice(turn: turn.turn, holder: nil) }
        return check()
    }

    func attachment() async throws(ControlFailure) -> AttachmentID { Self.own }
    func describe() async -> SessionDescription? { nil }
    func overview() async throws(ControlFailure) -> (SessionDescription, TerminalState) { throw .notRunning(name) }
    func run(_ command: ExecRequest) async throws(ControlFailure) -> ExecResult { throw .notRunning(name) }
    func release() {}
    func say(_ text: String) {}
    func end() {}

    var name: SessionName {
        guard let name = SessionName("deploy") else { preconditionFailure("the name is valid") }
        return name
    }
    let queue = TurnQueue()
    let shell = ShellState()
    let lastEvent = EventNumber(rawValue: 0)
    let recordGap: UInt64? = nil
    let image: ScreenImage? = nil
    let hostProcess: Int32? = nil
}
