import HostClient
import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let sessionRemove = ControlMethod(
        "session.remove",
        "remove a session that runs no more: its record, its container, its own working files (role lead)",
        details:
            "Refused while working files of its own are not all committed and pushed, unless it is forced.",
        scope: .session(.end), traits: .destructive,
        parameters: [.init("force", .boolean, "even if working files are lost")],
        result: [.init("session", .text, isRequired: true, "its name")], failures: [.busy, .conditionFailed],
        verb: VerbForm("rm", [.session]) { _, call in "'\(call.session)' is removed.\n" }
    ) { call async throws(ControlFailure) in
        let session = call.session
        if try await call.desk.liveSession(session) != nil {
            throw ControlFailure(.busy, "'\(session)' runs; 'end \(session)' ends it first")
        }
        guard call.desk.store.contains(session) else { throw .notRunning(session) }
        let removal = await call.desk.remove(session, isForced: call.flag("force") ?? false)
        switch removal.outcome {
        case .removed: return ["session": .string(session.text)]
        case .kept:
            throw ControlFailure(
                .conditionFailed, "'\(session)' stays: \(removal.words.printable); --force removes it all the same")
        case .failed: throw ControlFailure(.busy, "'\(session)' can not be removed: \(removal.words.printable)")
        }
    }
}
