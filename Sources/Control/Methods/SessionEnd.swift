import HostClient
import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let sessionEnd = ControlMethod(
        "session.end", "end a session's processes; its record stays (role lead)",
        details: "Of a lost session it ends what its host left running, and its container.", scope: .session(.end),
        traits: [.destructive, .idempotent],
        result: [
            .init("session", .text, isRequired: true, "its name"),
            .init("ended", .boolean, isRequired: true, "whether it is over by now; otherwise it soon is"),
        ], failures: [.busy],
        verb: VerbForm("end", [.session]) { result, call in
            "'\(call.session)' is \(result["ended"]?.bool == true ? "ended" : "ending").\n"
        }
    ) { call async throws(ControlFailure) in
        let session = call.session
        if let live = await call.desk.liveSession(session) {
            live.end()
            return ["session": .string(session.text), "ended": false]
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
