/// What agents did within the last hour, by their names. A value without a clock; sums per minute are exact enough.
package struct AgentLedger: Hashable, Sendable {
    package struct Spent: Hashable, Sendable {
        package var commands: UInt32 = 0
        package var held = Duration.zero
        package var bytes: UInt32 = 0
    }

    private struct Minute: Hashable {
        let number: Int64
        var spent = Spent()
    }

    /// Names kept; past these the one that was idle for longest is forgotten.
    private static let limit = 1_000
    private static let minutes: Int64 = 60
    private static let longest = Duration.seconds(60 * minutes)

    /// Each in order of time, at most an hour's.
    private var byName: [String: [Minute]] = [:]

    package init() {}

    package mutating func note(commands: UInt32, bytes: UInt32, by name: String, at now: Moment) {
        change(name, at: now) {
            $0.commands = Self.sum($0.commands, commands)
            $0.bytes = Self.sum($0.bytes, bytes)
        }
    }

    /// Counts a turn, or a part of one, that ended now: all of it, an hour at most, as if it had been now.
    package mutating func noteHeld(_ duration: Duration, by name: String, at now: Moment) {
        let counted = min(max(duration, .zero), Self.longest)
        change(name, at: now) { $0.held = min($0.held + counted, Self.longest) }
    }

    package func spent(by name: String, at now: Moment) -> Spent {
        let oldest = Self.minute(of: now) - Self.minutes
        return byName[name, default: []].filter { $0.number > oldest }.reduce(into: Spent()) { sum, minute in
            sum.commands = Self.sum(sum.commands, minute.spent.commands)
            sum.bytes = Self.sum(sum.bytes, minute.spent.bytes)
            sum.held += minute.spent.held
        }
    }

    /// Whether nothing is left, or less than so many bytes and commands.
    package func isSpent(
        _ budget: AgentBudget, of name: String, at now: Moment, adding bytes: Int = 0, commands: Int = 0
    ) -> Bool {
        guard !budget.isUnlimited else { return false }
        let spent = spent(by: name, at: now)
        if let limit = budget.commands, spent.commands >= limit || Int(limit - spent.commands) < commands {
            return true
        }
        if let limit = budget.heldSeconds, spent.held >= .seconds(Int64(limit)) { return true }
        if let limit = budget.bytes { return spent.bytes >= limit || Int(limit - spent.bytes) < bytes }
        return false
    }

    /// For how long the turn may still be held; `nil` for no bound.
    package func heldLeft(_ budget: AgentBudget, of name: String, at now: Moment) -> Duration? {
        budget.heldSeconds.map { max(.seconds(Int64($0)) - spent(by: name, at: now).held, .zero) }
    }

    private mutating func change(_ name: String, at now: Moment, _ change: (inout Spent) -> Void) {
        // A moment before the last one counts as that one.
        let number = max(Self.minute(of: now), byName[name]?.last?.number ?? .min)
        var minutes = byName[name, default: []].filter { $0.number > number - Self.minutes }
        if minutes.last?.number != number { minutes.append(Minute(number: number)) }
        change(&minutes[minutes.count - 1].spent)
        byName[name] = minutes
        guard byName.count > Self.limit else { return }
        let idle = byName.filter { $0.key != name }
            .min { ($0.value.last?.number ?? 0, $0.key) < ($1.value.last?.number ?? 0, $1.key) }
        if let idle { byName[idle.key] = nil }
    }

    private static func minute(of now: Moment) -> Int64 { now.sinceStart.components.seconds / 60 }

    private static func sum(_ a: UInt32, _ b: UInt32) -> UInt32 {
        let (sum, overflows) = a.addingReportingOverflow(b)
        return overflows ? .max : sum
    }
}
