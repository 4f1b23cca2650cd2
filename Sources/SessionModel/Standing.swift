/// What is in force, as files show it that are being written: taken up once two looks running showed it, given up only
/// when no look has shown it for a while.
///
/// A file that is emptied and written anew, moved away and back, or read while it is written shows for a moment less
/// than it means; so does a look that comes at a bad time. What is gone for good is gone in every look.
package struct Standing<Key: Hashable & Sendable, Value: Hashable & Sendable>: Sendable {
    /// Since when something is missing, and how many looks did not find it.
    private struct Missing {
        let since: Moment
        var looks = 1
    }

    /// So that a server that was stopped for a while does not take two unlucky looks for a long absence.
    package static var fewestLooks: Int { 5 }

    package private(set) var kept: [Key: Value] = [:]
    private var missing: [Key: Missing] = [:]
    /// What the last look showed and is not in force yet.
    private var fresh: [Key: Value] = [:]
    private var isFirst = true

    package init() {}

    /// Begins with what is in force, which a first look may take nothing from.
    package init(kept: [Key: Value]) {
        self.kept = kept
        isFirst = false
    }

    /// Whether something waits for further looks.
    package var isWaiting: Bool { !missing.isEmpty || !fresh.isEmpty }

    /// Whether something that is in force is missing.
    package func isMissing(_ key: Key) -> Bool { missing[key] != nil }
    package var isAnythingMissing: Bool { !missing.isEmpty }

    /// One look at everything. The first one is believed as it is: there is nothing that it could take away.
    ///
    /// - Parameters:
    ///   - grace: how long a value must be missing before it is given up.
    ///   - isNoLess: whether a value may take the place of the one in force as soon as it stands.
    ///   - mayStand: whether a value that is new may stand beside the others in force.
    /// - Returns: whether what is in force changed.
    package mutating func look(
        _ seen: [Key: Value], at now: Moment, grace: (Value) -> Duration,
        isNoLess: (_ new: Value, _ old: Value) -> Bool = { $0 == $1 }, mayStand: (Value) -> Bool = { _ in true }
    ) -> Bool {
        if isFirst {
            isFirst = false
            kept = seen
            return true
        }
        let before = kept
        for (key, old) in kept {
            if let new = seen[key], isNoLess(new, old) {
                missing[key] = nil
            } else {
                noteMissing(key, at: now, grace: grace(old))
            }
        }
        takeUp(seen, isNoLess: isNoLess, mayStand: mayStand)
        return kept != before
    }

    private mutating func noteMissing(_ key: Key, at now: Moment, grace: Duration) {
        guard var absence = missing[key] else {
            missing[key] = Missing(since: now)
            return
        }
        absence.looks += 1
        missing[key] = absence
        guard absence.looks >= Self.fewestLooks, now.sinceStart - absence.since.sinceStart >= grace else { return }
        missing[key] = nil
        kept[key] = nil
    }

    private mutating func takeUp(
        _ seen: [Key: Value], isNoLess: (Value, Value) -> Bool, mayStand: (Value) -> Bool
    ) {
        let wanted = seen.filter { key, value in
            guard let old = kept[key] else { return true }
            return old != value
        }
        for (key, value) in wanted where fresh[key] == value {
            guard kept[key].map({ isNoLess(value, $0) }) ?? mayStand(value) else { continue }
            kept[key] = value
        }
        fresh = wanted.filter { kept[$0.key] != $0.value }
    }
}
