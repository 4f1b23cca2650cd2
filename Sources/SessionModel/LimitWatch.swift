/// Notices that a session's processes met a limit, and says so seldom enough to be read.
package struct LimitWatch: Hashable, Sendable {
    /// What is met again within this time is told of with what comes behind it.
    package static let pause = Duration.seconds(10)

    package struct Hit: Hashable, Sendable {
        package var resource: LimitedResource
        /// How often since the last time that it was told.
        package var count: UInt64

        package init(resource: LimitedResource, count: UInt64) {
            self.resource = resource
            self.count = count
        }
    }

    private struct Told: Hashable {
        var count: UInt64
        var at: Moment?
    }

    private var told: [LimitedResource: Told] = [:]

    package init() {}

    /// - Returns: what is to be told now.
    package mutating func look(at usage: ResourceUsage, now: Moment) -> [Hit] {
        [hit(.memory, usage.killed, now), hit(.processes, usage.refused, now)].compactMap { $0 }
    }

    private mutating func hit(_ resource: LimitedResource, _ count: UInt64, _ now: Moment) -> Hit? {
        let last = told[resource] ?? Told(count: 0)
        guard count > last.count else { return nil }
        if let at = last.at, now.sinceStart - at.sinceStart < Self.pause { return nil }
        told[resource] = Told(count: count, at: now)
        return Hit(resource: resource, count: count - last.count)
    }
}
