import JSONText
import SessionModel
import Wire

extension SessionEvent {
    /// Who asked for the turn, who gave it, what agents wanted, and what leads changed.
    static func factsOfTurns(_ record: JournalRecord) -> (String, [(String, JSONValue)]) {
        switch record {
        case .turnRequested(let id): return ("turnRequested", [("attachment", .count(id.rawValue))])
        case .requestEnded(let id, let how, let by):
            return (
                "requestEnded",
                [
                    ("attachment", .count(id.rawValue)), ("how", .string(how.word)),
                    ("by", JSONValue(by) { .count($0.rawValue) }),
                ]
            )
        case .turnGranted(let id, let by):
            return (
                "turnGranted",
                [("attachment", .count(id.rawValue)), ("by", JSONValue(by) { .count($0.rawValue) })]
            )
        case .ruled(let rules, let who):
            return (
                "rulesChanged",
                [
                    ("turns", .string(rules.mode.name)), ("releaseAfter", .seconds(rules.releaseAfter)),
                    ("answerWithin", .seconds(rules.answerWithin)), ("operator", .string(who.name)),
                ]
            )
        case .agentLimited(let name, let limits, let who):
            return (
                "agentLimited",
                [
                    ("agent", .string(name)), ("limits", JSONValue(limits) { $0.json }),
                    ("operator", .string(who.name)),
                ]
            )
        case .lineDropped(let turn): return ("lineDropped", [("turn", .count(turn.rawValue))])
        case .proposed, .approved, .proposalEnded: return factsOfProposals(record)
        default: return factsForHolders(record)
        }
    }

    /// What who has the turn, or had it, is told besides.
    private static func factsForHolders(_ record: JournalRecord) -> (String, [(String, JSONValue)]) {
        switch record {
        case .inputDelivered(let turn, let id, let written, let dropped, let by):
            return (
                "inputDelivered",
                [
                    ("turn", .count(turn.rawValue)), ("attachment", .count(id.rawValue)), ("written", .count(written)),
                    ("dropped", .count(dropped)), ("by", JSONValue(by) { .count($0.rawValue) }),
                ]
            )
        case .pasteClosed(let turn): return ("pasteClosed", [("turn", .count(turn.rawValue))])
        case .turnAsked(let id, let answerWithin):
            return (
                "turnAsked",
                [("attachment", .count(id.rawValue)), ("answerWithin", JSONValue(answerWithin) { .seconds($0) })]
            )
        case .turnEndsSoon(let turn, let id, let endsIn):
            return (
                "turnEndsSoon",
                [
                    ("turn", .count(turn.rawValue)), ("attachment", .count(id.rawValue)), ("endsIn", .seconds(endsIn)),
                ]
            )
        default: return ("other", [])
        }
    }

    private static func factsOfProposals(_ record: JournalRecord) -> (String, [(String, JSONValue)]) {
        switch record {
        case .proposed(let number, let id, let command):
            return (
                "proposed",
                [
                    ("proposal", .count(number.rawValue)), ("attachment", .count(id.rawValue)),
                    ("text", .string(command)),
                ]
            )
        case .approved(let number, let who):
            return ("approved", [("proposal", .count(number.rawValue)), ("operator", .string(who.name))])
        case .proposalEnded(let number, let how, let who):
            return (
                "proposalEnded",
                [
                    ("proposal", .count(number.rawValue)), ("how", .string(how.word)),
                    ("operator", JSONValue(who) { .string($0.name) }),
                ]
            )
        default: return ("other", [])
        }
    }
}

extension RequestEnding {
    fileprivate var word: String {
        switch self {
        case .granted: "granted"
        case .refused: "refused"
        case .withdrawn: "withdrawn"
        case .left: "left"
        case .expired: "expired"
        case .revoked: "revoked"
        case .served: "served"
        }
    }
}

extension ProposalEnding {
    fileprivate var word: String {
        switch self {
        case .typed: "typed"
        case .rejected: "refused"
        case .expired: "expired"
        case .left: "left"
        case .unapproved: "unapproved"
        case .withdrawn: "withdrawn"
        }
    }
}

extension AgentLimits {
    var json: JSONValue {
        let approve: JSONValue =
            switch approval {
            case .none: "none"
            case .all: "all"
            case .matching(let patterns): .array(patterns.map { .string($0.text) })
            }
        return [
            "approve": approve, "chaperone": .bool(isChaperoned), "commands": JSONValue(budget.commands) { .count($0) },
            "heldSeconds": JSONValue(budget.heldSeconds) { .count($0) },
            "bytes": JSONValue(budget.bytes) { .count($0) },
        ]
    }
}
