import ScreenModel
import SessionModel
import Wire

/// What is drawn over the screen: whole rows from the bottom up, a notice below whatever takes the keys.
extension Panel {
    private static let label = " [cmdop] "

    func over(_ frame: WindowFrame) -> WindowFrame {
        var frame = frame
        let width = frame.size.columns
        var bottom = min(frame.rows.count, frame.size.rows)
        guard bottom > 0, width > 0 else { return frame }
        if let notice = notices.shown, page == .none || bottom > 1 {
            bottom = page == .none ? bottom - 1 : rowsBesideNotice(of: bottom)
            frame.rows[bottom] = TextRow.row(notice.line(key: key) + " ", width: width, style: Self.reverse)
        }
        let rows = rows(width: width, limit: bottom)
        for (index, row) in rows.enumerated() { frame.rows[bottom - rows.count + index] = row }
        switch page {
        case .none: break
        case .message(let prompt):
            let column = Self.promptColumn(prompt, width: width)
            frame.cursor = Position(row: bottom - 1, column: column)
            frame.modes.cursorVisible = true
            // A pasted line feed then comes as a part of the text.
            frame.modes.bracketedPaste = true
        case .keys, .text, .who, .commands, .give, .proposal: frame.cursor = nil
        }
        return frame
    }

    private static let reverse = Style(attributes: .reverse)
    private static let bold = Style(attributes: .bold)

    private func rows(width: Int, limit: Int) -> [Row] {
        switch page {
        case .none: return []
        case .keys:
            let choices = PanelText.choices(
                key: key, isAsked: !queue.waiting.isEmpty, isProposed: !proposals.open.isEmpty)
            return Self.keyRows(choices, width: width, limit: limit)
        case .text(let text), .who(let text), .commands(let text): return Self.rows(text, width: width, limit: limit)
        case .give(let give): return Self.rows(give.text, width: width, limit: limit)
        case .proposal(let shown): return Self.rows(shown.text(rows: limit), width: width, limit: limit)
        case .message(let prompt):
            let (label, tail) = Self.promptParts(prompt, width: width)
            return [TextRow.row(label + tail, width: width, style: Self.reverse)]
        }
    }

    // MARK: The keys

    /// In as few rows as they take; where that is too many, the keys alone.
    private static func keyRows(_ choices: [String], width: Int, limit: Int) -> [Row] {
        var lines = [label]
        for choice in choices {
            let last = lines.count - 1
            let isFirst = lines[last] == label || lines[last] == " "
            let longer = lines[last] + (isFirst ? "" : "  ") + choice
            if TextRow.columns(of: longer) < width {
                lines[last] = longer
            } else {
                lines.append(" " + choice)
            }
        }
        if lines.count > min(limit, 4) {
            lines = [choices.compactMap { $0.split(separator: " ").first.map(String.init) }.joined(separator: " ")]
        }
        return lines.map { TextRow.row($0, width: width, style: reverse) }
    }

    // MARK: Pages

    private static func rows(_ text: ScrolledText, width: Int, limit: Int) -> [Row] {
        guard limit > text.headings else {
            return text.lines(fitting: limit).map { TextRow.row($0.text(width: width), width: width) }
        }
        let lines = text.lines(fitting: limit - text.headings)
        let words = lines.count == text.lines.count ? "Esc closes " : "space: more, Esc closes "
        let title = label + text.title
        let headings = text.keys.map { [title, " " + $0] } ?? [heading(title, words, width: width)]
        return headings.map { TextRow.row($0, width: width, style: reverse) }
            + lines.map { TextRow.row($0.text(width: width), width: width, style: $0.isHeading ? bold : .plain) }
    }

    /// A title on the left and, where there is room, words on the right.
    private static func heading(_ title: String, _ words: String, width: Int) -> String {
        let room = width - TextRow.columns(of: title) - TextRow.columns(of: words)
        return room > 1 ? title + String(repeating: " ", count: room) + words : title
    }

    // MARK: The message

    /// The label and what is seen of the text, with a column left for the cursor.
    private static func promptParts(_ prompt: MessagePrompt, width: Int) -> (label: String, tail: String) {
        let label = width >= 40 ? "\(label)say to all: " : width >= 8 ? " say: " : ""
        return (label, prompt.tail(columns: max(0, width - label.count - 1)))
    }

    private static func promptColumn(_ prompt: MessagePrompt, width: Int) -> Int {
        let (label, tail) = promptParts(prompt, width: width)
        return max(0, min(width - 1, label.count + TextRow.columns(of: tail)))
    }
}
