import ScreenModel
import SessionModel

extension LobbyScreen {
    /// How many rows each part has, from the top: all that a small window has no room for is left out.
    struct Layout: Hashable {
        var title = 0
        var header = 0
        var list = 0
        var bottom = 0
    }

    var layout: Layout {
        let rows = size.rows
        var layout = Layout()
        // The list has a row at least, and what is being typed comes before it.
        layout.bottom = min(bottomLines.count, mode == .list ? max(0, rows - 1) : rows)
        if rows - layout.bottom >= 3 { layout.header = 1 }
        if rows - layout.bottom >= 4 { layout.title = 1 }
        layout.list = rows - layout.bottom - layout.header - layout.title
        return layout
    }

    /// What the terminal is to show.
    var frame: WindowFrame {
        let layout = layout
        var rows: [Row] = []
        if layout.title > 0 { rows.append(row(titleLine, .reversed)) }
        let columns = LobbyColumns(for: listed, width: max(0, size.columns - 1))
        if layout.header > 0 {
            rows.append(row(listed.isEmpty ? "" : " " + columns.line(\.header), Style(attributes: .bold)))
        }
        for session in listed.dropFirst(top).prefix(layout.list) {
            let text = " " + columns.line { session.text(of: $0) }
            rows.append(row(text, session.name == selected ? .reversed : .plain))
        }
        let isBare = listed.isEmpty && layout.list > 0
        if isBare { for line in wrapped(emptySentence).prefix(layout.list) { rows.append(row(line, .plain)) } }
        while rows.count < size.rows - layout.bottom { rows.append(row("", .plain)) }
        for line in bottomLines.suffix(layout.bottom) { rows.append(row(line, .plain)) }
        var modes = TerminalModes()
        modes.cursorVisible = cursor != nil
        return WindowFrame(size: size, rows: rows, cursor: cursor, modes: modes, isAlternate: true)
    }

    /// Behind what is being typed.
    private var cursor: Position? {
        guard mode != .list, let line = bottomLines.last else { return nil }
        return Position(row: size.rows - 1, column: min(line.unicodeScalars.count, size.columns - 1))
    }

    // MARK: Lines

    private var titleLine: String {
        let left = " \(title) · \(viewer)"
        let right = countText + " "
        let gap = size.columns - left.unicodeScalars.count - right.unicodeScalars.count
        return gap > 0 ? left + String(repeating: " ", count: gap) + right : left
    }

    private var countText: String {
        let height = layout.list
        let all = filter.isEmpty ? "\(count)" : "\(listed.count) of \(count)"
        let words = isLooking ? "" : "\(all) session\(count == 1 ? "" : "s")"
        return listed.count > height ? "\(top + 1)-\(min(listed.count, top + height)), \(words)" : words
    }

    private var emptySentence: String {
        if isLooking { return "Looking…" }
        if !filter.isEmpty { return "No session matches '\(filter)'. Esc shows all." }
        return "There is no session that your key may see. 'n' starts one, where your role may."
    }

    private var bottomLines: [String] {
        let help = showsHelp ? flowed(Self.keysInWords) : []
        let notice = notice.map(wrapped) ?? []
        switch mode {
        case .list: return help + (notice.isEmpty ? [hint] : notice)
        case .filtering: return help + notice + [prompt("Filter: ", filter)]
        case .naming(let name): return help + notice + [prompt("Name of the new session: ", name)]
        }
    }

    /// The end of what is being typed is what one looks at.
    private func prompt(_ label: String, _ text: String) -> String {
        let room = max(1, size.columns - 1)
        let whole = " " + label + text
        guard whole.count > room else { return whole }
        return text.count + 1 > room ? String(text.suffix(room)) : " " + text
    }

    private var hint: String {
        let filtering = filter.isEmpty ? "/ filter" : "Esc clears '\(filter)'"
        var items = ["Enter attach", "n new", filtering, "? keys", "q leave"]
        for dispensable in ["? keys", "n new", filtering, "Enter attach"] {
            guard items.joined(separator: "  ").count >= size.columns else { break }
            items.removeAll { $0 == dispensable }
        }
        return " " + items.joined(separator: "  ")
    }

    private static let keysInWords = [
        "↑ ↓ j k  up, down", "PgUp PgDn  by pages", "Home End g G  first, last", "Enter  attach",
        "n  start a session", "/  filter by name or who steers", "Esc  clear", "?  hide this",
        "q Ctrl-C Ctrl-D  leave",
    ]

    private func flowed(_ items: [String]) -> [String] {
        var lines: [String] = []
        for item in items {
            if let last = lines.last, last.count + 3 + item.count <= size.columns {
                lines[lines.count - 1] = last + "   " + item
            } else {
                lines.append(" " + item)
            }
        }
        return lines
    }

    private func wrapped(_ sentence: String) -> [String] {
        var lines: [String] = []
        for word in sentence.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count < size.columns {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(" " + word)
            }
        }
        return lines
    }

    /// A row of the window's width. All that is shown takes one column: names are ASCII, sentences ours.
    private func row(_ text: String, _ style: Style) -> Row {
        var cells = text.unicodeScalars.prefix(size.columns).map { Cell(Self.isNarrow($0) ? $0 : "?", style: style) }
        cells += Array(repeating: Cell(" ", style: style), count: size.columns - cells.count)
        return Row(cells: cells)
    }

    private static func isNarrow(_ scalar: Unicode.Scalar) -> Bool {
        (0x20...0x7E).contains(scalar.value) || ["·", "…", "↑", "↓"].contains(scalar)
    }
}

extension Style {
    fileprivate static let reversed = Style(attributes: .reverse)
}
