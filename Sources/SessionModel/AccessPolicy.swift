/// Gives some operators a role in some sessions.
package struct AccessRule: Hashable, Sendable {
    package let operators: [Glob]
    package let sessions: [Glob]
    package let role: Role
    /// What agents that it covers may not do by themselves.
    package let limits: AgentLimits

    package init(operators: [Glob], sessions: [Glob], role: Role, limits: AgentLimits = .none) {
        self.operators = operators
        self.sessions = sessions
        self.role = role
        self.limits = limits
    }

    package func covers(operator name: String) -> Bool { operators.contains { $0.matches(name) } }
    package func covers(session name: SessionName) -> Bool { sessions.contains { $0.matches(name.text) } }
}

/// Who may do what in which session. Without a rule that matches, nobody anything.
///
/// Rules only give: the highest role that matches holds. Kinds of operator and keys only take away.
package struct AccessPolicy: Hashable, Sendable {
    package let rules: [AccessRule]

    package init(rules: [AccessRule]) { self.rules = rules }

    /// The role that an operator has in a session, or nil for one who may not even know that it exists.
    ///
    /// An agent never has more than ``Role/agent``, nor more than the person who answers for it.
    package func role(of admission: Admission, in session: SessionName) -> Role? {
        guard let granted = granted(to: admission.name, in: session),
            let left = admission.limits.narrow(granted, in: session)
        else { return nil }
        switch admission.kind {
        case .person: return left
        case .agent:
            guard let owner = admission.owner, let owned = role(of: owner, in: session) else { return nil }
            return min(left, owned, .agent)
        }
    }

    /// What an agent may not do by itself in a session: the strictest of all rules that cover it.
    package func limits(of admission: Admission, in session: SessionName) -> AgentLimits {
        guard admission.kind == .agent else { return .none }
        return rules.filter { $0.covers(operator: admission.name) && $0.covers(session: session) }
            .reduce(.none) { $0.merged(with: $1.limits) }
    }

    /// Whether the operator may start a session of that name.
    package func canCreate(_ admission: Admission, in session: SessionName) -> Bool {
        role(of: admission, in: session)?.may(.create) ?? false
    }

    private func granted(to name: String, in session: SessionName) -> Role? {
        rules.filter { $0.covers(operator: name) && $0.covers(session: session) }.map(\.role).max()
    }

    /// The best role that any of the owner's good keys has.
    private func role(of owner: Admission.Owner, in session: SessionName) -> Role? {
        guard let granted = granted(to: owner.name, in: session) else { return nil }
        return owner.limits.compactMap { $0.narrow(granted, in: session) }.max()
    }
}
