import HostClient
import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let sessionEnd = ControlMethod(
        "session.end", "end a session's processes; its record stays (role lead)",
        details: "Of a lost session it ends what its host left running, and its container.", scope: .session(.end),
        traits: [.destructive, .idempotent], parameters: [ControlCall.within],
        result: [
            .init("session", .text, isRequired: true, "its name"),
            .init("ended", .boolean, isRequired: true, "whether its last process is gone by now; otherwise it ends"),
        ], failures: [.busy],
        verb: VerbForm("end", [.session]) { result, call in
            "'\(call.session)' is \(result["ended"]?.bool == true ? "ended" : "ending").\n"
        }
    ) { call async throws(ControlFailure) in
        let session = call.session
        if let live = await call.desk.liveSession(session) {
            return ["session": .string(session.text), "ended": .bool(try await end(live, for: call))]
        }
        let store = call.desk.store
        guard store.contains(session), store.status(of: session) == .lost else { throw .notRunning(session) }
        let outcome = await call.desk.clear(session)
        guard outcome.outcome == .removed else {
            throw ControlFailure(.busy, "what is left of '\(session)' can not be ended: \(outcome.words.printable)")
        }
        return ["session": .string(session.text), "ended": true]
    }
}
