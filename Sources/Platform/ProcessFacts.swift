private import Glibc

/// What `/proc/PID/stat` says of a process (proc(5)).
package struct ProcessFacts: Hashable, Sendable {
    package let pid: ProcessID
    package let parent: ProcessID
    package let group: ProcessID
    /// The program's name for itself.
    package let name: String
    /// `R`, `S`, `D`, `T` (stopped), `Z` (ended and not waited for) …
    package let state: Character
    /// Processor time so far, its children's not counted.
    package let processorTime: Duration
    /// Bytes of memory that it has in use.
    package let residentBytes: Int
    /// Since the machine started.
    package let startedAfter: Duration

    /// Whether it has not ended.
    package var isAlive: Bool { !["Z", "X"].contains(state) }

    /// The second field, in parentheses, may hold anything.
    init?(_ pid: ProcessID, stat: String) {
        guard let open = stat.firstIndex(of: "("), let close = stat.lastIndex(of: ")"), open < close else { return nil }
        let fields = stat[stat.index(after: close)...].split(separator: " ")
        guard fields.count > 21, let state = fields[0].first, let parent = Int32(fields[1]),
            let group = Int32(fields[2]), let user = Int(fields[11]), let system = Int(fields[12]),
            let start = Int(fields[19]), let pages = Int(fields[21])
        else { return nil }
        let tick = 1_000 / max(1, sysconf(CInt(_SC_CLK_TCK)))
        self.pid = pid
        self.parent = ProcessID(rawValue: parent)
        self.group = ProcessID(rawValue: group)
        name = String(stat[stat.index(after: open)..<close])
        self.state = state
        processorTime = .milliseconds((user + system) * tick)
        residentBytes = pages * sysconf(CInt(_SC_PAGESIZE))
        startedAfter = .milliseconds(start * tick)
    }
}
