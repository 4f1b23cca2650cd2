package import SessionModel

/// The rules that a session has now, as leads changed them while it ran.
package struct SessionRules: Hashable, Sendable {
    package struct Agent: Hashable, Sendable {
        package var name: String
        package var limits: AgentLimits

        package init(name: String, limits: AgentLimits) {
            self.name = name
            self.limits = limits
        }
    }

    package var turns: TurnRules
    /// What leads set for agents, besides what the configuration has for them.
    package var agents: [Agent]

    package init(turns: TurnRules, agents: [Agent] = []) {
        self.turns = turns
        self.agents = agents
    }
}

/// What a lead changes about a session's rules; `nil` stays as it is.
package struct RulesChange: Hashable, Sendable {
    /// What an agent may not do by itself from now on; `nil` limits take back what leads set before.
    package struct Agent: Hashable, Sendable {
        package var name: String
        package var limits: AgentLimits?

        package init(name: String, limits: AgentLimits?) {
            self.name = name
            self.limits = limits
        }
    }

    package var mode: TurnMode?
    package var releaseAfter: Duration?
    package var answerWithin: Duration?
    package var agent: Agent?

    package init(
        mode: TurnMode? = nil, releaseAfter: Duration? = nil, answerWithin: Duration? = nil, agent: Agent? = nil
    ) {
        self.mode = mode
        self.releaseAfter = releaseAfter
        self.answerWithin = answerWithin
        self.agent = agent
    }
}
