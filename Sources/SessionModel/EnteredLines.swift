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
        /// Whether who typed it wanted it kept out of the record.
        package var isHidden: Bool

        package init(
            writers: [String], turn: TurnNumber, approver: String? = nil, text: [UInt8]?, isForShell: Bool,
            isHidden: Bool = false
        ) {
            self.isHidden = isHidden
            self.writers = writers
            self.turn = turn
            self.approver = approver
            self.text = text
            self.isForShell = isForShell
        }
    }

    /// Whose a command is that the shell runs.
    package struct Found: Hashable, Sendable {
        package var line: Line
        /// Whether it is that line for certain.
        package var isCertain: Bool
        /// Whether lines of several turns wait, and it may be any of them, or more than one.
        package var isMixed = false
    }

    /// Bytes of a hidden line from which on a command that contains it is hidden, too.
    private static let longEnough = 6

    private var waiting: [Line] = []
    private var last: Line?
    /// What hidden lines said, so that they stay hidden when the shell's history brings them back.
    private var hidden: [[UInt8]] = []
    /// Whether what began last stays out of the record.
    package private(set) var isHidden = false

    package init() {}

    package mutating func add(_ line: Line) {
        if waiting.count == Self.limit { waiting.removeFirst() }
        waiting.append(line)
        if line.isHidden, let text = line.text { hide(Self.trimmed(text[...])) }
    }

    /// The shell runs a command: whose it is. A line that was typed as it stands there is known by its text; of others,
    /// and of one that went over several lines, all who wrote what waits are named. ``isHidden`` is true where it may
    /// be one that somebody hid, or was brought back from such a one.
    package mutating func begin(_ text: String) -> Found? {
        let command = Self.trimmed(Array(text.utf8)[...])
        let found = begin(command)
        if found?.line.isHidden == true { hide(command) }
        isHidden = found?.line.isHidden == true || contains(command)
        return found
    }

    private mutating func begin(_ command: ArraySlice<UInt8>) -> Found? {
        func isIt(_ line: Line) -> Bool {
            line.text.map { Self.trimmed(Array(ByteString($0).shown.utf8)[...]) == command } ?? false
        }
        let found =
            waiting.firstIndex { $0.isForShell && isIt($0) } ?? waiting.firstIndex { !$0.isForShell && isIt($0) }
        if let found, !command.isEmpty {
            last = waiting[found]
            waiting.removeSubrange(...found)
            return last.map { Found(line: $0, isCertain: true) }
        }
        if let part = takePart(command) { return Found(line: part, isCertain: true) }
        guard let merged = merged else { return last.map { Found(line: $0, isCertain: false) } }
        let isMixed = Set(waiting.filter(\.isForShell).map(\.turn)).count > 1
        last = merged
        waiting = []
        return Found(line: merged, isCertain: false, isMixed: isMixed)
    }

    private mutating func hide(_ command: ArraySlice<UInt8>) {
        guard !command.isEmpty, !hidden.contains(where: { $0[...] == command }) else { return }
        if hidden.count == Self.limit { hidden.removeFirst() }
        hidden.append(Array(command.prefix(Self.textLimit)))
    }

    /// Whether a command says what a hidden line said, or has a long one in it.
    private func contains(_ command: ArraySlice<UInt8>) -> Bool {
        hidden.contains { line in
            line[...] == command || line.count >= Self.longEnough && command.contains(line)
        }
    }

    /// The prompt stands with nothing on its line: what was entered before was read, whatever became of it.
    package mutating func forget() { waiting = [] }

    /// Of lines that were pasted as one, the shell runs each by itself, and says it in one line.
    private mutating func takePart(_ command: ArraySlice<UInt8>) -> Line? {
        let wanted = command.filter { !Self.isLeftOut($0) }
        guard !wanted.isEmpty else { return nil }
        for index in waiting.indices where waiting[index].isForShell {
            guard let text = waiting[index].text, text.contains(where: Self.lineEnds.contains),
                let rest = Self.rest(of: text, behind: wanted)
            else { continue }
            last = waiting[index]
            // What the shell says of a long one is cut, and what it left out can not be told from the next.
            let isOver = rest.isEmpty || command.count >= 3_000
            waiting.removeFirst(isOver ? index + 1 : index)
            if !isOver { waiting[0].text = rest }
            return last
        }
        return nil
    }

    private static func rest(of text: [UInt8], behind wanted: [UInt8]) -> [UInt8]? {
        var rest = text[...]
        for byte in wanted {
            rest = rest.drop(while: isLeftOut)
            guard rest.popFirst() == byte else { return nil }
        }
        return Array(rest.drop(while: isLeftOut))
    }

    private static let lineEnds: Set<UInt8> = [0x0A, 0x0D]

    /// What makes one line of several in a shell's history.
    private static func isLeftOut(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == UInt8(ascii: ";") }

    private var merged: Line? {
        let own = waiting.filter(\.isForShell)
        guard var line = own.last ?? waiting.last else { return nil }
        // What was typed ahead may have become part of it, or may be what runs.
        line.isHidden = waiting.contains(where: \.isHidden)
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
