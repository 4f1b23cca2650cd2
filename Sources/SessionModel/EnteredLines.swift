/// The lines that were entered and of which the shell has not said yet that it runs them: whose each one is.
///
/// What is typed is often ahead of the shell, and of what the shell says: who typed last need not have typed what runs.
/// Bounded: the oldest go.
package struct EnteredLines: Hashable, Sendable {
    package static let limit = 64
    /// Bytes of a line that are kept to know it again.
    package static let textLimit = 4_096

    /// A line that somebody ended with Enter.
    package struct Line: Hashable, Sendable {
        /// In the order in which they began; who pressed Enter is among them.
        package var writers: [String]
        package var turn: TurnNumber
        /// Who approved it, where that was needed.
        package var approver: String?
        /// What was typed, where that is what stands on the line: no editing, no completion.
        package var text: [UInt8]?
        /// False for what was typed while a program had the terminal: the shell may never see it.
        package var isForShell: Bool

        package init(
            writers: [String], turn: TurnNumber, approver: String? = nil, text: [UInt8]?, isForShell: Bool
        ) {
            self.writers = writers
            self.turn = turn
            self.approver = approver
            self.text = text
            self.isForShell = isForShell
        }
    }

    private var waiting: [Line] = []
    private var last: Line?

    package init() {}

    package mutating func add(_ line: Line) {
        if waiting.count == Self.limit { waiting.removeFirst() }
        waiting.append(line)
    }

    /// The shell runs a command: whose it is. A line that was typed as it stands there is known by its text; of others,
    /// and of one that went over several lines, all who wrote what waits are named.
    package mutating func begin(_ text: String) -> Line? {
        let command = Self.trimmed(Array(text.utf8)[...])
        func isIt(_ line: Line) -> Bool { line.text.map { Self.trimmed($0[...]) == command } ?? false }
        let found =
            waiting.firstIndex { $0.isForShell && isIt($0) } ?? waiting.firstIndex { !$0.isForShell && isIt($0) }
        if let found, !command.isEmpty {
            last = waiting[found]
            waiting.removeSubrange(...found)
        } else if let merged = merged {
            last = merged
            waiting = []
        }
        return last
    }

    private var merged: Line? {
        let own = waiting.filter(\.isForShell)
        guard var line = own.last ?? waiting.last else { return nil }
        for other in own.dropLast().reversed() {
            line.writers = other.writers + line.writers.filter { !other.writers.contains($0) }
            line.approver = line.approver ?? other.approver
        }
        return line
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed()[...]
    }
}
