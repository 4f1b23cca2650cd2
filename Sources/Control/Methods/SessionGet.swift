import HostClient
import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let sessionGet = ControlMethod(
        "session.get", "tell how a session stands", scope: .session(.observe), traits: [.readOnly, .idempotent],
        result: SessionFacts.schema + [
            .init("shell", .optional(.object(JSONValue.shellSchema)), isRequired: true, "what its shell does"),
            .init("foreground", .optional(.text), isRequired: true, "the program that has the terminal"),
            .init("foregroundProcess", .optional(.count), isRequired: true, "its process group"),
            .init("echo", .optional(.boolean), isRequired: true, "false where what is typed is hidden"),
            .init("revision", .optional(.count), isRequired: true, "of the screen: how much was ever printed"),
            .init("frozen", .optional(.boolean), isRequired: true, "whether its processes are stopped"),
            .init(
                "usage", .optional(.object(SessionFacts.usageSchema)), isRequired: true, "what all its processes use"),
            .init("lastEvent", .optional(.count), isRequired: true, "the number of the newest event"),
        ],
        verb: VerbForm("get", [.session]) { result, _ in
            Table.text(
                (result.object?.members ?? []).compactMap { name, value in
                    if name == "usage", !value.isNull { return [name, SessionFacts.words(ofUsage: value)] }
                    return value.isNull || value.object != nil
                        ? nil : [name, (value.string ?? value.text).printable]
                })
        }
    ) { call async throws(ControlFailure) in
        let session = call.session
        let live: (any LiveSession)?
        do throws(ControlFailure) {
            live = try await call.desk.liveSession(session)
        } catch {
            guard error.code == .notResponding else { throw error }
            return json(SessionFacts(name: session, status: .live, live: nil, role: call.role), nil)
        }
        guard let live else {
            guard call.desk.store.contains(session) else { throw .notRunning(session) }
            let status = call.desk.store.status(of: session)
            let facts = SessionFacts(
                name: session, status: status, live: nil, role: call.role,
                retention: call.desk.retention(of: session))
            return json(facts, nil)
        }
        let (description, state) = try await live.overview()
        let facts = SessionFacts(name: session, status: .live, live: description, role: call.role)
        return json(facts, state)
    }

    private static func json(_ facts: SessionFacts, _ state: TerminalState?) -> JSONValue {
        guard case .object(var object) = facts.json else { return facts.json }
        object["shell"] = JSONValue(state) { .shell($0.shell) }
        object["foreground"] = JSONValue(state) { .string($0.foregroundName) }
        object["foregroundProcess"] = JSONValue(state) { .count($0.foreground) }
        object["echo"] = JSONValue(state) { .bool($0.isEchoing) }
        object["revision"] = JSONValue(state) { .count($0.offset.bytes) }
        object["frozen"] = JSONValue(state) { .bool($0.isFrozen) }
        object["usage"] = JSONValue(facts.live?.condition?.usage) { SessionFacts.json($0) }
        object["lastEvent"] = JSONValue(state) { .count($0.lastEvent.rawValue) }
        return .object(object)
    }
}
