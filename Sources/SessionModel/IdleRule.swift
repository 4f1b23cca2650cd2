/// When a session ends because nothing happens in it.
package struct IdleTerms: Hashable, Sendable {
    /// How long nothing must have happened.
    package var endAfter: Duration
    /// How long before the end everybody attached is told.
    package var warn: Duration
    /// Whether it ends while somebody is attached, too.
    package var endsAttached: Bool
    /// Names of programs that may run in an idle session: daemons that wait for work, and do none.
    package var ignored: [String]

    package init(endAfter: Duration, warn: Duration, endsAttached: Bool = false, ignored: [String] = []) {
        self.endAfter = endAfter
        self.warn = warn
        self.endsAttached = endsAttached
        self.ignored = ignored
    }
}

/// Decides when a session has been idle for too long. Somebody looks again and again, and does what it says.
///
/// Activity is what was typed or printed, and everything that runs: a command at the prompt, one beside the terminal,
/// an open forward, processor time, and any other process of the session that the terms do not name. So is, unless the
/// terms say otherwise, that somebody is attached.
package struct IdleRule: Hashable, Sendable {
    /// What is seen at one time.
    package struct Sight: Hashable, Sendable {
        /// When somebody last typed, came or left, or something was printed.
        package var lastActivity: Moment
        /// Whether something runs that is known to be work without looking at processes.
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
    /// How often it is looked whether what ran without a sign still does.
    private static let longestStep = Duration.seconds(60)

    private let terms: IdleTerms
    private var idleSince: Moment
    private var warnedAt: Moment?
    private var lastLook: Moment
    private var lastProcessorTime: Duration?
    /// When processes were seen last that run without any other sign of it.
    private var lastRunning: Moment?

    package init(_ terms: IdleTerms, at now: Moment) {
        self.terms = terms
        idleSince = now
        lastLook = now
    }

    /// - Parameter runsOther: whether a process of the session runs that is work and gives no other sign of it. That is
    ///   found out at a cost, so it is asked only where something is due, or one was there the last time.
    package mutating func look(
        _ sight: Sight, at now: Moment, runsOther: () -> Bool = { false }
    ) -> Verdict {
        let isActive = sight.isWorking || isComputing(sight.processorTime, at: now)
        lastLook = now
        idleSince = max(idleSince, isActive ? now : sight.lastActivity)
        if isActive {
            lastRunning = nil
        } else if isToAsk(at: now) {
            let wasRunning = lastRunning != nil
            lastRunning = runsOther() ? now : nil
            // When it ended nobody has seen: a little before this at most.
            if wasRunning || lastRunning != nil { idleSince = now }
        }
        if let warnedAt {
            guard idleSince <= warnedAt else {
                self.warnedAt = nil
                return .resume
            }
            return now >= end ? .end : .wait
        }
        guard now >= warning else { return .wait }
        warnedAt = now
        return .warn(endsIn: end.sinceStart - now.sinceStart)
    }

    /// When to look again: often enough to see what works, and at the time of what is due.
    package func nextLook(at now: Moment) -> Moment {
        let due = warnedAt == nil ? warning : end
        let often = now.advanced(by: min(.seconds(30), max(.milliseconds(100), terms.endAfter / 20)))
        return max(now.advanced(by: .milliseconds(10)), min(due, often))
    }

    private var warning: Moment { idleSince.advanced(by: max(.zero, terms.endAfter - terms.warn)) }

    private func isToAsk(at now: Moment) -> Bool {
        if now >= (warnedAt == nil ? warning : end) { return true }
        guard let lastRunning else { return false }
        return now >= lastRunning.advanced(by: min(Self.longestStep, max(.milliseconds(250), terms.endAfter / 4)))
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
