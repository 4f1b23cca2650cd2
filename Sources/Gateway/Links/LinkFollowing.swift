import ScreenModel
import SessionModel
import Wire

/// What a link knows of its session because somebody here follows it.
struct LinkFollowing {
    private var events = 0
    private var screens = 0
    /// What the host was asked to tell.
    private(set) var asked: Interest = []
    /// What it tells by now.
    var confirmed: Interest = []
    var shell = ShellState()
    /// Why the record misses what happens now; `nil` while it does not.
    var gap: UInt64?
    var lastEvent = EventNumber(rawValue: 0)
    var observers: [ObjectIdentifier: () -> Void] = [:]

    var isNeeded: Bool { events + screens > 0 || !observers.isEmpty }
    var followsScreen: Bool { screens > 0 }

    /// One more follower, or one less; answers what to ask the host for, if that is something new.
    mutating func change(_ interest: Interest, by count: Int) -> Interest? {
        if interest.contains(.events) { events += count }
        if interest.contains(.screen) { screens += count }
        var wanted: Interest = []
        if events > 0 { wanted.insert(.events) }
        if screens > 0 { wanted.insert(.screen) }
        guard wanted != asked else { return nil }
        asked = wanted
        confirmed.formIntersection(wanted)
        return wanted
    }
}
