/// Packets that a client sent since it was last sent one.
struct DialogueWatch {
    /// How many such packets are cause to look whether libssh holds its answers back.
    static let probeInterval: UInt64 = 4_096
    /// How many it may hold back answers to.
    static let patience: UInt64 = 65_536

    private var sealed: UInt64 = 0
    private var receivedAtLastAnswer: UInt64 = 0
    private var nextProbe = probeInterval

    mutating func unanswered(received: UInt64, sealed: UInt64) -> UInt64 {
        if sealed != self.sealed {
            self.sealed = sealed
            receivedAtLastAnswer = received
            nextProbe = Self.probeInterval
        }
        return received - receivedAtLastAnswer
    }

    /// Whether it is time for another look.
    mutating func isProbeDue(unanswered: UInt64) -> Bool {
        guard unanswered >= nextProbe else { return false }
        nextProbe = unanswered + Self.probeInterval
        return true
    }
}

/// How long nothing came from a client, in intervals.
struct SilenceWatch {
    private var received: UInt64 = 0
    private var acknowledged: Int64 = 0
    private(set) var intervals = 0

    /// - Parameters:
    ///   - received: bytes that came from the client so far.
    ///   - acknowledged: bytes that its side of the transport took so far: a slow line is not a dead one.
    mutating func observe(received: UInt64, acknowledged: Int64) {
        let isHeard = received != self.received || acknowledged > self.acknowledged
        intervals = isHeard ? 0 : intervals + 1
        self.received = received
        self.acknowledged = acknowledged
    }
}
