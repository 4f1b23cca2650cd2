import HostClient
import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let sessionEnd = ControlMethod(
        "session.end", "end a session's processes; its record stays (role lead)",
        details: "Of a lost session it ends what its host left running, and its container. With 'force' it ends a "
            + "session whose host does not respond, too: it kills the host and all that runs below it.",
        scope: .session(.end), traits: [.destructive, .idempotent],
        parameters: [
            .init("force", .boolean, "kill its host, where that does not end it in time"), ControlCall.within,
        ],
        result: [
            .init("session", .text, isRequired: true, "its name"),
            .init("ended", .boolean, isRequired: true, "whether its last process is gone by now; otherwise it ends"),
        ], failures: [.busy],
        verb: VerbForm("end", [.session]) { result, call in
            "'\(call.session)' is \(result["ended"]?.bool == true ? "ended" : "ending").\n"
        }
    ) { call async throws(ControlFailure) in
        let session = call.session
        if call.flag("force") == true { return try await force(call) }
        if let live = try await call.desk.liveSession(session) {
            return ["session": .string(session.text), "ended": .bool(try await end(live, for: call))]
        }
        let store = call.desk.store
        guard store.contains(session), store.status(of: session) == .lost else { throw .notRunning(session) }
        return try answer(call, await call.desk.clear(session))
    }

    /// Seconds that a session has to end which somebody ends by force; and then its host, to see to what is left.
    private static let forcedAfter = (session: 5, host: 15)

    private static func force(_ call: ControlCall) async throws(ControlFailure) -> JSONValue {
        let session = call.session
        guard call.desk.store.contains(session) else { throw .notRunning(session) }
        var patience = Duration.zero
        do throws(ControlFailure) {
            if let live = try await call.desk.liveSession(session) {
                live.end()
                let deadline = ContinuousClock.now.advanced(by: .seconds(forcedAfter.session))
                _ = try await live.wait(.events, until: deadline, for: { nil as Void? })
            }
        } catch {
            if error.code == .cancelled { throw error }
            if error.code == .notRunning { patience = .seconds(forcedAfter.host) }
        }
        return try answer(call, await call.desk.kill(session, after: patience))
    }

    private static func answer(
        _ call: ControlCall, _ outcome: SessionStore.Removal
    ) throws(ControlFailure) -> JSONValue {
        guard outcome.outcome == .removed else {
            throw ControlFailure(.busy, "'\(call.session)' can not be ended: \(outcome.words.printable)")
        }
        return ["session": .string(call.session.text), "ended": true]
    }
}
