import SessionModel

/// The connections that have not authenticated, and which of them are served.
///
/// Where places are short, a newcomer does not go away: it waits, and the oldest connection of the network that has the
/// most places gives one up. Each has some time that nobody of its own network can take from it, more the further it
/// got, so that whoever reconnects at once displaces nobody who is about to log in.
struct Startups: Sendable {
    typealias Instant = ContinuousClock.Instant

    struct ID: Hashable, Sendable { let rawValue: UInt64 }

    /// How far a connection got; the first give their places up first.
    enum Stage: Int, Comparable, Sendable {
        /// Nothing came from the client.
        case silent
        case identified
        case keysExchanged
        /// It named a key that may come in.
        case knownKey
        /// It named a key that logged in from its network lately.
        case recentKey

        static func < (one: Stage, other: Stage) -> Bool { one.rawValue < other.rawValue }

        /// How long a place is kept against newcomers of the same network. Those that say nothing either wait longer:
        /// that silent ones take turns brings nobody in.
        func guaranteed(against newcomer: Stage) -> Duration {
            switch self {
            case .silent: newcomer == .silent ? .seconds(2) : .milliseconds(500)
            case .identified: newcomer == .silent ? .seconds(2) : .seconds(1)
            case .keysExchanged: .seconds(3)
            case .knownKey: .seconds(10)
            case .recentKey: .seconds(20)
            }
        }
    }

    enum Action: Hashable, Sendable {
        /// It gets a place now.
        case admit(ID)
        /// It loses its place, and is disconnected.
        case displace(ID)
        /// It waited, and gets no place.
        case refuse(ID)
    }

    private struct Startup {
        let network: ClientNetwork
        /// Since it waits or, later, is served.
        var since: Instant
        var stage = Stage.silent
        var isWaiting = true
    }

    /// Both oldest first.
    private struct Group {
        var served: [ID] = []
        var waiting: [ID] = []
        /// Of those that wait, how many have said something.
        var spoken = 0
    }

    /// How many are let in by one event, so that no loop is given many at once.
    private static let burst = 8
    /// How many networks are tried in turn for whom a place can be found.
    private static let tries = 32
    private static let overdueAtOnce = 64
    /// How long one waits at most, and may be served while more than half of the places are taken.
    private static let patience = Duration.seconds(30)
    private static let shortGrace = Duration.seconds(10)
    /// A client identifies itself as soon as it is connected.
    private static let timeToSpeak = Duration.milliseconds(250)

    let limits: StartupLimits
    private(set) var history = AddressHistory()
    private var startups: [ID: Startup] = [:]
    private var groups: [ClientNetwork: Group] = [:]
    private var sites: [ClientNetwork.Site: Int] = [:]
    private(set) var served = 0
    private(set) var waiting = 0
    private var takesNewest = true

    init(limits: StartupLimits) { self.limits = limits }

    var isEmpty: Bool { startups.isEmpty }

    func stage(of id: ID) -> Stage? { startups[id]?.stage }

    func served(from network: ClientNetwork) -> Int { groups[network]?.served.count ?? 0 }

    // MARK: Events

    mutating func arrive(_ id: ID, from network: ClientNetwork, at now: Instant) -> [Action] {
        precondition(startups[id] == nil, "a connection arrives once")
        startups[id] = Startup(network: network, since: now)
        groups[network, default: Group()].waiting.append(id)
        waiting += 1
        var actions = settle(at: now)
        if waiting > limits.waiting, let id = leastWelcome(at: now) {
            remove(id)
            actions.append(.refuse(id))
        }
        return actions
    }

    /// The client got further; never back.
    mutating func advance(_ id: ID, to stage: Stage) {
        guard let startup = startups[id], startup.stage < stage else { return }
        startups[id]?.stage = stage
        if startup.isWaiting, startup.stage == .silent { groups[startup.network]?.spoken += 1 }
    }

    /// Somebody who waits has said something.
    mutating func spoke(_ id: ID, at now: Instant) -> [Action] {
        advance(id, to: .identified)
        return settle(at: now)
    }

    /// The client named a key that may come in.
    mutating func named(_ key: Fingerprint, by id: ID, at now: Instant) {
        guard let startup = startups[id] else { return }
        advance(id, to: history.hasLogin(of: key, from: startup.network, at: now) ? .recentKey : .knownKey)
    }

