import Platform
import SessionModel
import Wire

/// Stopping all of the session's processes, and letting them go on.
extension Session {
    var isFrozen: Bool { frozen != nil || isGroupFrozen }

    /// What is said to who wants something to run meanwhile.
    static let frozenSentence = "the session is frozen; 'thaw' lets it go on"

    /// - Returns: whether it is as it is wanted.
    func freeze(_ isWanted: Bool, by who: Operator) -> Bool {
        guard isWanted != isFrozen else { return true }
        if isWanted { stand() } else { thaw() }
        record(.frozen(isWanted, by: who))
        return true
    }

    /// A group has exactly what runs in the session: of a container not the monitor, without which podman could not
    /// end it.
    private func stand() {
        if let usageGroup, usageGroup.freeze(true) {
            isGroupFrozen = true
            // What brings others to a container is beside its group.
            if place != nil { for child in children.values { child.pid.signalGroup(Signals.stop) } }
            return
        }
        _ = usageGroup?.freeze(false)
        let monitor = place.flatMap { ProcessTree.facts(of: ProcessID(rawValue: Int32($0.leader)))?.parent }
        frozen = StoppedProcesses.freeze(below: .current, sparing: monitor)
    }

    /// Whoever stopped them: no signal reaches what stands in its group.
    func thaw() {
        frozen?.thaw()
        frozen = nil
        _ = usageGroup?.freeze(false)
        if isGroupFrozen, place != nil { for child in children.values { child.pid.signalGroup(Signals.resume) } }
        isGroupFrozen = false
    }
}
