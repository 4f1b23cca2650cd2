import JSONText
import SessionModel
import Wire

/// A journal entry as results and notifications tell of it.
enum SessionEvent {
    static func json(_ entry: JournalEntry) -> JSONValue {
        var object = JSONObject([("number", .count(entry.number.rawValue)), ("time", .time(entry.time))])
        let (name, members) = facts(of: entry.record)
        object["event"] = .string(name)
        for (name, value) in members { object[name] = value }
        return .object(object)
    }

    private static func facts(of record: JournalRecord) -> (String, [(String, JSONValue)]) {
        switch record {
        case .started(let incarnation, let pid, let command, let who):
            return (
                "started",
                [
                    ("incarnation", .count(incarnation.rawValue)), ("pid", .count(pid)),
                    ("argv", .array(command.map { .string($0) })), ("operator", .string(who.name)),
                ]
            )
        case .ended(let status, let signal, let by):
            return (
                "ended",
                [
                    ("exitStatus", .count(status)), ("signal", .count(signal)),
                    ("operator", JSONValue(by) { .string($0) }),
                ]
            )
        case .attached(let id, let who, let role, let isSteering, let transport):
            return (
                "attached",
                [
                    ("attachment", .count(id.rawValue)), ("operator", .string(who.name)),
                    ("kind", .string(who.kind.word)), ("role", .string(role.name)), ("maySteer", .bool(isSteering)),
                    ("transport", .string(transport)), ("key", .string(who.key.fingerprint.text)),
                ]
            )
        case .detached(let id): return ("detached", [("attachment", .count(id.rawValue))])
        case .steeringChanged(let id, let isSteering):
            return ("steeringChanged", [("attachment", .count(id.rawValue)), ("maySteer", .bool(isSteering))])
        case .removed(let id, let who):
            return ("removed", [("attachment", .count(id.rawValue)), ("operator", .string(who.name))])
        case .roleChanged(let id, let role):
            return ("roleChanged", [("attachment", .count(id.rawValue)), ("role", .string(role.name))])
        default: return laterFacts(of: record)
        }
    }

    private static func laterFacts(of record: JournalRecord) -> (String, [(String, JSONValue)]) {
        switch record {
        case .turnBegan(let turn, let id, let how):
            return (
                "turnBegan", [("turn", .count(turn.rawValue)), ("attachment", .count(id.rawValue)), ("how", how.json)]
            )
        case .turnEnded(let turn, let id, let how):
            return (
                "turnEnded", [("turn", .count(turn.rawValue)), ("attachment", .count(id.rawValue)), ("how", how.json)]
            )
        case .resized(let size): return ("resized", [("columns", .count(size.columns)), ("rows", .count(size.rows))])
        case .signalled(let name, let who):
            return ("signalled", [("signal", .string(name)), ("operator", .string(who.name))])
        case .spawned, .childExited, .filesMoved, .forwarded, .limitHit, .idleWarned, .channelClosed:
            return factsBeside(record)
        case .gap(let records, let bytes):
            return ("gap", [("records", .count(records)), ("outputBytes", .count(bytes))])
        case .said(let who, let text): return ("said", [("operator", .string(who.name)), ("text", .string(text))])
        case .commandBegan(let start): return ("commandBegan", members(.command(CommandRecord(start: start))))
        case .commandEnded(let number, let end):
            return (
                "commandEnded",
                [
                    ("command", .count(number.rawValue)), ("exitStatus", JSONValue(end.status) { .count($0) }),
                    ("outputEnd", .count(end.output.bytes)), ("known", .string(end.knowledge.name)),
                ]
            )
        case .frozen(let isFrozen, let who):
            return (isFrozen ? "frozen" : "thawed", [("operator", .string(who.name))])
        default: return factsOfTurns(record)
        }
    }

    private static func factsBeside(_ record: JournalRecord) -> (String, [(String, JSONValue)]) {
        switch record {
        case .spawned(let child, let pid, let who, let transport, let command):
            let members: [(String, JSONValue)] = [
                ("exec", .count(child.rawValue)), ("pid", .count(pid)), ("operator", .string(who.name)),
                ("transport", .string(transport)),
            ]
            return ("execBegan", members + JSONValue.shown(command, named: "text"))
        case .childExited(let child, let status, let signal):
            return (
                "execEnded",
                [("exec", .count(child.rawValue)), ("exitStatus", .count(status)), ("signal", .count(signal))]
            )
        default: return factsOfTraffic(record)
        }
    }

    /// Of a command only what is known when it begins; `number` is the event's.
    private static func members(_ command: JSONValue) -> [(String, JSONValue)] {
        (command.object?.members ?? []).compactMap { name, value in
            switch name {
            case "number": ("command", value)
            case "text", "textKnown", "directory", "operators", "turn", "outputStart", "known", "approvedBy":
                (name, value)
            default: nil
            }
        }
    }

    /// One line for people.
    static func line(_ event: JSONValue) -> String {
        let words = (event.object?.members ?? []).compactMap { name, value -> String? in
            guard !["number", "time", "event"].contains(name), !name.hasSuffix("Base64"), !value.isNull else {
                return nil
            }
            return "\(name)=\((value.string ?? value.text).printable)"
        }
        let number = event["number"]?.integer ?? 0
        let time = event["time"]?.number ?? 0
        let head = ["\(number)", CivilTime(secondsInUTC: Int64(time)).text, event["event"]?.string ?? ""]
        return (head + words).joined(separator: " ")
    }
}

extension TurnBeginning {
    fileprivate var json: JSONValue {
        switch self {
        case .typed: "typed"
        case .taken: "taken"
        case .resumed: "resumed"
        case .acquired: "acquired"
        case .granted: "granted"
        }
    }
}

extension TurnEnding {
    fileprivate var json: JSONValue {
        switch self {
        case .released: "released"
        case .idle: "idle"
        case .detached: "detached"
        case .displaced: "displaced"
        case .revoked: "revoked"
        case .expired: "expired"
        case .ended: "sessionEnded"
        case .leaseEnded: "leaseEnded"
        case .handedOver: "handedOver"
        case .unattended: "unattended"
        case .noLead: "noLead"
        case .budgetSpent: "budgetSpent"
        }
    }
}
