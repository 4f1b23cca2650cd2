/// What all processes of a session may use together; `nil` for as much as there is.
package struct ResourceLimits: Hashable, Sendable {
    /// Bytes.
    package var memory: UInt64?
    /// Thousandths of a processor.
    package var processors: UInt32?
    package var processes: UInt32?

    package init(memory: UInt64? = nil, processors: UInt32? = nil, processes: UInt32? = nil) {
        self.memory = memory
        self.processors = processors
        self.processes = processes
    }
}

/// The kernel's group that a session's processes run in, where there can be one.
package struct ProcessGroupPlan: Hashable, Sendable {
    /// Of all groups of this machine this session's alone.
    package var name: String
    package var limits: ResourceLimits

    package init(name: String, limits: ResourceLimits = ResourceLimits()) {
        self.name = name
        self.limits = limits
    }
}

extension ByteWriter {
    package mutating func put(_ limits: ResourceLimits) {
        put(limits.memory) { $0.put($1) }
        put(limits.processors) { $0.put($1) }
        put(limits.processes) { $0.put($1) }
    }
}

extension ByteReader {
    package mutating func resourceLimits() throws(WireError) -> ResourceLimits {
        ResourceLimits(
            memory: try optional { (reader) throws(WireError) in try reader.number() },
            processors: try optional { (reader) throws(WireError) in try reader.number() },
            processes: try optional { (reader) throws(WireError) in try reader.number() })
    }
}
