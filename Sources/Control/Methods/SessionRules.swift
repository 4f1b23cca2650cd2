import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let sessionRules = ControlMethod(
        "session.rules", "tell the rules of a session, or change them while it runs (role lead)",
        details:
            "What is changed holds until the session ends. What you set for an agent adds to what the configuration "
            + "says of it: the strictest holds. agent without limits takes back what leads set for it.",
        scope: .session(.observe),
        parameters: [
            .init("turns", .word(TurnMode.allCases.map(\.name)), "how turns are given from now on"),
            .init(
                "releaseAfter", .number, "idle seconds after which a holder gives up the turn in mode open, from 0.1"),
            .init("answerWithin", .number, "seconds of silence that give the turn to who asks, from 1"),
            .init("agent", .string(limit: 64), "the agent that the limits are of"),
            .init("approve", .word(["none", "all"]), "which of its commands a person has to approve"),
            .init("approveMatching", .list(.string(limit: 200)), "patterns of commands that a person has to approve"),
            .init("chaperone", .boolean, "whether it may steer only while a person is attached"),
            .init("commands", .integer(1...1_000_000), "commands that it may run in an hour"),
            .init("heldSeconds", .integer(1...3_600), "seconds for which it may hold the turn in an hour"),
            .init("bytes", .integer(1...4_294_967_295), "bytes that it may type in an hour"),
        ],
        result: [
            .init("session", .text, isRequired: true, "its name"),
            .init("turns", .word(TurnMode.allCases.map(\.name)), isRequired: true, "how turns are given"),
            .init("releaseAfter", .number, isRequired: true, "idle seconds after which a holder gives up the turn"),
            .init("answerWithin", .number, isRequired: true, "seconds of silence that give the turn to who asks"),
            .init("reattachWithin", .number, isRequired: true, "seconds for which turn and places are kept"),
            .init("agents", .anything, isRequired: true, "what leads set for agents, by name"),
        ], failures: [.notSupported],
        verb: VerbForm("rules", [.session]) { result, _ in
            "turns: \(result["turns"]?.string ?? ""), released after \(words(result["releaseAfter"])), "
                + "answered within \(words(result["answerWithin"]))\n"
        }
    ) { call async throws(ControlFailure) in
        var rules = SessionRules(turns: call.desk.turnRules(in: call.session))
        let change = try change(call)
        if change != nil {
            guard call.role.may(.end) else {
                throw ControlFailure(
                    .notAllowed, "your role in '\(call.session)' is \(call.role.name); only a lead changes its rules",
                    data: ["role": .string(call.role.name), "needs": "lead"])
            }
            _ = try await call.live()
        }
        if let live = await call.desk.liveSession(call.session) {
            let question = change.map { ControlQuestion.rule($0, by: call.desk.caller) } ?? .rules
            guard case .rules(let now) = try await live.ask(question) else { throw .notRunning(call.session) }
            rules = now
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

    /// What is to be changed; `nil` for nothing.
    private static func change(_ call: ControlCall) throws(ControlFailure) -> RulesChange? {
        var change = RulesChange(mode: call.text("turns").flatMap { TurnMode(name: $0) })
        change.releaseAfter = try duration("releaseAfter", from: 0.1, call)
        change.answerWithin = try duration("answerWithin", from: 1, call)
        if let name = call.text("agent") {
            guard OperatorName.isValid(name) else {
                throw ControlFailure(.invalidParameters, "session.rules: '\(name.printable)' is no operator's name")
            }
            change.agent = RulesChange.Agent(name: name, limits: try limits(call))
        } else if limitNames.contains(where: { call.arguments[$0] != nil }) {
            throw ControlFailure(.invalidParameters, "session.rules needs 'agent': whose limits these are")
        }
        return change == RulesChange() ? nil : change
    }

    private static let limitNames = ["approve", "approveMatching", "chaperone", "commands", "heldSeconds", "bytes"]

    private static func limits(_ call: ControlCall) throws(ControlFailure) -> AgentLimits? {
        guard limitNames.contains(where: { call.arguments[$0] != nil }) else { return nil }
        var patterns: [CommandPattern] = []
        guard (call.arguments["approveMatching"]?.array ?? []).count <= 256 else {
            throw ControlFailure(.invalidParameters, "session.rules: approveMatching has at most 256 patterns")
        }
        for value in call.arguments["approveMatching"]?.array ?? [] {
            guard let pattern = CommandPattern(value.string ?? "") else {
                throw ControlFailure(
                    .invalidParameters,
                    "session.rules: a pattern of approveMatching has 1 to 200 bytes and no control characters")
            }
            patterns.append(pattern)
        }
        let approval: AgentLimits.Approval =
            call.text("approve") == "all" ? .all : patterns.isEmpty ? .none : .matching(patterns)
        return AgentLimits(
            approval: approval, isChaperoned: call.flag("chaperone") ?? false,
            budget: AgentBudget(
                commands: bound("commands", call), heldSeconds: bound("heldSeconds", call), bytes: bound("bytes", call))
        )
    }

    private static func bound(_ name: String, _ call: ControlCall) -> UInt32? {
        call.integer(name).map { UInt32(clamping: $0) }
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
