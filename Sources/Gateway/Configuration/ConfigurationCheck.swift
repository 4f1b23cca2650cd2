private import Glibc
private import Platform
import SessionModel
package import SystemPackage

/// Everything that can be said of a configuration and its keys without starting: the work behind `cmdopd --check`.
package struct ConfigurationCheck: Sendable {
    /// Each a line that names a file and says what is wrong. With one of these the check fails.
    package let errors: [String]
    /// What is allowed, but hardly meant.
    package let warnings: [String]
    /// Who may come in, by which keys, and do what: a few lines for people.
    package let summary: String

    package var isGood: Bool { errors.isEmpty }

    /// Reads the file and the keys that it names.
    package init(path: FilePath, offeredKey: @escaping KeyDirectory.KeyJudge) {
        let (configuration, problems) = ConfigurationReader.read(path: path)
        guard problems.isEmpty else {
            self.init(errors: problems.map(\.description), warnings: [], summary: "")
            return
        }
        let reading = KeyDirectory(path: configuration.keys).read(offeredKey: offeredKey)
        let now = Int64(UnixTime.now.nanoseconds / 1_000_000_000)
        self.init(configuration, reading, now: now, isProgram: { access($0, X_OK) == 0 })
    }

    /// Judges what was read, at a time in seconds since 1970.
    init(
        _ configuration: Configuration, _ reading: KeyDirectory.Reading, now: Int64, isProgram: (String) -> Bool
    ) {
        let roster = reading.roster
        var warnings = Self.warnings(roster, configuration, now: now)
        warnings += Self.localWarnings(roster, configuration) + Self.turnWarnings(roster, configuration)
        for (name, settings) in configuration.environments.sorted(by: { $0.key < $1.key }) {
            guard let program = settings.shell.first, !isProgram(program) else { continue }
            warnings.append("environment \(name): there is no program \(program.quoted) that we may run")
        }
        self.init(
            errors: reading.problems.map { "\(configuration.keys)/\($0)" }, warnings: warnings,
            summary: Self.summary(roster, configuration))
    }

    private init(errors: [String], warnings: [String], summary: String) {
        self.errors = errors
        self.warnings = warnings
        self.summary = summary
    }

    private static func warnings(_ roster: Roster, _ configuration: Configuration, now: Int64) -> [String] {
        var warnings: [String] = []
        let rules = configuration.access.rules
        if !roster.members.contains(where: { $0.kind == .person }) {
            warnings.append("no key in \(configuration.keys)/team admits anybody: nobody can log in")
        }
        if rules.isEmpty { warnings.append("there is no access rule: nobody may do anything") }
        for member in roster.members {
            if !rules.contains(where: { $0.covers(operator: member.name) }) {
                warnings.append("no access rule covers \(member.name), who may log in but do nothing")
            }
            for key in member.keys where key.options.limits.isExpired(at: now) {
                warnings.append("\(key.place): the key has expired")
            }
            for owner in Set(member.keys.compactMap(\.options.owner)).sorted()
            where !rules.contains(where: { $0.covers(operator: owner) }) {
                warnings.append(
                    "no access rule covers \(owner), who answers for \(member.name): neither may do anything")
            }
        }
        let named = Set(rules.flatMap(\.operators).filter(\.isLiteral).map(\.text))
            .subtracting(configuration.local.operators.values)
        for name in named.sorted() where roster.member(named: name) == nil {
            warnings.append("an access rule names \(name), who has no key that admits them")
        }
        return warnings
    }

    private static func localWarnings(_ roster: Roster, _ configuration: Configuration) -> [String] {
        configuration.local.operators.sorted { $0.key < $1.key }.flatMap { user, name in
            var warnings: [String] = []
            if !Account.exists(user) { warnings.append("local names \(user.quoted), who is no user of this machine") }
            if roster.member(named: name)?.kind == .agent {
                warnings.append("local makes \(user) the agent \(name): only people come by the local socket")
            } else if !configuration.access.rules.contains(where: { $0.covers(operator: name) }) {
                warnings.append("no access rule covers \(name), whom local makes of \(user): they may do nothing")
            }
            return warnings
        }
    }

    private static func turnWarnings(_ roster: Roster, _ configuration: Configuration) -> [String] {
        let rules = configuration.access.rules
        let agents = roster.members.filter { $0.kind == .agent }
        var warnings: [String] = []
        for rule in rules
        where rule.limits != .none && !agents.contains(where: { rule.covers(operator: $0.name) }) {
            let names = rule.operators.map(\.text).joined(separator: ", ")
            let sessions = rule.sessions.map(\.text).joined(separator: ", ")
            warnings.append("the access rule for \(names) in \(sessions) limits agents, but covers none")
        }
        let people = roster.members.filter { $0.kind == .person }.map(\.name) + configuration.local.operators.values
        let hasLead = rules.contains { rule in rule.role == .lead && people.contains { rule.covers(operator: $0) } }
        for settings in configuration.sessions where settings.turns == .led && !hasLead {
            warnings.append(
                "turns are led in \(settings.match), but no access rule makes a lead: nobody can type there")
        }
        return warnings
    }

    private static func summary(_ roster: Roster, _ configuration: Configuration) -> String {
        let addresses = configuration.listen.map(\.description).joined(separator: ", ")
        var lines = ["listening on \(addresses); keys in \(configuration.keys); state in \(configuration.state)"]
        if configuration.panelKey != .standard { lines.append("\(configuration.panelKey) opens the operator panel") }
        for (user, name) in configuration.local.operators.sorted(by: { $0.key < $1.key }) {
            lines.append("local user \(user) is operator \(name)")
        }
        for member in roster.members {
            lines.append(
                "\(member.kind == .agent ? "agent" : "operator") \(member.name): \(roles(of: member, configuration))")
            lines += member.keys.map { "    \($0.fingerprint)\(limits(of: $0))" }
        }
        return lines.joined(separator: "\n")
    }

    private static func roles(of member: Roster.Member, _ configuration: Configuration) -> String {
        let roles = configuration.access.rules.filter { $0.covers(operator: member.name) }.map { rule in
            let role = member.kind == .agent ? min(rule.role, .agent) : rule.role
            let place = "\(role.name) in \(rule.sessions.map(\.text).joined(separator: ", "))"
            return ([place] + (member.kind == .agent ? rule.limits.words : [])).joined(separator: ", ")
        }
        return roles.isEmpty ? "nothing" : roles.joined(separator: "; ")
    }

    private static func limits(of key: Roster.Entry) -> String {
        let limits = key.options.limits
        var parts: [String] = []
        if let role = limits.role { parts.append("at most \(role.name)") }
        if let sessions = limits.sessions { parts.append("only in \(sessions.map(\.text).joined(separator: ", "))") }
        if key.options.sources != nil { parts.append("from some addresses") }
        if !limits.allowsTerminal { parts.append("no terminal") }
        if !limits.allowsPortForwarding { parts.append("no port forwarding") }
        if limits.expiresAt != nil { parts.append("expires") }
        if let owner = key.options.owner { parts.append("answered for by \(owner)") }
        return parts.isEmpty ? "" : " (" + parts.joined(separator: ", ") + ")"
    }
}
