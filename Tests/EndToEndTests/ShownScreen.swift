import ScreenModel
import SessionModel
import Terminal
import TestKit

/// What a client's terminal shows after all that it was sent, by an emulator of its own.
struct ShownScreen {
    let snapshot: ScreenSnapshot

    init(_ bytes: [UInt8], columns: Int = 80, rows: Int = 24) throws {
        guard let size = TerminalSize(columns: columns, rows: rows) else {
            throw TestKitError.missing("a terminal of \(columns) x \(rows)", advice: "name another size")
        }
        let screen = Screen(size: size, scrollbackLimit: 1_000_000, scrollbackBytes: 1 << 30)
        screen.feed(bytes)
        snapshot = screen.snapshot(at: .start, scrollbackRows: 1_000_000)
    }

    init(_ terminal: PseudoTerminal, columns: Int = 80, rows: Int = 24) throws {
        try self.init(terminal.transcript.bytes, columns: columns, rows: rows)
    }

    /// The rows that are shown.
    var rows: [String] { snapshot.shown.rows.map(\.text) }

    /// The rows that scrolled off, and then those that are shown.
    var rowsWithScrollback: [String] { (snapshot.scrollback + snapshot.main.rows).map(\.text) }

    /// The numbers in rows that are the word and a number, from the oldest row on.
    func numbers(after word: String) -> [Int] { Self.numbers(in: rowsWithScrollback, after: word) }

    static func numbers(in rows: [String], after word: String) -> [Int] {
        rows.compactMap { row in
            guard row.hasPrefix(word + " ") else { return nil }
            return Int(row.dropFirst(word.count + 1))
        }
    }

    /// What differs in what is seen, in words; nil if nothing does. Titles are the gateway's, not the session's.
    func difference(from other: ShownScreen) -> String? {
        let (mine, theirs) = (snapshot, other.snapshot)
        if mine.isAlternate != theirs.isAlternate { return "one shows the alternate screen" }
        if mine.cursor != theirs.cursor { return "cursor: \(mine.cursor) / \(theirs.cursor)" }
        if mine.seenModes != theirs.seenModes { return "modes: \(mine.modes) / \(theirs.modes)" }
        if mine.region != theirs.region { return "region: \(mine.region) / \(theirs.region)" }
        if mine.tabStops != theirs.tabStops { return "tab stops" }
        for (index, (one, two)) in zip(mine.shown.rows, theirs.shown.rows).enumerated()
        where one.cells != two.cells || one.marks != two.marks {
            return "row \(index): \"\(one.text)\" / \"\(two.text)\"" + (one.text == two.text ? ", by its styles" : "")
        }
        return nil
    }
}

/// What a client's terminal shows while it is sent more.
final class GrowingScreen {
    /// Where a text is looked for.
    enum Place {
        case anywhere
        case bottom
    }

    private let screen: Screen
    private var fed = 0

    init(columns: Int, rows: Int) throws {
        guard let size = TerminalSize(columns: columns, rows: rows) else {
            throw TestKitError.missing("a terminal of \(columns) x \(rows)", advice: "name another size")
        }
        screen = Screen(size: size, scrollbackLimit: 0)
    }

    /// Whether the text stands on the screen now or, since the first look, at some time did.
    func grow(to bytes: [UInt8], until text: String, at place: Place = .anywhere) -> Bool {
        let isFirst = fed == 0
        guard bytes.count > fed else { return false }
        let step = isFirst ? bytes.count : max(16, (bytes.count - fed) / 256)
        while fed < bytes.count {
            let next = min(bytes.count, fed + step)
            screen.feed(Array(bytes[fed..<next]))
            fed = next
            let shown = screen.snapshot(at: .start, scrollbackRows: 0).shown.rows
            let looked = place == .bottom ? shown.suffix(1) : shown[...]
            if looked.contains(where: { $0.text.contains(text) }) { return true }
        }
        return false
    }
}

extension ScreenSnapshot {
    /// The modes but for what only the holder's terminal is asked to report.
    fileprivate var seenModes: TerminalModes {
        var modes = modes
        modes.mouse = .none
        modes.mouseEncoding = .plain
        modes.focusReporting = false
        return modes
    }
}

/// Waits until two clients show the same, down to colours, cursor and modes.
func untilSame(_ one: PseudoTerminal, _ two: PseudoTerminal) async throws {
    var difference: String? = "not compared yet"
    var compared = (-1, -1)
    try await eventually("two terminals that show the same", seen: { difference ?? "" }) {
        let counts = (one.transcript.count, two.transcript.count)
        guard counts != compared else { return false }
        compared = counts
        difference = try ShownScreen(one).difference(from: ShownScreen(two))
        return difference == nil
    }
}

extension [Int] {
    /// Each is the one before it and one more.
    var isConsecutive: Bool { zip(self, dropFirst()).allSatisfy { $0 + 1 == $1 } }

    /// Where they are not consecutive: the numbers at the first break.
    var firstBreak: String {
        zip(self, dropFirst()).first { $0 + 1 != $1 }.map { "after \($0) comes \($1)" } ?? "none"
    }
}
