private import Glibc

/// A tree of processes that was stopped as a whole, and can go on as it was.
package struct StoppedProcesses: Sendable {
    /// Parents before their children.
    private let processes: [ProcessID]

    /// For how long it is waited until processes stand that were told to: one that is in the kernel may take its time.
    private static let patience = Duration.milliseconds(200)

    /// Stops everything below a process: parents first, so that no shell sees its job stop. What was stopped before,
    /// by somebody's `Ctrl-Z`, stays so later.
    ///
    /// - Parameter spared: goes on.
    package static func freeze(below ancestor: ProcessID, sparing spared: ProcessID? = nil) -> StoppedProcesses {
        var stopped: [ProcessID] = []
        let deadline = ContinuousClock.now.advanced(by: patience)
        // Whoever forked before it was stopped is found in the next round.
        for _ in 0..<8 {
            let known = Set(stopped)
            let running = ProcessTree.descendants(of: ancestor).filter {
                $0 != spared && !known.contains($0) && ProcessTree.facts(of: $0)?.state != "T"
            }
            guard !running.isEmpty else { break }
            for process in running {
                process.signal(Signals.stop)
                // A signal to a process that runs takes effect later; a shell must stand before its children do.
                while isRunning(process), ContinuousClock.now < deadline { usleep(100) }
            }
            stopped += running
        }
        return StoppedProcesses(processes: stopped)
    }

    private static func isRunning(_ process: ProcessID) -> Bool {
        guard let state = ProcessTree.facts(of: process)?.state else { return false }
        return !["T", "t", "Z", "X"].contains(state)
    }

    /// Lets everything go on, children before their parents.
    package func thaw() { for process in processes.reversed() { process.signal(Signals.resume) } }
}
