/// A lease for as long as something of the holder's lasts, over whatever lease the holder has.
extension TurnArbiter {
    /// Holds the turn for at least that long, for its holder, also while somebody waits for it; `false` for others.
    package mutating func borrow(
        _ id: AttachmentID, for lease: Duration, at now: Moment
    ) -> (effects: [Effect], isHeld: Bool) {
        let effects = passTime(to: now)
        guard case .held(var holding) = state, holding.holder.id == id else { return (effects, false) }
        let end = now.advanced(by: min(max(lease, .zero), TurnRules.longestLease))
        if let leaseEnd = holding.leaseEnd, leaseEnd >= end { return (effects, true) }
        if holding.lent == nil { holding.lent = Holding.Lent(leaseEnd: holding.leaseEnd, isWarned: holding.isWarned) }
        holding.leaseEnd = end
        holding.deadline = end
        holding.isWarned = true
        state = .held(holding)
        return (effects, true)
    }

    /// What was borrowed is over; the turn ends as it would have without, and not before the holder was idle since.
    package mutating func giveBack(_ id: AttachmentID, at now: Moment) -> [Effect] {
        guard case .held(var holding) = state, holding.holder.id == id, let lent = holding.lent else {
            return passTime(to: now)
        }
        holding.lent = nil
        holding.leaseEnd = lent.leaseEnd
        holding.isWarned = lent.isWarned
        holding.deadline = lent.leaseEnd ?? (rules.mode == .open ? now.advanced(by: rules.releaseAfter) : nil)
        state = .held(holding)
        return passTime(to: now)
    }
}
