import SessionModel

extension ByteWriter {
    mutating func put(_ condition: SessionCondition) {
        put(condition.phase.rawValue)
        put(condition.usage) { writer, usage in
            writer.put(usage.processes)
            writer.put(usage.memory) { $0.put($1) }
            writer.put(usage.memoryPeak) { $0.put($1) }
            writer.put(usage.processorTime) { $0.put($1) }
            writer.put(usage.memoryLimit) { $0.put($1) }
            writer.put(usage.processesLimit) { $0.put($1) }
            writer.put(usage.killed)
            writer.put(usage.refused)
        }
    }

    mutating func putLimitHit(_ resource: LimitedResource, _ count: UInt64) {
        put(resource.rawValue)
        put(count)
    }
}

extension ByteReader {
    mutating func sessionCondition() throws(WireError) -> SessionCondition {
        guard let phase = SessionCondition.Phase(rawValue: try number()) else { throw .invalid("session phase") }
        return SessionCondition(
            phase: phase, usage: try optional { (reader) throws(WireError) in try reader.resourceUsage() })
    }

    private mutating func resourceUsage() throws(WireError) -> ResourceUsage {
        ResourceUsage(
            processes: try number(), memory: try optional { (reader) throws(WireError) in try reader.number() },
            memoryPeak: try optional { (reader) throws(WireError) in try reader.number() },
            processorTime: try optional { (reader) throws(WireError) in try reader.duration() },
            memoryLimit: try optional { (reader) throws(WireError) in try reader.number() },
            processesLimit: try optional { (reader) throws(WireError) in try reader.number() },
            killed: try number(), refused: try number())
    }

    mutating func limitedResource() throws(WireError) -> LimitedResource {
        guard let resource = LimitedResource(rawValue: try number()) else { throw .invalid("limited resource") }
        return resource
    }
}
