import SessionModel
import Wire

/// What a link knows of its session's turns besides who holds one.
struct LinkTurns {
    /// The version of the protocol that the host speaks with us; 0 until it said so.
    private(set) var version: UInt16 = 0
    private(set) var proposals: [ProposalNotice] = []
    private var told = TurnQueue()
    private var toldAt = ContinuousClock.now
    private var waiting: [(_ version: UInt16) -> Void] = []

    /// The first version that serves files and forwards ports.
    static let firstVersionWithFiles: UInt16 = 5
    /// The first version with requests, limits and proposals.
    static let firstVersion: UInt16 = 4

    /// Whether the host knows of requests, limits and proposals.
    var isNew: Bool { version >= Self.firstVersion }

    /// With the time that each has waited by now.
    var queue: TurnQueue {
        var queue = told
        let since = ContinuousClock.now - toldAt
        for index in queue.waiting.indices { queue.waiting[index].waitedFor += since }
        return queue
    }

    /// Whether it is another queue than before, whatever the time.
    mutating func note(_ queue: TurnQueue) -> Bool {
        let isNew = queue.withoutTimes != told.withoutTimes
        told = queue
        toldAt = .now
        return isNew
    }

    /// Whether something else is proposed than before, whatever the time.
    mutating func note(_ proposals: [ProposalNotice]) -> Bool {
        let isNew = proposals.map(\.withoutTime) != self.proposals.map(\.withoutTime)
        self.proposals = proposals
        return isNew
    }

    /// Keeps what waits for the version.
    mutating func keep(_ body: @escaping (_ version: UInt16) -> Void) { waiting.append(body) }

    /// What the host says of itself; 0 where it is gone before it did.
    ///
    /// - Returns: what waited for that, to be called when this value is at rest.
    mutating func welcome(_ version: UInt16) -> [(_ version: UInt16) -> Void] {
        self.version = version
        defer { waiting = [] }
        return waiting
    }
}

extension TurnQueue {
    fileprivate var withoutTimes: TurnQueue {
        var queue = self
        for index in queue.waiting.indices { queue.waiting[index].waitedFor = .zero }
        return queue
    }
}

extension ProposalNotice {
    fileprivate var withoutTime: ProposalNotice {
        var notice = self
        notice.expiresIn = .zero
        return notice
    }
}

extension ControlQuestion {
    /// The first version of the protocol whose hosts know it; `nil` for what all know.
    var firstVersion: UInt16? {
        switch self {
        case .act, .propose, .decide, .proposals, .rule, .rules: LinkTurns.firstVersion
        case .borrow: 6
        default: nil
        }
    }
}
