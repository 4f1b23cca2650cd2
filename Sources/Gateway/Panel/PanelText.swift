import SessionModel
import Wire

/// The words of the panel.
enum PanelText {
    /// The keys, in one breath; those for what waits only where something does.
    ///
    /// - Parameters:
    ///   - isAsked: somebody asks for the turn.
    ///   - isProposed: an agent asks to run a command.
    static func choices(key: PanelKey, isAsked: Bool = false, isProposed: Bool = false) -> [String] {
        ["? help", "w who", "t ask", "x let go"]
            + (isAsked ? ["g give"] : []) + (isProposed ? ["a approve"] : [])
            + (isAsked || isProposed ? ["n refuse"] : [])
            + ["m message", "h commands", "s hide line", "o watch", "d detach", "\(key) send it"]
    }

    static func help(key: PanelKey, session: String) -> ScrolledText {
        let keys: [(String, String)] = [
            ("?", "this page"),
            ("w", "who is here, steers, and waits"),
            ("h", "recent commands, and whose"),
            ("t", "ask for the turn, or take it"),
            ("T", "the same, once the prompt stands"),
            ("x", "let go of the turn"),
            ("g", "give the turn to who waits"),
            ("a", "approve an agent's command"),
            ("n", "refuse who asks"),
            ("m", "a line to everybody here"),
            ("s", "the next line is not recorded"),
            ("o", "only watch; again to steer"),
            ("d", "detach; the session goes on"),
            ("\(key)", "send \(key) itself"),
        ]
        let lines = keys.map { PanelLine(columns: [" \($0)" + String(repeating: " ", count: 7 - $0.count) + $1]) }
        return ScrolledText(title: "\(key) and then\(of(session))", lines: lines)
    }

    static func whoIsAsked(session: String) -> ScrolledText {
        ScrolledText(title: "who is here\(of(session))", lines: [PanelLine(columns: [" ..."])])
    }

    /// - Parameter beside: what operators have open besides attachments.
    static func who(
        _ people: [PanelPerson], beside: [OpenedDescription] = [], queue: TurnQueue, session: String
    ) -> ScrolledText {
        let rows =
            [["NAME", "ROLE", "DOES", "FOR"]] + people.map { $0.columns(in: queue) } + beside.map { columns(of: $0) }
        let widths = (0..<4).map { column in rows.map { TextRow.columns(of: $0[column]) }.max() ?? 0 }
        var lines = rows.map {
            PanelLine(columns: [" " + $0[0]] + $0.dropFirst(), widths: [widths[0] + 1] + widths.dropFirst())
        }
        lines[0].isHeading = true
        return ScrolledText(title: "who: \(people.count) here, mode \(queue.mode.name)\(of(session))", lines: lines)
    }

    private static func columns(of open: OpenedDescription) -> [String] {
        let detail = open.channel.detail.stripped
        let isLong = detail.unicodeScalars.count > besideLimit
        let shown = isLong ? String(detail.unicodeScalars.prefix(besideLimit - 1)) + "…" : detail
        let words = [open.channel.kind.word, shown].filter { !$0.isEmpty }.joined(separator: " ")
        return [open.channel.who.name.stripped, "-", words, open.openFor.brief]
    }

    /// Scalars of a command or a place in the list of who is here.
    private static let besideLimit = 40

    static func commandsAreAsked(session: String) -> ScrolledText {
        ScrolledText(title: "recent commands\(of(session))", lines: [PanelLine(columns: [" ..."])])
    }

    /// The newest first.
    static func commands(_ commands: [CommandRecord], session: String) -> ScrolledText {
        guard !commands.isEmpty else {
            return ScrolledText(title: "no command was run at the prompt yet\(of(session))", lines: [])
        }
        let rows = [["BY", "STATUS", "COMMAND"]] + commands.reversed().map(columns)
        let widths = (0..<3).map { column in rows.map { TextRow.columns(of: $0[column]) }.max() ?? 0 }
        // A long command leaves room for who ran it.
        var lines = rows.map {
            PanelLine(columns: [" " + $0[0], $0[1], $0[2]], widths: [widths[0] + 1, widths[1], min(widths[2], 44)])
        }
        lines[0].isHeading = true
        return ScrolledText(title: "recent commands\(of(session))", lines: lines)
    }

    private static func columns(_ command: CommandRecord) -> [String] {
        let start = command.start
        let by = start.authors.joined(separator: "+") + (start.approver.map { " (approved by \($0))" } ?? "")
        let status = command.end.map { $0.status.map { "\($0)" } ?? "-" } ?? "runs"
        let text = start.text.split(separator: "\n").joined(separator: " ; ")
        return [by.isEmpty ? "-" : by.stripped, status, String(text.prefix(200)).stripped]
    }

    static let nothingProposed = ScrolledText(title: "no command waits for approval", lines: [])
    static let nothingToRefuse = ScrolledText(
        title: "nobody asks for the turn, and no command waits for approval", lines: [])

    static func of(_ session: String) -> String { session.isEmpty ? "" : " - \(session)" }
}
