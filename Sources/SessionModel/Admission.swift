/// Who a key belongs to, and what its own line takes away: the answer to a key that may come in.
package struct Admission: Hashable, Sendable {
    /// The person who answers for an agent, with the limits of each of their keys that is good now.
    package struct Owner: Hashable, Sendable {
        package let name: String
        package let limits: [KeyLimits]

        package init(name: String, limits: [KeyLimits]) {
            self.name = name
            self.limits = limits
        }
    }

    package let name: String
    package let kind: OperatorKind
    package let limits: KeyLimits
    /// Set for agents, and for them alone.
    package let owner: Owner?

    package init(person name: String, limits: KeyLimits = .none) {
        self.name = name
        kind = .person
        self.limits = limits
        owner = nil
    }

    package init(agent name: String, limits: KeyLimits = .none, owner: Owner) {
        self.name = name
        kind = .agent
        self.limits = limits
        self.owner = owner
    }
}

/// Why a key does not come in. For the log: the client is told nothing but that it was denied.
package enum AdmissionRefusal: Error, Hashable, Sendable {
    case unknownKey
    case expired
    case addressNotAllowed
    /// The person who answers for the agent has no key that is good now.
    case ownerHasNoKey
}
