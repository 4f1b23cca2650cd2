import Platform
import SessionModel
import Wire

/// What the session's processes use, which limits they meet, and whether anything happens at all.
extension Session {
    /// How often it is looked whether a limit was met.
    private static let limitsInterval = Duration.seconds(1)
    /// For how long what was read of the control group is told again: it takes ten files.
    private static let usageAge = Duration.milliseconds(100)

    var condition: SessionCondition {
        let phase: SessionCondition.Phase =
            isEnding ? .ending : isAwaitingPlace ? .starting : isFrozen ? .frozen : .live
        return SessionCondition(phase: phase, usage: usage)
    }

    private var usage: ResourceUsage? {
        guard let usageGroup else { return nil }
        if let usageSeen, now < usageSeen.at.advanced(by: Self.usageAge) { return usageSeen.usage }
        let usage = ResourceUsage(usageGroup.usage)
        usageSeen = (usage, now)
        return usage
    }

    /// Begins to look after limits and idleness, as far as the plan has any.
    func watchCondition() {
        watchLimits()
        if let terms = plan.idle {
            idleRule = IdleRule(terms, at: now)
            scheduleIdleLook()
        }
    }

    // MARK: Limits

    /// Where there is no limit, nothing looks.
    func watchLimits() {
        guard let usage = usageGroup?.usage, usage.memoryLimit != nil || usage.processesLimit != nil else { return }
        loop.schedule(after: Self.limitsInterval) { [weak self] in
            guard let self, !self.isOver else { return }
            self.lookAtLimits()
            self.watchLimits()
        }
    }

    private func lookAtLimits() {
        guard let usage = usageGroup?.usage else { return }
        for hit in limitWatch.look(at: ResourceUsage(usage), now: now) {
            record(.limitHit(hit.resource, count: hit.count))
            broadcast(.said(by: OperatorName.server, .person, sentence(of: hit, usage)))
        }
    }

    private func sentence(of hit: LimitWatch.Hit, _ usage: ControlGroup.Usage) -> String {
        switch hit.resource {
        case .memory:
            let limit = usage.memoryLimit.map { " (\($0 >> 20) MiB)" } ?? ""
            let what = hit.count == 1 ? "a process was" : "\(hit.count) processes were"
            return "\(what) ended: the session's memory\(limit) is used up"
        case .processes:
            let limit = usage.processesLimit.map { " (\($0))" } ?? ""
            let what = hit.count == 1 ? "a process was" : "\(hit.count) processes were"
            return "\(what) not started: the session has all that it may\(limit)"
        }
    }

    // MARK: Idleness

    /// What is typed and printed is events, too, as are coming and leaving, files and forwards.
    func noteActivity(_ event: JournalRecord) {
        switch event {
        case .limitHit, .idleWarned, .gap, .turnEnded, .inputDelivered, .turnAsked, .turnEndsSoon: break
        default: lastHappening = now
        }
    }

    private func scheduleIdleLook() {
        guard let next = idleRule?.nextLook(at: now) else { return }
        loop.schedule(after: next.sinceStart - now.sinceStart) { [weak self] in
            guard let self, !self.isOver else { return }
            self.lookForActivity()
            self.scheduleIdleLook()
        }
    }

    private func lookForActivity() {
        let sight = IdleRule.Sight(
            lastActivity: lastHappening, isWorking: isWorking, processorTime: usageGroup?.usage.processorTime)
        switch idleRule?.look(sight, at: now, runsOther: { runsMoreThanItsShell }) {
        case .wait, nil: break
        case .warn(let endsIn):
            record(.idleWarned(endsIn: endsIn))
            broadcast(
                .said(
                    by: OperatorName.server, .person,
                    "nothing happens here: the session ends in \(Self.words(endsIn)); any key keeps it"))
        case .resume:
            record(.idleWarned(endsIn: nil))
            broadcast(.said(by: OperatorName.server, .person, "something happens again: the session goes on"))
        case .end: end(by: "the idle rule")
        }
    }

    /// Whether something runs that is work, even where it says nothing: nobody ends a frozen session, either.
    private var isWorking: Bool {
        if isFrozen || isAwaitingPlace || !children.isEmpty || !sockets.open.isEmpty { return true }
        if plan.idle?.endsAttached == false, !attachments.isEmpty { return true }
        switch shellWatch.log.state.phase {
        case .running, .incomplete: return true
        case .prompting, .prompt: return false
        case .unknown: return pty.foregroundGroup != shell
        }
    }

    private static func words(_ duration: Duration) -> String {
        let seconds = max(1, duration.components.seconds + (duration.components.attoseconds > 0 ? 1 : 0))
        if seconds < 120 { return seconds == 1 ? "1 second" : "\(seconds) seconds" }
        return seconds < 7_200 ? "\(seconds / 60) minutes" : "\(seconds / 3_600) hours"
    }
}

extension ResourceUsage {
    fileprivate init(_ usage: ControlGroup.Usage) {
        self.init(
            processes: usage.processes, memory: usage.memory, memoryPeak: usage.memoryPeak,
            processorTime: usage.processorTime, memoryLimit: usage.memoryLimit,
            processesLimit: usage.processesLimit, killed: usage.killed, refused: usage.refused)
    }
}
