/// Which problems have been told: each is told once, when it has stood, and again only if it comes back much later.
package struct ToldProblems<Problem: Hashable & Sendable>: Sendable {
    private struct Seen {
        let since: Moment
        var last: Moment
        var looks = 1
        var isTold = false
    }

    /// What was away for less comes back without a word: files that are written again and again would fill the log.
    package static var memory: Duration { .seconds(30) }

    private var seen: [Problem: Seen] = [:]
    private var current: Set<Problem> = []
    private var isFirst = true

    package init() {}

    /// Whether something waits to be told.
    package var isWaiting: Bool { current.contains { seen[$0]?.isTold == false } }

    /// What is to be told after a look that found these problems, in their order.
    ///
    /// - Parameter grace: for how long a problem must have stood. Two looks must have found it, but for the very first.
    package mutating func look(
        _ problems: [Problem], at now: Moment, grace: (Problem) -> Duration
    ) -> [Problem] {
        defer { isFirst = false }
        seen = seen.filter { now < $0.value.last.advanced(by: Self.memory) }
        var new: [Problem] = []
        for problem in problems where !new.contains(problem) {
            var entry = seen[problem] ?? Seen(since: now, last: now, looks: 0)
            // An absence ends what had not stood long enough to be told.
            if !entry.isTold, !current.contains(problem) { entry = Seen(since: now, last: now, looks: 0) }
            entry.looks += 1
            entry.last = now
            if !entry.isTold, isFirst || entry.looks >= 2, isFirst || now >= entry.since.advanced(by: grace(problem)) {
                entry.isTold = true
                new.append(problem)
            }
            seen[problem] = entry
        }
        current = Set(problems)
        return new
    }
}
