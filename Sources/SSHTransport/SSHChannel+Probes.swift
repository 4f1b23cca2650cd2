import Platform

/// What of a channel waits to find out whether its client still reads.
struct ChannelProbes {
    var timer: EventLoop.TimerID?
    var interval = SSHChannel.shortestProbeInterval
    var auditTimer: EventLoop.TimerID?
    var auditInterval = Duration.seconds(1)
    /// Bytes sent since the last audit.
    var sent = 0
    /// Looks of an audit so far, and the window at the last.
    var looks = 0
    var window = 0
    /// The probe after which the client was last woken.
    var nudged = 0
    var hasTold = false
}

// MARK: Clients that throw away what they are sent

extension SSHChannel {
    static let shortestProbeInterval = Duration.milliseconds(200)
    private static let longestProbeInterval = Duration.seconds(2)
    /// Bytes between two audits at least: what prints less is not worth stopping.
    private static let auditedBytes = 256 << 10
    private static let longestAuditInterval = Duration.seconds(60)
    private static let lookInterval = Duration.milliseconds(50)
    private static let looks = 20

    /// Asks after a while, by a few bytes, whether the client still credits what it is sent; ever more seldom.
    func scheduleProbe() {
        guard credit.isTight else { return probes.interval = Self.shortestProbeInterval }
        guard probes.timer == nil, let connection else { return }
        // A probe is followed soon by what has the client look after it.
        let isSoon = credit.awaitsCredit && probes.nudged != credit.probeNumber
        let delay = isSoon ? Self.lookInterval : probes.interval
        probes.timer = connection.loop.schedule(after: delay) { [weak self] in self?.sendProbe() }
        if !isSoon { probes.interval = min(probes.interval * 2, Self.longestProbeInterval) }
    }

    private func sendProbe() {
        probes.timer = nil
        tellIfDiscarding()
        guard isStarved, isWriting else { return }
        // It credits something: it will soon be known what.
        if window > probes.window { probes.interval = Self.shortestProbeInterval }
        probes.window = window
        if !nudge() { credit.allowProbe(window: window) }
        connection?.askToSettle()
        scheduleProbe()
    }

    /// A client of OpenSSH's kind that throws away what it is sent credits it when it wakes up next. False where it was
    /// woken for this probe, or there is none.
    private func nudge() -> Bool {
        guard credit.awaitsCredit, probes.nudged != credit.probeNumber else { return false }
        probes.nudged = credit.probeNumber
        connection?.nudge()
        return true
    }

    /// A command that prints for ever has to learn that nobody reads: it is stopped for a moment now and then, and ever
    /// more seldom, to see what the client makes of it.
    func noteSent(_ count: Int) {
        guard isPiped, connection?.isPromptReader == true, !probes.hasTold else { return }
        probes.sent += count
        guard probes.auditTimer == nil, probes.sent >= Self.auditedBytes else { return }
        schedule(after: probes.auditInterval) { $0.beginAudit() }
        probes.auditInterval = min(probes.auditInterval * 2, Self.longestAuditInterval)
    }

    private func beginAudit() {
        guard isWriting else { return }
        credit.beginAudit(window: window)
        (probes.sent, probes.looks, probes.window) = (0, 0, -1)
        if credit.isAudited { look() }
    }

    private func look() {
        tellIfDiscarding()
        guard isWriting else { return }
        probes.looks += 1
        if probes.looks > Self.looks || credit.isTight { credit.endAudit() }
        // Only when everything on its way has arrived, a probe is the last that does.
        if credit.isAudited, !nudge(), window == probes.window { credit.allowProbe(window: window) }
        probes.window = window
        connection?.askToSettle()
        if credit.isAudited { schedule(after: Self.lookInterval) { $0.look() } }
    }

    private func schedule(after delay: Duration, _ work: @escaping (SSHChannel) -> Void) {
        probes.auditTimer = connection?.loop.schedule(after: delay) { [weak self] in
            self?.probes.auditTimer = nil
            if let self { work(self) }
        }
    }

    /// Told from a timer, or when there is room again: never from inside a write.
    func tellIfDiscarding() {
        guard credit.isDiscarding, !probes.hasTold, isWriting else { return }
        probes.hasTold = true
        delegate?.channelDiscards(self)
    }
}
