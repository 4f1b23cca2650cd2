import SessionModel
import Wire

/// What a link knows of its session's turns besides who holds one.
struct LinkTurns {
    /// The version of the protocol that the host speaks with us; 0 until it said so.
    private(set) var version: UInt16 = 0
    var queue = TurnQueue()
    var proposals: [ProposalNotice] = []
    private var waiting: [(_ version: UInt16) -> Void] = []

    /// The first version that serves files and forwards ports.
    static let firstVersionWithFiles: UInt16 = 5
    /// The first version with requests, limits and proposals.
    static let firstVersion: UInt16 = 4

    /// Whether the host knows of requests, limits and proposals.
    var isNew: Bool { version >= Self.firstVersion }

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

extension ControlQuestion {
    /// Whether hosts of earlier versions do not know it.
    var isAboutTurns: Bool {
        switch self {
        case .act, .propose, .decide, .proposals, .rule, .rules: true
        default: false
        }
    }
}
