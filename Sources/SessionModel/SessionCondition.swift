/// How a session stands, besides what its terminal shows.
package struct SessionCondition: Hashable, Sendable {
    /// The raw value is on the wire.
    package enum Phase: UInt8, Hashable, Sendable, CaseIterable {
        /// The place that it runs in is being made.
        case starting = 1
        case live = 2
        /// All its processes are stopped.
        case frozen = 3
        /// Somebody or something has ended it, and processes of it are still there.
        case ending = 4

        package var word: String {
            switch self {
            case .starting: "starting"
            case .live: "live"
            case .frozen: "frozen"
            case .ending: "ending"
            }
        }
    }

    package var phase: Phase
    /// `nil` where the machine does not count it.
    package var usage: ResourceUsage?

    package init(phase: Phase, usage: ResourceUsage? = nil) {
        self.phase = phase
        self.usage = usage
    }
}

/// What all processes of a session use together, and what they may; `nil` for what nobody counts or limits.
package struct ResourceUsage: Hashable, Sendable {
    package var processes: UInt32
    /// Bytes, those of files that the kernel keeps for them among them.
    package var memory: UInt64?
    package var memoryPeak: UInt64?
    /// Of all processes that ever were.
    package var processorTime: Duration?
    package var memoryLimit: UInt64?
    package var processesLimit: UInt32?
    /// How many processes were ended because there was no memory left for them.
    package var killed: UInt64
    /// How many could not be started because there were as many as there may be.
    package var refused: UInt64

    package init(
        processes: UInt32, memory: UInt64? = nil, memoryPeak: UInt64? = nil, processorTime: Duration? = nil,
        memoryLimit: UInt64? = nil, processesLimit: UInt32? = nil, killed: UInt64 = 0, refused: UInt64 = 0
    ) {
        self.processes = processes
        self.memory = memory
        self.memoryPeak = memoryPeak
        self.processorTime = processorTime
        self.memoryLimit = memoryLimit
        self.processesLimit = processesLimit
        self.killed = killed
        self.refused = refused
    }
}

/// Of what a session had more than its environment allows. The raw value is on the wire.
package enum LimitedResource: UInt8, Hashable, Sendable, CaseIterable {
    /// A process was ended for it.
    case memory = 1
    /// A process was not started for it.
    case processes = 2

    package var word: String {
        switch self {
        case .memory: "memory"
        case .processes: "processes"
        }
    }
}
