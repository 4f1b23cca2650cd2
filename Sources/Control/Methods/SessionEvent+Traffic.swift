import JSONText
import SessionModel
import Wire

extension SessionEvent {
    /// Files, forwards, and what the session is told of its limits.
    static func factsOfTraffic(_ record: JournalRecord) -> (String, [(String, JSONValue)]) {
        switch record {
        case .filesMoved(let child, let who, let transport, let move):
            var members: [(String, JSONValue)] = [
                ("operation", .string(move.operation.word)), ("operator", .string(who.name)),
            ]
            members += JSONValue.shown(Array(move.path), named: "path")
            members += move.target.map { JSONValue.shown(Array($0), named: "target") } ?? [("target", .null)]
            members += [
                ("bytes", .count(move.bytes)), ("files", .count(move.count)), ("exec", .count(child.rawValue)),
                ("transport", .string(transport)),
            ]
            return ("files", members)
        case .forwarded(let forward):
            return (
                "forwarded",
                [
                    ("operator", .string(forward.who.name)), ("transport", .string(forward.transport)),
                    ("direction", .string(forward.direction.word)), ("host", .string(forward.host)),
                    ("port", .count(forward.port)),
                    ("connections", JSONValue(forward.count?.connections) { .count($0) }),
                    ("bytesIn", JSONValue(forward.count?.bytesIn) { .count($0) }),
                    ("bytesOut", JSONValue(forward.count?.bytesOut) { .count($0) }),
                ]
            )
        case .channelClosed(let channel, let who): return ("channelClosed", facts(ofClosed: channel, by: who))
        case .limitHit(let resource, let count):
            return ("limitHit", [("resource", .string(resource.word)), ("count", .count(count))])
        case .idleWarned(let endsIn):
            return (endsIn == nil ? "idleOver" : "idleWarned", [("endsIn", JSONValue(endsIn) { .seconds($0) })])
        default: return ("other", [])
        }
    }

    private static func facts(ofClosed channel: OpenedChannel, by who: Operator?) -> [(String, JSONValue)] {
        [
            ("attachment", .count(channel.id.rawValue)), ("what", .string(channel.kind.word)),
            ("detail", channel.detail.isEmpty ? .null : .string(channel.detail)),
            ("operator", .string(channel.who.name)), ("transport", .string(channel.transport)),
            ("key", .string(channel.who.key.fingerprint.text)), ("by", JSONValue(who) { .string($0.name) }),
            ("reason", .string(who == nil ? "revoked" : "removed")),
        ]
    }
}

extension FileOperation {
    fileprivate var word: String {
        switch self {
        case .read: "read"
        case .written: "written"
        case .removed: "removed"
        case .renamed: "renamed"
        case .directoryMade: "directoryMade"
        case .directoryRemoved: "directoryRemoved"
        case .linked: "linked"
        case .changed: "changed"
        case .several: "several"
        }
    }
}

extension ForwardDirection {
    package var word: String {
        switch self {
        case .inwards: "in"
        case .outwards: "out"
        }
    }
}
