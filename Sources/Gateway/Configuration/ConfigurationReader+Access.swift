import SessionModel
import Yams

/// The section `access`.
extension ConfigurationReader {
    /// In all rules together: an agent's command is held against each of them.
    private static let mostPatterns = 256
    private static let needed = ["operators", "sessions", "role"]

    mutating func readAccess(_ node: Node) {
        var rules: [AccessRule] = []
        var patterns = 0
        for item in list(node, "access") {
            guard let rule = accessRule(item) else { continue }
            if case .matching(let some) = rule.limits.approval { patterns += some.count }
            rules.append(rule)
        }
        if patterns > Self.mostPatterns {
            report(node, "access may have at most \(Self.mostPatterns) patterns of commands, and has \(patterns)")
        }
        result.access = AccessPolicy(rules: rules)
    }

    private mutating func accessRule(_ node: Node) -> AccessRule? {
        var operators: [Glob]?
        var sessions: [Glob]?
        var role: Role?
        var limits = AgentLimits.none
        let pairs = mapping(node, "an access rule", keys: Self.needed + ["approve", "chaperone", "budget"])
        for pair in pairs {
            switch pair.key {
            case "operators": operators = globs(pair.value, "operators")
            case "sessions": sessions = globs(pair.value, "sessions")
            case "role": role = choice(pair.value, "role", Role.allCases.map { ($0.name, $0) })
            case "approve": limits.approval = approval(pair.value) ?? limits.approval
            case "chaperone": limits.isChaperoned = flag(pair.value, "chaperone") ?? limits.isChaperoned
            default: limits.budget = budget(pair.value)
            }
        }
        if case .mapping = node {
            for key in Self.needed where !pairs.contains(where: { $0.key == key }) {
                report(node, "an access rule needs \(key)")
            }
        }
        guard let operators, let sessions, let role else { return nil }
        return AccessRule(operators: operators, sessions: sessions, role: role, limits: limits)
    }

    // MARK: Agents' limits

    private mutating func approval(_ node: Node) -> AgentLimits.Approval? {
        guard case .sequence = node else {
            guard let text = string(node, "approve") else { return nil }
            switch text {
            case "none": return AgentLimits.Approval.none
            case "all": return .all
            default:
                report(node, "approve can not be \(text.quoted); it may be none, all or a list of patterns")
                return nil
            }
        }
        let items = list(node, "approve")
        if items.isEmpty { report(node, "approve is an empty list; write none, all or some patterns of commands") }
        var patterns: [CommandPattern] = []
        for item in items {
            guard let text = string(item, "a pattern in approve") else { continue }
            guard let pattern = CommandPattern(text) else {
                report(item, "a pattern in approve has 1 to 200 bytes and no control characters")
                continue
            }
            if patterns.contains(pattern) { report(item, "\(text.quoted) stands twice in approve") }
            patterns.append(pattern)
        }
        return patterns.isEmpty ? nil : .matching(patterns)
    }

    private mutating func budget(_ node: Node) -> AgentBudget {
        var budget = AgentBudget()
        for pair in mapping(node, "a budget", keys: ["commands", "held", "bytes"]) {
            switch pair.key {
            case "commands": budget.commands = count(pair.value, "commands")
            case "held": budget.heldSeconds = heldSeconds(pair.value)
            default: budget.bytes = count(pair.value, "bytes")
            }
        }
        return budget
    }

    private mutating func count(_ node: Node, _ what: String) -> UInt32? {
        integer(node, what, in: 1...Int(UInt32.max)).map { UInt32(clamping: $0) }
    }

    private mutating func heldSeconds(_ node: Node) -> UInt32? {
        guard let held = duration(node, "held", in: .seconds(1) ... .seconds(3_600)) else { return nil }
        guard held.components.attoseconds == 0 else {
            report(node, "held must be whole seconds")
            return nil
        }
        return UInt32(clamping: held.components.seconds)
    }
}
