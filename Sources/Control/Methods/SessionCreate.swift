import HostClient
import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let sessionCreate = ControlMethod(
        "session.create", "start a session, if it does not run",
        details: "A session that ended goes on with its record, as a new incarnation.", scope: .session(.create),
        traits: .idempotent,
        parameters: [
            .init("environment", .string(limit: 63), "one of the configuration's; without it, what the rules say"),
            ControlCall.within,
        ],
        result: [
            .init("session", .text, isRequired: true, "its name"),
            .init("incarnation", .count, isRequired: true, "its process tree, counted from 1"),
            .init("started", .boolean, isRequired: true, "false where it ran already"),
            .init("ready", .boolean, isRequired: true, "false while its environment is still being made"),
        ], failures: [.canNotStart],
        verb: VerbForm("new", [.session]) { result, call in
            guard result["ready"]?.bool == true else {
                return "'\(call.session)' is being made; 'environment \(call.session)' shows how far it is.\n"
            }
            return result["started"]?.bool == true
                ? "'\(call.session)' is started; 'ssh \(call.session)@host' attaches.\n"
                : "'\(call.session)' runs already.\n"
        }
    ) { call async throws(ControlFailure) in
        let wasLive = try await goesOn(call)
        let live = try await call.desk.start(call.session, environment: call.text("environment"))
        let incarnation = await live.describe()?.incarnation.rawValue ?? 0
        let isReady = try await live.isReady(by: call.deadline(standard: ControlCall.longestWait))
        return [
            "session": .string(call.session.text), "incarnation": .count(incarnation), "started": .bool(!wasLive),
            "ready": .bool(isReady),
        ]
    }

    static let sessionRestart = ControlMethod(
        "session.restart", "end a session's processes and start it anew (role lead)", scope: .session(.end),
        traits: .destructive,
        parameters: [.init("environment", .string(limit: 63), "as for session.create"), ControlCall.within],
        result: [
            .init("session", .text, isRequired: true, "its name"),
            .init("incarnation", .count, isRequired: true, "the new process tree"),
        ], failures: [.canNotStart, .busy],
        verb: VerbForm("restart", [.session]) { result, call in
            "'\(call.session)' is started anew, as incarnation \(result["incarnation"]?.integer ?? 0).\n"
        }
    ) { call async throws(ControlFailure) in
        try await end(for: call)
        return try await startAnew(for: call)
    }

    static let sessionRebuild = ControlMethod(
        "session.rebuild", "end a session's processes and start it in a container that is made anew (role lead)",
        details: "What was installed in the container is gone; working files and the record stay.",
        scope: .session(.end), traits: .destructive,
        parameters: [.init("environment", .string(limit: 63), "as for session.create"), ControlCall.within],
        result: [
            .init("session", .text, isRequired: true, "its name"),
            .init("incarnation", .count, isRequired: true, "the new process tree"),
        ], failures: [.canNotStart, .busy],
        verb: VerbForm("rebuild", [.session]) { result, call in
            "'\(call.session)' is made anew, as incarnation \(result["incarnation"]?.integer ?? 0).\n"
        }
    ) { call async throws(ControlFailure) in
        try await end(for: call)
        guard call.desk.store.askForRebuild(of: call.session) else {
            throw ControlFailure(.canNotStart, "'\(call.session)' can not be rebuilt: its directory can not be written")
        }
        return try await startAnew(for: call)
    }

    private static func startAnew(for call: ControlCall) async throws(ControlFailure) -> JSONValue {
        let live = try await call.desk.start(call.session, environment: call.text("environment"))
        let incarnation = await live.describe()?.incarnation.rawValue ?? 0
        // What can not be made is told; what is still being made after so long is told by 'ls'.
        _ = try await live.isReady(by: call.deadline(standard: ControlCall.longestWait))
        return ["session": .string(call.session.text), "incarnation": .count(incarnation)]
    }

    /// Ends the session, if it runs, and waits until it has.
    private static func end(for call: ControlCall) async throws(ControlFailure) {
        guard let live = try await call.desk.liveSession(call.session) else { return }
        guard try await end(live, for: call) else {
            throw ControlFailure(.busy, "'\(call.session)' is still ending; ask again")
        }
    }

    /// Whether it runs, and goes on: of one that somebody has just ended the end is waited for.
    private static func goesOn(_ call: ControlCall) async throws(ControlFailure) -> Bool {
        guard let live = try await call.desk.liveSession(call.session) else { return false }
        guard await live.describe()?.condition?.phase == .ending else { return true }
        _ = try await hasEnded(live, by: call.deadline(standard: 15), for: call)
        return false
    }

    /// Ends a session and waits until the last of its processes is gone.
    ///
    /// - Returns: whether that is so when the time is over.
    static func end(_ live: any LiveSession, for call: ControlCall) async throws(ControlFailure) -> Bool {
        live.end()
        return try await hasEnded(live, by: call.deadline(standard: 15), for: call)
    }

    private static func hasEnded(
        _ live: any LiveSession, by deadline: ContinuousClock.Instant, for call: ControlCall
    ) async throws(ControlFailure) -> Bool {
        do throws(ControlFailure) {
            let isEnded: Void? = try await live.wait(.events, until: deadline, for: { nil as Void? })
            if isEnded == nil { return false }
        } catch {
            guard error.code == .notRunning else { throw error }
        }
        if isOver(call) { return true }
        // The host says that the shell has ended, and lives until nothing is left. Whoever looks for it waits for that,
        // ten seconds at most; one that is found is the next.
        repeat {
            if try await call.desk.liveSession(call.session) != nil { return true }
        } while call.desk.store.status(of: call.session) == .ending && ContinuousClock.now < deadline
        return isOver(call)
    }

    private static func isOver(_ call: ControlCall) -> Bool {
        switch call.desk.store.status(of: call.session) {
        case .ended, .lost: true
        case .live, .ending: false
        }
    }
}
