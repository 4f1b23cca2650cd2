/// The words of the panel.
enum PanelText {
    /// The keys, in one breath.
    static func choices(key: PanelKey) -> [String] {
        [
            "? help", "w who", "t take", "x let go", "m message", "s hide line", "o watch", "d detach",
            "\(key) send it",
        ]
    }

    static func help(key: PanelKey, session: String) -> ScrolledText {
        let keys: [(String, String)] = [
            ("?", "this page"),
            ("w", "who is here, and who steers"),
            ("t", "take the turn, or ask for it"),
            ("x", "let go of the turn"),
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

    static func who(_ people: [PanelPerson], session: String) -> ScrolledText {
        let rows = [["NAME", "ROLE", "DOES", "FOR"]] + people.map(\.columns)
        let widths = (0..<4).map { column in rows.map { TextRow.columns(of: $0[column]) }.max() ?? 0 }
        var lines = rows.map {
            PanelLine(columns: [" " + $0[0]] + $0.dropFirst(), widths: [widths[0] + 1] + widths.dropFirst())
        }
        lines[0].isHeading = true
        let count = people.count == 1 ? "1 is here" : "\(people.count) are here"
        return ScrolledText(title: "who: \(count)\(of(session))", lines: lines)
    }

    private static func of(_ session: String) -> String { session.isEmpty ? "" : " - \(session)" }
}
