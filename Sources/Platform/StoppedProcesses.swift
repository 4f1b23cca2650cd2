/// A tree of processes that was stopped as a whole, and can go on as it was.
package struct StoppedProcesses: Sendable {
    /// Parents before their children.
    private let processes: [ProcessID]

    /// Stops everything below a process: parents first, so that no shell sees its job stop. What was stopped before,
    /// by somebody's `Ctrl-Z`, stays so later.
    package static func freeze(below ancestor: ProcessID) -> StoppedProcesses {
        var stopped: [ProcessID] = []
        // Whoever forked before it was stopped is found in the next round.
        for _ in 0..<8 {
            let known = Set(stopped)
            let running = ProcessTree.descendants(of: ancestor).filter {
                !known.contains($0) && ProcessTree.facts(of: $0)?.state != "T"
            }
            guard !running.isEmpty else { break }
            for process in running { process.signal(Signals.stop) }
            stopped += running
        }
        return StoppedProcesses(processes: stopped)
    }

    /// Lets everything go on, children before their parents.
    package func thaw() { for process in processes.reversed() { process.signal(Signals.resume) } }
}
