/// What an agent may not do by itself in a session.
package struct AgentLimits: Hashable, Sendable {
    /// Which of its commands a person has to approve.
    package enum Approval: Hashable, Sendable {
        case none
        /// Those that one of the patterns matches, and those of several lines; never empty.
        case matching([CommandPattern])
        case all
    }

    package var approval: Approval
    /// Whether it may hold the turn only while a person who may steer is attached.
    package var isChaperoned: Bool
    package var budget: AgentBudget

    package init(approval: Approval = .none, isChaperoned: Bool = false, budget: AgentBudget = AgentBudget()) {
        self.approval = approval
        self.isChaperoned = isChaperoned
        self.budget = budget
    }

    package static let none = AgentLimits()

    /// The strictest of both.
    package func merged(with other: AgentLimits) -> AgentLimits {
        AgentLimits(
            approval: approval.merged(with: other.approval), isChaperoned: isChaperoned || other.isChaperoned,
            budget: budget.merged(with: other.budget))
    }
}

extension AgentLimits.Approval {
    fileprivate func merged(with other: Self) -> Self {
        switch (self, other) {
        case (.all, _), (_, .all): .all
        case (.none, let rest), (let rest, .none): rest
        case (.matching(let some), .matching(let more)): .matching(some + more.filter { !some.contains($0) })
        }
    }

    /// Whether a person has to approve the command first.
    package func covers(_ command: String) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .matching(let patterns):
            command.utf8.contains { $0 < 0x20 || $0 == 0x7F } || patterns.contains { $0.matches(command) }
        }
    }
}

/// How much an agent may do within an hour; `nil` for no bound.
package struct AgentBudget: Hashable, Sendable {
    /// Lines that it ended, whatever came of them, and commands that it had typed.
    package var commands: UInt32?
    /// Seconds for which it held the turn.
    package var heldSeconds: UInt32?
    /// Bytes that it typed.
    package var bytes: UInt32?

    package init(commands: UInt32? = nil, heldSeconds: UInt32? = nil, bytes: UInt32? = nil) {
        self.commands = commands
        self.heldSeconds = heldSeconds
        self.bytes = bytes
    }

    package var isUnlimited: Bool { self == AgentBudget() }

    package func merged(with other: AgentBudget) -> AgentBudget {
        func least(_ a: UInt32?, _ b: UInt32?) -> UInt32? { a.map { a in b.map { min(a, $0) } ?? a } ?? b }
        return AgentBudget(
            commands: least(commands, other.commands), heldSeconds: least(heldSeconds, other.heldSeconds),
            bytes: least(bytes, other.bytes))
    }
}

/// A pattern for whole commands: `*` is any text, `?` any one byte, the rest is itself.
package struct CommandPattern: Hashable, Sendable {
    package let text: String

    /// Fails for text that is empty, longer than 200 bytes, or has control characters.
    package init?(_ text: String) {
        guard (1...200).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return nil
        }
        self.text = text
    }

    package func matches(_ command: String) -> Bool {
        Glob.matches(Array(text.utf8)[...], Array(command.utf8)[...])
    }
}
