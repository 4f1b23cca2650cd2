import Platform

/// What is set to happen to a connection.
enum ConnectionTimer: Hashable {
    case grace, unanswered, stall, rekey, keepalive, idle
}

extension SSHConnection {
    // MARK: Timers

    func setTimer(_ timer: ConnectionTimer, after delay: Duration, _ work: @escaping (SSHConnection) -> Void) {
        cancelTimer(timer)
        timers[timer] = loop.schedule(after: delay) { [weak self] in
            guard let self, isOpen else { return }
            timers[timer] = nil
            work(self)
        }
    }

    func cancelTimer(_ timer: ConnectionTimer) {
        guard let id = timers.removeValue(forKey: timer) else { return }
        loop.cancel(id)
    }

    func cancelTimers() { for timer in timers.keys { cancelTimer(timer) } }

    func startGrace() { setTimer(.grace, after: limits.graceTime) { $0.end(.graceExpired) } }

    // MARK: Caps

    /// Looks at what the client costs, after everything it sent in this round.
    func enforceLimits() {
        guard ending == nil, library.isAlive else { return }
        let held = library.heldBytes()
        let unanswered = dialogue.unanswered(received: library.packetsReceived, sealed: library.packetsSealed)
        if isAuthenticated {
            enforce(held: held, unanswered: unanswered)
        } else {
            enforceBeforeAuthentication(held: held, unanswered: unanswered)
        }
    }

    private func enforceBeforeAuthentication(held: Int, unanswered: UInt64) {
        if library.packetsReceived > limits.packetsBeforeAuth { return end(.tooManyPackets) }
        if held > limits.outboundCapBeforeAuth { return end(.outboundOverrun) }
        if unanswered == 0 {
            cancelTimer(.unanswered)
        } else if table.hasRequestedService, timers[.unanswered] == nil {
            setTimer(.unanswered, after: limits.unansweredGrace) { $0.end(.unansweredRequest) }
        }
    }

    private func enforce(held: Int, unanswered: UInt64) {
        let isOver = held > limits.outboundCap
        if isOver, !isBacklogged {
            setTimer(.stall, after: limits.stallGrace) { $0.end(.outboundOverrun) }
        } else if !isOver, isBacklogged {
            cancelTimer(.stall)
        }
        isBacklogged = isOver
        guard dialogue.isProbeDue(unanswered: unanswered), library.isHoldingBack() else { return }
        watchKeyExchange()
        if unanswered >= DialogueWatch.patience { end(.rekeyStalled) }
    }

    /// Gives a key exchange that holds something back a time to come to its end.
    func watchKeyExchange() {
        guard timers[.rekey] == nil else { return }
        setTimer(.rekey, after: limits.stallGrace) { connection in
            guard connection.library.isAlive else { return connection.askToSettle() }
            let isHoldingBack = connection.library.isHoldingBack()
            connection.afterCall()
            if isHoldingBack { connection.end(.rekeyStalled) }
        }
    }

    // MARK: Liveness

    /// Only after authentication: OpenSSH takes a keepalive before it for an attack.
    func startKeepalive() {
        setTimer(.keepalive, after: limits.keepaliveInterval) { $0.askForLife() }
    }

    private func askForLife() {
        guard library.isAlive else { return askToSettle() }
        let acknowledged =
            Int64(clamping: library.bytesSent) - Int64(TransportOptions.queuedBytes(on: library.descriptor))
        silence.observe(received: library.bytesReceived, acknowledged: acknowledged)
        guard silence.intervals <= limits.keepaliveMisses else { return end(.unresponsive) }
        if silence.intervals > 0 {
            library.sendKeepalive()
            afterCall()
        }
        startKeepalive()
    }
}