    mutating func authenticated(_ id: ID, with key: Fingerprint, at now: Instant) -> [Action] {
        guard let startup = startups[id] else { return [] }
        history.noteLogin(of: key, from: startup.network, at: now)
        return leave(id, at: now)
    }

    /// It ended.
    mutating func leave(_ id: ID, because failure: AddressHistory.Failure? = nil, at now: Instant) -> [Action] {
        guard let startup = startups[id] else { return [] }
        if let failure { history.note(failure, from: startup.network, at: now) }
        remove(id)
        return settle(at: now)
    }

    /// Time went by.
    mutating func pass(to now: Instant) -> [Action] {
        var actions: [Action] = []
        // The others are overdue the next time, too.
        let overdue = startups.filter { isOverdue($0.value, at: now) }.prefix(Self.overdueAtOnce)
        for (id, startup) in overdue where isOverdue(startup, at: now) {
            if !startup.isWaiting { history.note(.slow, from: startup.network, at: now) }
            remove(id)
            actions.append(startup.isWaiting ? .refuse(id) : .displace(id))
        }
        return actions + settle(at: now)
    }

    /// The process runs out of descriptors: somebody gives theirs back for whoever comes now.
    mutating func shed(at now: Instant) -> [Action] {
        if let id = leastWelcome(at: now) {
            remove(id)
            return [.refuse(id)]
        }
        guard let id = fullest(in: fullestSite, at: now).flatMap({ oldest(of: $0, at: now) }) else { return [] }
        remove(id)
        return [.displace(id)]
    }

    /// How soon it is to be told of the time again; `nil` while that changes nothing.
    var nextLook: Duration? {
        if waiting > 0 { return .milliseconds(50) }
        return served > limits.places / 2 ? .seconds(1) : nil
    }

    private func isOverdue(_ startup: Startup, at now: Instant) -> Bool {
        let age = now - startup.since
        guard !startup.isWaiting else { return age >= Self.patience }
        return served > limits.places / 2 && startup.stage < .knownKey && age >= Self.shortGrace
    }

    // MARK: Places

    private mutating func settle(at now: Instant) -> [Action] {
        var actions: [Action] = []
        for _ in 0..<Self.burst {
            guard let (id, room) = next(at: now) else { break }
            if case .insteadOf(let other) = room {
                remove(other)
                actions.append(.displace(other))
            }
            serve(id, at: now)
            actions.append(.admit(id))
        }
        return actions
    }

    /// Who is served next. A network comes first where somebody said something, then whose site has the fewest places,
    /// then the one that has the fewest itself.
    private mutating func next(at now: Instant) -> (ID, Room)? {
        guard waiting > 0 else { return nil }
        var networks: [(network: ClientNetwork, rank: (Int, Int, Int))] = []
        for (network, group) in groups where !group.waiting.isEmpty {
            let own = group.served.count - allowance(of: network, at: now)
            networks.append((network, (group.spoken > 0 ? 0 : 1, sites[network.site, default: 0], own)))
        }
        if networks.count > 1 { networks.sort { $0.rank < $1.rank } }
        for (network, _) in networks.prefix(Self.tries) {
            guard let id = nextWaiting(of: network), let stage = startups[id]?.stage else { continue }
            if let room = room(for: network, stage, at: now) { return (id, room) }
        }
        return nil
    }

    /// Those that said something come first. The newest and the oldest take turns: the oldest alone would have whoever
    /// comes last wait behind a thousand connections that are held open, the newest alone lets reconnecting ones pass.
    private mutating func nextWaiting(of network: ClientNetwork) -> ID? {
        guard let group = groups[network] else { return nil }
        takesNewest.toggle()
        let ids = group.waiting
        guard group.spoken > 0 else { return takesNewest ? ids.last : ids.first }
        func hasSpoken(_ id: ID) -> Bool { startups[id].map { $0.stage > .silent } == true }
        return takesNewest ? ids.last(where: hasSpoken) ?? ids.last : ids.first(where: hasSpoken) ?? ids.first
    }

    private enum Room {
        case free
        case insteadOf(ID)
    }

