/// When a session ends because nothing happens in it.
package struct IdleTerms: Hashable, Sendable {
    /// How long nothing must have happened.
    package var endAfter: Duration
    /// How long before the end everybody attached is told.
    package var warn: Duration
    /// Whether it ends while somebody is attached, too.
    package var endsAttached: Bool

    package init(endAfter: Duration, warn: Duration, endsAttached: Bool = false) {
        self.endAfter = endAfter
        self.warn = warn
        self.endsAttached = endsAttached
    }
}

/// Decides when a session has been idle for too long. Somebody looks again and again, and does what it says.
///
/// Activity is what was typed or printed, and everything that runs: a command at the prompt, one beside the terminal,
/// an open forward, and processor time. So is, unless the terms say otherwise, that somebody is attached.
package struct IdleRule: Hashable, Sendable {
    /// What is seen at one time.
    package struct Sight: Hashable, Sendable {
        /// When somebody last typed, came or left, or something was printed.
        package var lastActivity: Moment
        /// Whether something runs that is known to be work.
        package var isWorking: Bool
        /// Of all processes so far; `nil` where nobody counts it.
        package var processorTime: Duration?

        package init(lastActivity: Moment, isWorking: Bool, processorTime: Duration?) {
            self.lastActivity = lastActivity
            self.isWorking = isWorking
            self.processorTime = processorTime
        }
    }

    package enum Verdict: Hashable, Sendable {
        case wait
        case warn(endsIn: Duration)
        /// What was warned of does not come.
        case resume
        case end
    }

    /// A session that uses less of one processor is idle: shells and editors that stand use a little.
    private static let sharePerMille = 50

    private let terms: IdleTerms
    private var idleSince: Moment
    private var warnedAt: Moment?
    private var lastLook: Moment
    private var lastProcessorTime: Duration?

    package init(_ terms: IdleTerms, at now: Moment) {
        self.terms = terms
        idleSince = now
        lastLook = now
    }

    package mutating func look(_ sight: Sight, at now: Moment) -> Verdict {
        let isActive = sight.isWorking || isComputing(sight.processorTime, at: now)
        lastLook = now
        idleSince = max(idleSince, isActive ? now : sight.lastActivity)
        if let warnedAt {
            guard idleSince <= warnedAt else {
                self.warnedAt = nil
                return .resume
            }
            return now >= end ? .end : .wait
        }
        let warning = idleSince.advanced(by: max(.zero, terms.endAfter - terms.warn))
        guard now >= warning else { return .wait }
        warnedAt = now
        return .warn(endsIn: end.sinceStart - now.sinceStart)
    }

    /// When to look again: often enough to see what works, and at the time of what is due.
    package func nextLook(at now: Moment) -> Moment {
        let due = warnedAt == nil ? idleSince.advanced(by: max(.zero, terms.endAfter - terms.warn)) : end
        let often = now.advanced(by: min(.seconds(30), max(.milliseconds(100), terms.endAfter / 20)))
        return max(now.advanced(by: .milliseconds(10)), min(due, often))
    }

    /// Never sooner after a warning than it says, however late that came.
    private var end: Moment {
        let due = idleSince.advanced(by: terms.endAfter)
        guard let warnedAt else { return due }
        return max(due, warnedAt.advanced(by: terms.warn))
    }

    private mutating func isComputing(_ time: Duration?, at now: Moment) -> Bool {
        defer { lastProcessorTime = time }
        guard let time, let last = lastProcessorTime else { return false }
        let elapsed = now.sinceStart - lastLook.sinceStart
        return time - last > elapsed * Self.sharePerMille / 1_000
    }
}
