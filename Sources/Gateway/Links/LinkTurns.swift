import SessionModel
import Wire

/// What a link knows of its session's turns besides who holds one.
struct LinkTurns {
    /// The version of the protocol that the host speaks with us; 0 until it said so.
    private(set) var version: UInt16 = 0
    var queue = TurnQueue()
    var proposals: [ProposalNotice] = []
    private var waiting: [(_ version: UInt16) -> Void] = []

    /// The first version with requests, limits and proposals.
    static let firstVersion: UInt16 = 4

    /// Whether the host knows of requests, limits and proposals.
    var isNew: Bool { version >= Self.firstVersion }

    /// Calls it as soon as the version is known.
    mutating func whenKnown(_ body: @escaping (_ isNew: Bool) -> Void) {
        whenVersionKnown { body($0 >= Self.firstVersion) }
    }

    /// Calls it as soon as the version is known; with 0 where the host is gone before that.
    mutating func whenVersionKnown(_ body: @escaping (_ version: UInt16) -> Void) {
        if version > 0 { body(version) } else { waiting.append(body) }
    }

    /// What the host says of itself; 0 where it is gone before it did.
    mutating func welcome(_ version: UInt16) {
        self.version = version
        let waiting = waiting
        self.waiting = []
        for body in waiting { body(version) }
    }
}

extension ControlQuestion {
    /// Whether hosts of earlier versions do not know it.
    var isAboutTurns: Bool {
        switch self {
        case .act, .propose, .decide, .proposals, .rule, .rules: true
        default: false
        }
    }
}