    private func room(for network: ClientNetwork, _ stage: Stage, at now: Instant) -> Room? {
        if served(from: network) >= share(of: network, at: now) {
            return oldest(of: network, against: stage, at: now).map(Room.insteadOf)
        }
        let site = network.site
        if sites[site, default: 0] >= limits.site {
            return displaced(by: network, stage, from: fullest(in: site, at: now), at: now)
        }
        guard served >= limits.places else { return .free }
        return displaced(by: network, stage, from: fullest(in: fullestSite, at: now), at: now)
    }

    /// A network that has fewer places need not wait until somebody's time is over.
    private func displaced(
        by network: ClientNetwork, _ stage: Stage, from fullest: ClientNetwork?, at now: Instant
    ) -> Room? {
        guard let fullest else { return nil }
        let isUnfair = fullest != network && served(from: fullest) > served(from: network) + 1
        let other =
            oldest(of: fullest, against: stage, at: now) ?? (isUnfair ? oldest(of: fullest, at: nil) : nil)
        return (other ?? oldest(of: network, against: stage, at: now)).map(Room.insteadOf)
    }

    /// Who gives a place up: of those that are served long enough, or of all where no time is given, the oldest of
    /// those that got the least far.
    private func oldest(of network: ClientNetwork, against newcomer: Stage = .identified, at now: Instant?) -> ID? {
        var found: (id: ID, stage: Stage)?
        for id in groups[network]?.served ?? [] {
            guard let startup = startups[id] else { continue }
            if let now {
                let age = now - startup.since
                // Those behind it have been served for less time.
                if age < Stage.silent.guaranteed(against: newcomer) { break }
                if age < startup.stage.guaranteed(against: newcomer) { continue }
            }
            if found.map({ startup.stage < $0.stage }) ?? true { found = (id, startup.stage) }
        }
        return found?.id
    }

    private var fullestSite: ClientNetwork.Site? { sites.max { $0.value < $1.value }?.key }

    private func fullest(in site: ClientNetwork.Site?, at now: Instant) -> ClientNetwork? {
        var found: (network: ClientNetwork, served: Int)?
        for (network, group) in groups where !group.served.isEmpty && network.site == site {
            let served = group.served.count - allowance(of: network, at: now)
            if found.map({ served > $0.served }) ?? true { found = (network, served) }
        }
        return found?.network
    }

    /// Places that are not held against a network from which somebody logged in lately.
    private func allowance(of network: ClientNetwork, at now: Instant) -> Int {
        history.hasLogin(from: network, at: now) ? max(2, limits.network / 4) : 0
    }

    private func share(of network: ClientNetwork, at now: Instant) -> Int {
        if history.hasLogin(from: network, at: now) { return min(limits.network * 2, limits.site) }
        switch history.penalty(of: network, at: now) {
        case .none: return limits.network
        case .small: return max(limits.network * 3 / 4, 1)
        case .large: return max(limits.network / 2, 1)
        }
    }

    /// Of the network where the most wait: whoever said nothing although there was time to, else the oldest.
    private func leastWelcome(at now: Instant) -> ID? {
        let ids = groups.max { $0.value.waiting.count < $1.value.waiting.count }?.value.waiting ?? []
        let silent = ids.first { id in
            startups[id].map { $0.stage == .silent && now - $0.since >= Self.timeToSpeak } == true
        }
        return silent ?? ids.first
    }

    private mutating func serve(_ id: ID, at now: Instant) {
        guard let startup = startups[id] else { return }
        stopWaiting(id, of: startup)
        startups[id]?.isWaiting = false
        startups[id]?.since = now
        groups[startup.network]?.served.append(id)
        sites[startup.network.site, default: 0] += 1
        served += 1
    }

    private mutating func stopWaiting(_ id: ID, of startup: Startup) {
        groups[startup.network]?.waiting.removeAll { $0 == id }
        if startup.stage > .silent { groups[startup.network]?.spoken -= 1 }
        waiting -= 1
    }

    private mutating func remove(_ id: ID) {
        guard let startup = startups.removeValue(forKey: id) else { return }
        let network = startup.network
        if startup.isWaiting {
            stopWaiting(id, of: startup)
        } else {
            groups[network]?.served.removeAll { $0 == id }
            sites[network.site, default: 1] -= 1
            if sites[network.site] == 0 { sites[network.site] = nil }
            served -= 1
        }
        if let group = groups[network], group.served.isEmpty, group.waiting.isEmpty { groups[network] = nil }
    }
}
