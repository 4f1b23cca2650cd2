import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let sessionRules = ControlMethod(
        "session.rules", "tell the rules of a session, or change them while it runs (role lead)",
        details:
            "What is changed holds until the session ends; what is not named stays. What you set for an agent adds to "
            + "what the configuration says of it: the strictest holds. approve 'none', chaperone false and null (as an "
            + "option: none) for the rest take back what leads set.",
        scope: .session(.observe),
        parameters: [
            .init("turns", .word(TurnMode.allCases.map(\.name)), "how turns are given from now on"),
            .init(
                "releaseAfter", .number, "idle seconds after which a holder gives up the turn in mode open, from 0.1"),
            .init("answerWithin", .number, "seconds of silence that give the turn to who asks, from 1"),
            .init("agent", .string(limit: 64), "the agent that the limits are of"),
            .init("approve", .word(["none", "all"]), "whether a person has to approve all of its commands"),
            .init("approveMatching", .list(.string(limit: 200)), "patterns of commands that a person has to approve"),
            .init("chaperone", .boolean, "whether it may steer only while a person who may is attached"),
            .init("commands", .optional(.integer(1...1_000_000)), "commands that it may run in an hour"),
            .init("heldSeconds", .optional(.integer(1...3_600)), "seconds for which it may hold the turn in an hour"),
            .init("bytes", .optional(.integer(1...4_294_967_295)), "bytes that it may type in an hour"),
        ],
        result: [
            .init("session", .text, isRequired: true, "its name"),
            .init("turns", .word(TurnMode.allCases.map(\.name)), isRequired: true, "how turns are given"),
            .init("releaseAfter", .number, isRequired: true, "idle seconds after which a holder gives up the turn"),
            .init("answerWithin", .number, isRequired: true, "seconds of silence that give the turn to who asks"),
            .init("reattachWithin", .number, isRequired: true, "seconds for which turn and places are kept"),
            .init("agents", .anything, isRequired: true, "what leads set for agents, by name"),
        ], failures: [.notSupported, .busy],
        verb: VerbForm("rules", [.session]) { result, _ in
            let turns =
                "turns: \(result["turns"]?.string ?? ""), released after \(words(result["releaseAfter"])), "
                + "answered within \(words(result["answerWithin"]))\n"
            return (result["agents"]?.object?.members ?? []).reduce(turns) { $0 + line(of: $1.name, $1.value) }
        }
    ) { call async throws(ControlFailure) in
        var rules = SessionRules(turns: call.desk.turnRules(in: call.session))
        let live = try await call.desk.liveSession(call.session)
        if let live {
            guard case .rules(let now) = try await live.ask(.rules) else { throw .notRunning(call.session) }
            rules = now
        }
        if let change = try change(call, of: rules) {
            guard call.role.may(.end) else {
                throw ControlFailure(
                    .notAllowed, "your role in '\(call.session)' is \(call.role.name); only a lead changes its rules",
                    data: ["role": .string(call.role.name), "needs": "lead"])
            }
            guard let live, case .rules(let now) = try await live.ask(.rule(change, by: call.desk.caller)) else {
                throw .notRunning(call.session)
            }
            rules = now
            if let agent = change.agent, rules.limits(of: agent.name) != agent.limits {
                throw ControlFailure(
                    .busy, "limits are set for very many agents of '\(call.session)' already; take some of them back")
            }
        }
        let agents = rules.agents.map { ($0.name, $0.limits.json) }
        return [
            "session": .string(call.session.text), "turns": .string(rules.turns.mode.name),
            "releaseAfter": .seconds(rules.turns.releaseAfter), "answerWithin": .seconds(rules.turns.answerWithin),
            "reattachWithin": .seconds(rules.turns.reattachWithin), "agents": .object(JSONObject(agents)),
        ]
    }

    private static func words(_ seconds: JSONValue?) -> String {
        let seconds = seconds?.number ?? 0
        return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
    }

    /// What leads set for one agent, in words.
    private static func line(of name: String, _ limits: JSONValue) -> String {
        let patterns = (limits["approve"]?.array ?? []).compactMap { $0.string?.quoted }
        var words = [
            "approve \(patterns.isEmpty ? limits["approve"]?.string ?? "" : patterns.joined(separator: ", "))",
            limits["chaperone"]?.bool == true ? "chaperone" : nil,
        ].compactMap { $0 }
        for (bound, unit) in [("commands", "commands"), ("heldSeconds", "s of turns"), ("bytes", "bytes")] {
            if let count = limits[bound]?.integer { words.append("\(count) \(unit) an hour") }
        }
        return "\(name.printable): \(words.joined(separator: "; "))\n"
    }

    /// What is to be changed; `nil` for nothing.
    private static func change(_ call: ControlCall, of rules: SessionRules) throws(ControlFailure) -> RulesChange? {
        var change = RulesChange(mode: call.text("turns").flatMap { TurnMode(name: $0) })
        change.releaseAfter = try duration("releaseAfter", from: 0.1, call)
        change.answerWithin = try duration("answerWithin", from: 1, call)
        let named = limitNames.filter { call.arguments[$0] != nil }
        if let name = call.text("agent") {
            let old = rules.limits(of: name)
            try check(name, call, isKnown: old != nil)
            guard !named.isEmpty else {
                throw ControlFailure(
                    .invalidParameters,
                    "session.rules has an agent and no limit of it to change; there is "
                        + limitNames.joined(separator: ", "))
            }
            let limits = try limits(call, over: old ?? .none)
            change.agent = RulesChange.Agent(name: name, limits: limits == .none ? nil : limits)
        } else if !named.isEmpty {
            throw ControlFailure(.invalidParameters, "session.rules needs 'agent': whose limits these are")
        }
        return change == RulesChange() ? nil : change
    }

    /// Limits are for agents; whose key is gone may still have some that are to be taken back.
    private static func check(_ name: String, _ call: ControlCall, isKnown: Bool) throws(ControlFailure) {
        switch call.desk.kind(of: name) {
        case .agent: return
        case .person:
            throw ControlFailure(
                .invalidParameters, "session.rules: \(name.printable) is a person; limits are for agents")
        case nil where isKnown: return
        case nil:
            throw ControlFailure(
                .invalidParameters,
                "session.rules: there is no agent '\(name.printable)'; each has a file in keys/agents")
        }
    }

    private static let limitNames = ["approve", "approveMatching", "chaperone", "commands", "heldSeconds", "bytes"]

    /// What is named is changed, and nothing else.
    private static func limits(_ call: ControlCall, over old: AgentLimits) throws(ControlFailure) -> AgentLimits {
        var limits = old
        limits.approval = try approval(call) ?? old.approval
        limits.isChaperoned = call.flag("chaperone") ?? old.isChaperoned
        limits.budget.commands = bound("commands", call, old.budget.commands)
        limits.budget.heldSeconds = bound("heldSeconds", call, old.budget.heldSeconds)
        limits.budget.bytes = bound("bytes", call, old.budget.bytes)
        return limits
    }

    private static func approval(_ call: ControlCall) throws(ControlFailure) -> AgentLimits.Approval? {
        let texts = call.arguments["approveMatching"]?.array
        guard (texts ?? []).count <= 256 else {
            throw ControlFailure(.invalidParameters, "session.rules: approveMatching has at most 256 patterns")
        }
        var patterns: [CommandPattern] = []
        for value in texts ?? [] {
            guard let pattern = CommandPattern(value.string ?? "") else {
                throw ControlFailure(
                    .invalidParameters,
                    "session.rules: a pattern of approveMatching has 1 to 200 bytes and no control characters")
            }
            patterns.append(pattern)
        }
        if call.text("approve") == "all" { return .all }
        guard patterns.isEmpty else { return .matching(patterns) }
        return texts == nil && call.text("approve") == nil ? nil : AgentLimits.Approval.none
    }

    private static func bound(_ name: String, _ call: ControlCall, _ old: UInt32?) -> UInt32? {
        guard let value = call.arguments[name] else { return old }
        return value.integer.map { UInt32(clamping: $0) }
    }

    private static func duration(
        _ name: String, from least: Double, _ call: ControlCall
    ) throws(ControlFailure) -> Duration? {
        guard let seconds = call.number(name) else { return nil }
        guard seconds >= least, seconds <= 86_400 else {
            throw ControlFailure(.invalidParameters, "session.rules: '\(name)' is from \(least) to 86400 seconds")
        }
        return .milliseconds(Int64(seconds * 1_000))
    }
}

extension SessionRules {
    /// What leads set for an agent.
    fileprivate func limits(of name: String) -> AgentLimits? { agents.first { $0.name == name }?.limits }
}
