import Journal
import Platform
import SessionModel
import SystemPackage
import Terminal
import Wire

/// Answers one question about a life of a session that is over, from its journal, as its host did while it lived.
///
/// That is a process of its own: a journal may be long, and only hosts read what programs printed.
package enum PastSession {
    /// - Parameter words: the journal's directory, and which life: `last`, `i` and an incarnation, or `e` and the
    ///   number of an event in it.
    /// - Returns: the exit status; the question's frame is read from descriptor 3, the answer's written to stdout.
    package static func answer(_ words: [String]) -> Int32 {
        guard words.count == 2, let which = WhichLife(words[1]), let question = question() else { return 2 }
        guard let life = PastLife(which, of: JournalReader(directory: words[0])), let answer = life.answer(question)
        else { return 1 }
        let frame = HostMessage.control(Reference(rawValue: 0), answer).encoded
        return (try? FileDescriptor.standardOutput.writeAll(frame)) == nil ? 1 : 0
    }

    private static func question() -> ControlQuestion? {
        let descriptor = OwnedDescriptor(taking: FileDescriptor(rawValue: 3))
        var decoder = FrameDecoder(bodyLimit: FrontEndMessage.bodyLimit)
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while case .completed(let count)? = try? buffer.withUnsafeMutableBytes({
            try descriptor.borrowed.readAvailable(into: $0)
        }) {
            decoder.append(buffer[..<count])
            guard let frame = try? decoder.next() else { continue }
            guard case .control(_, let question)? = try? FrontEndMessage(decoding: frame) else { return nil }
            return question
        }
        return nil
    }
}

/// Which of a session's lives.
enum WhichLife {
    case last
    case incarnation(Incarnation)
    case at(EventNumber)

    init?(_ word: String) {
        let number = word.dropFirst()
        switch word.first {
        case "l" where word == "last": self = .last
        case "i":
            guard let number = UInt32(number) else { return nil }
            self = .incarnation(Incarnation(rawValue: number))
        case "e":
            guard let number = UInt64(number) else { return nil }
            self = .at(EventNumber(rawValue: number))
        default: return nil
        }
    }

    /// Whether that life began with this entry.
    fileprivate func begins(with entry: JournalEntry) -> Bool {
        guard case .started(let incarnation, _, _, _) = entry.record else { return false }
        switch self {
        case .last: return true
        case .incarnation(let wanted): return incarnation == wanted
        case .at(let number): return entry.number <= number
        }
    }
}

/// One life of a session, as its journal has it.
struct PastLife {
    private static let listLimit = 500
    private static let outputLimit: UInt32 = 1_024 * 1_024

    private let entries: [JournalEntry]
    /// What came after it, too.
    private let later: [JournalEntry]
    private let goesOn: Bool

    init?(_ which: WhichLife, of journal: JournalReader) {
        let all = journal.entries(backTo: which.begins)
        guard let first = all.lastIndex(where: which.begins) else { return nil }
        let end = all[(first + 1)...].firstIndex { if case .started = $0.record { true } else { false } }
        entries = Array(all[first..<(end ?? all.endIndex)])
        later = Array(all[(end ?? all.endIndex)...])
        if case .at = which { goesOn = true } else { goesOn = false }
    }

    func answer(_ question: ControlQuestion) -> ControlAnswer? {
        switch question {
        case .state: .state(state, TurnNotice(turn: lastTurn, holder: nil))
        case .commands(let from, let limit):
            .commands(Array(commands.drop { $0.number < from }.prefix(min(Int(limit), Self.listLimit))))
        case .events(let from, let limit): .events(events(from: from, limit: Int(limit)), oldest: oldest)
        case .output(let range): .output(output(range))
        default: nil
        }
    }

    private var oldest: EventNumber { entries.first?.number ?? EventNumber(rawValue: 1) }

    /// From behind the last one on: the newest there are.
    private func events(from first: EventNumber, limit: Int) -> [JournalEntry] {
        let all = (goesOn ? entries + later : entries).filter(\.record.isEvent)
        let count = min(limit, Self.listLimit)
        return first.rawValue == .max ? all.suffix(count) : Array(all.drop { $0.number < first }.prefix(count))
    }

    private var commands: [CommandRecord] {
        var commands: [CommandRecord] = []
        for entry in entries {
            switch entry.record {
            case .commandBegan(let start): commands.append(CommandRecord(start: start))
            case .commandEnded(let number, let end):
                if commands.last?.number == number { commands[commands.count - 1].end = end }
            default: break
            }
        }
        return commands
    }

    private var lastTurn: TurnNumber {
        let turns = entries.compactMap { if case .turnBegan(let turn, _, _) = $0.record { turn } else { nil } }
        return turns.last ?? TurnNumber(rawValue: 0)
    }

    private var state: TerminalState {
        let number = commands.last?.number ?? CommandNumber(rawValue: 0)
        return TerminalState(
            turn: lastTurn, holdsTurn: false, offset: output.last?.end ?? .start,
            shell: ShellState(phase: .prompting, command: number, knowledge: .exact), isEchoing: true,
            isPasteBracketed: false, foreground: 0, foregroundName: "", shellProcess: 0, isFrozen: false,
            lastEvent: entries.last?.number ?? oldest)
    }

    // MARK: Output

    private struct Piece {
        let start: StreamOffset
        let bytes: [UInt8]
        var end: StreamOffset { start.advanced(by: bytes.count) }
    }

    private var output: [Piece] {
        entries.compactMap {
            if case .output(let start, let bytes) = $0.record { Piece(start: start, bytes: bytes) } else { nil }
        }
    }

    /// As a host answers it. What a full disk took is not in it.
    private func output(_ range: OutputRange) -> OutputPart {
        let pieces = output
        let oldest = pieces.first?.start ?? .start
        let newest = pieces.last?.end ?? .start
        let from = min(max(range.from, oldest), newest)
        let to = max(min(range.to ?? newest, newest), from)
        let limit = Int(min(range.limit, Self.outputLimit))
        var all: [UInt8] = []
        for piece in pieces where piece.end > from && piece.start < to {
            let low = max(from, piece.start)
            let high = min(to, piece.end)
            all += piece.bytes.dropFirst(low.distance(from: piece.start)).prefix(high.distance(from: low))
            if !range.keepsEnd, all.count >= limit { break }
        }
        let kept = range.keepsEnd ? all.suffix(limit) : all.prefix(limit)
        let start = range.keepsEnd ? StreamOffset(bytes: to.bytes - min(UInt64(kept.count), to.bytes)) : from
        return OutputPart(
            start: max(start, from), end: max(start, from).advanced(by: kept.count), oldest: oldest, newest: newest,
            bytes: range.isPlain ? PlainText.of(kept) : Array(kept))
    }
}

extension StreamOffset {
    fileprivate func distance(from start: StreamOffset) -> Int { Int(bytes) - Int(start.bytes) }
}
