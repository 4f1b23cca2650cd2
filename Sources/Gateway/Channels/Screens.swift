import Platform
import ScreenModel
import SessionModel
import Wire

/// What an attached client sees besides its session.
enum Screens {
    /// Scalars of the greeting, and of a title.
    private static let greetingLimit = 300
    private static let titleLimit = 80

    /// The first line names session and host, so that nobody lands in the wrong session unseen, and what was missed.
    static func greeting(_ attach: AttachIntent, turn: TurnHolder?, absence: Absence?) -> [UInt8] {
        let how = attach.isSteering && attach.role.may(.steer) ? "" : ", you watch"
        let begin = "[cmdop] session \(attach.session) on \(Machine.name): \(steers(turn))\(how)"
        let end = "; \(attach.panelKey) d detaches"
        let missed = absence.map(missed) ?? ""
        let room = max(0, greetingLimit - begin.unicodeScalars.count - end.unicodeScalars.count)
        return TerminalReset.begin + Array("\(begin)\(cut(missed, to: room))\(end)\r\n".utf8)
    }

    /// - Parameters:
    ///   - isEnding: whether it is the turn of who sees the title, and ends soon.
    ///   - watchers: who is attached and does not steer, those who wait among them.
    static func title(
        _ attach: AttachIntent, turn: TurnHolder?, isEnding: Bool = false, queue: TurnQueue = TurnQueue(),
        watchers: Int, programTitle: String
    ) -> String {
        let watchers = max(0, watchers - queue.waiting.count)
        let watch = watchers == 0 ? "" : watchers == 1 ? ", 1 watches" : ", \(watchers) watch"
        let program = programTitle.stripped
        let ending = isEnding ? ", soon no more" : ""
        let title = "\(attach.session)@\(Machine.name): \(steers(turn))\(ending)\(waits(queue))\(watch)"
        return cut(title + (program.isEmpty ? "" : " - \(program)"), to: titleLimit)
    }

    private static func steers(_ turn: TurnHolder?) -> String {
        guard let turn else { return "nobody steers" }
        return turn.isKept ? "the turn is kept for \(turn.name.stripped)" : "\(turn.name.stripped) steers"
    }

    private static func waits(_ queue: TurnQueue) -> String {
        guard let first = queue.waiting.first else { return "" }
        return queue.waiting.count == 1 ? ", \(first.who.name.stripped) waits" : ", \(queue.waiting.count) wait"
    }

    /// What happened since the key was last here; nothing for one that was not, or was but a moment ago.
    private static func missed(_ absence: Absence) -> String {
        guard let duration = absence.duration else { return "" }
        guard !absence.turns.isEmpty else {
            return duration < .seconds(60) ? "" : "; nobody steered since you were here \(duration.brief) ago"
        }
        let turns = absence.turns.map { "\($0.name.stripped) \($0.count == 1 ? "1 turn" : "\($0.count) turns")" }
        return "; since you were here \(duration.brief) ago: \(turns.joined(separator: ", "))"
    }

    private static func cut(_ text: String, to limit: Int) -> String {
        guard text.unicodeScalars.count > limit else { return text }
        return limit > 0 ? String(text.unicodeScalars.prefix(limit - 1)) + "…" : ""
    }

    /// Gives the terminal back, and says why on a line of its own below whatever is shown.
    static func farewell(_ sentence: String) -> [UInt8] {
        TerminalReset.end + Array("\u{1B}[999;1H\r\n[cmdop] \(sentence)\r\n".utf8)
    }

    /// Writes over the bottom row, whatever the terminal shows. The cursor and its modes are put back (DECSC, DECRC).
    static func overBottomRow(_ line: String, in window: TerminalSize) -> [UInt8] {
        let text = cut(line, to: window.columns)
        return Array("\u{1B}7\u{1B}[?6l\u{1B}[\(window.rows);1H\u{1B}[0;7m\(text)\u{1B}[m\u{1B}[K\u{1B}8".utf8)
    }

    static func setTitle(_ title: String) -> [UInt8] { Array("\u{1B}]2;\(title)\u{1B}\\".utf8) }
}
