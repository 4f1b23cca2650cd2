import HostClient
import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let serverInfo = ControlMethod(
        "server.info", "say what this server is and can do", scope: .server, traits: [.readOnly, .idempotent],
        result: [
            .init("name", .text, isRequired: true, "cmdop"),
            .init("controlVersion", .count, isRequired: true, "of these methods; a new one keeps what an old one had"),
            .init("session", .optional(.text), isRequired: true, "the session that the connection's user name has"),
            .init("methods", .list(.text), isRequired: true, "the names of all methods"),
            .init("longestWait", .number, isRequired: true, "seconds that a method waits at most"),
        ]
    ) { call async throws(ControlFailure) in
        [
            "name": "cmdop", "controlVersion": 1,
            "session": JSONValue(call.desk.defaultSession) { .string($0.text) },
            "methods": .array(MethodTable.all.map { .string($0.name) }),
            "longestWait": .number(ControlCall.longestWait),
        ]
    }

    static let serverStats = ControlMethod(
        "server.stats", "say how much goes on at this server", scope: .server, traits: .readOnly,
        result: [
            .init("upSeconds", .number, isRequired: true, "since the server started; sessions are older"),
            .init("connections", .count, isRequired: true, "connections on your connection's loop"),
            .init("operators", .count, isRequired: true, "operators whose keys are known"),
            .init("sessions", .count, isRequired: true, "sessions that you may see"),
            .init("liveSessions", .count, isRequired: true, "of these, how many run"),
        ]
    ) { call async throws(ControlFailure) in
        let server = call.desk.server
        let sessions = call.desk.visibleSessions
        return [
            "upSeconds": .seconds(server.runningFor), "connections": .count(server.connections),
            "operators": .count(server.operators), "sessions": .count(sessions.count),
            "liveSessions": .count(sessions.count { call.desk.store.status(of: $0) == .live }),
        ]
    }
}
