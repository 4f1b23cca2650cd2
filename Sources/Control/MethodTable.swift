package import JSONText
import SessionModel

/// All methods there are.
package enum MethodTable {
    package static let all: [ControlMethod] = [server, sessions, turns, input, agents, screens, commands, state].flatMap
    { $0 }

    private static let server: [ControlMethod] = [.whoami, .serverInfo, .serverStats, .discover, .help]
    private static let sessions: [ControlMethod] = [
        .sessionList, .sessionCreate, .sessionGet, .sessionRules, .sessionSignal, .sessionFreeze, .sessionThaw,
        .sessionEnd, .sessionRestart, .sessionRebuild, .sessionRemove, .attachmentList, .attachmentRemove,
    ]
    private static let turns: [ControlMethod] = [
        .turnGet, .turnAcquire, .turnRenew, .turnRelease, .turnRequest, .turnGrant, .turnRefuse, .turnTake,
    ]
    private static let input: [ControlMethod] = [.inputSend, .inputKeys, .inputPaste]
    private static let agents: [ControlMethod] = [
        .proposalList, .proposalCreate, .proposalApprove, .proposalRefuse,
    ]
    private static let screens: [ControlMethod] = [.screenGet, .screenWait, .outputRead]
    private static let commands: [ControlMethod] = [.commandRun, .commandList, .commandGet, .commandWait, .execRun]
    private static let state: [ControlMethod] = [
        .processTree, .portList, .environmentLog, .eventsSubscribe, .eventsUnsubscribe, .eventsRead, .messageSend,
    ]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    package static func method(_ name: String) -> ControlMethod? { byName[name] }
}

extension ControlMethod {
    /// Checks who asks and what for, and does it.
    package func perform(
        _ arguments: JSONObject, at desk: any ControlDesk, subscriptions: (any Subscriptions)? = nil
    ) async throws(ControlFailure) -> JSONValue {
        try await run(try call(arguments, at: desk, subscriptions: subscriptions))
    }

    func call(
        _ arguments: JSONObject, at desk: any ControlDesk, subscriptions: (any Subscriptions)?
    ) throws(ControlFailure) -> ControlCall {
        if let complaint = Schema.complaint(about: arguments, parameters) {
            throw ControlFailure(.invalidParameters, "\(name) \(complaint)")
        }
        if traits.contains(.subscribes), subscriptions == nil {
            throw ControlFailure(
                .notSupported, "\(name) needs a connection that stays; use events.read, or the subsystem cmdop-control")
        }
        let session = try session(in: arguments, at: desk)
        return ControlCall(arguments: arguments, desk: desk, session: session, subscriptions: subscriptions)
    }

    /// Access is decided before existence is looked up.
    private func session(
        in arguments: JSONObject, at desk: any ControlDesk
    ) throws(ControlFailure) -> SessionName? {
        guard case .session(let capability) = scope else { return nil }
        let named = arguments["session"]?.string
        guard named != nil || desk.defaultSession != nil else {
            throw ControlFailure(.invalidParameters, "\(name) needs 'session': the session's name")
        }
        guard let session = named.map({ SessionName($0) }) ?? desk.defaultSession, let role = desk.role(in: session)
        else {
            let name = named ?? desk.defaultSession?.text ?? ""
            throw ControlFailure(
                .noSuchSession, "there is no session '\(name.printable)' for you; 'ls' lists yours",
                data: ["session": .string(name)])
        }
        guard role.may(capability) else {
            throw ControlFailure(
                .notAllowed,
                "your role in '\(session)' is \(role.name); \(name) needs role \(capability.leastRole.name). "
                    + "Ask a lead to do it, or for the role",
                data: ["role": .string(role.name), "needs": .string(capability.leastRole.name)])
        }
        return session
    }
}
