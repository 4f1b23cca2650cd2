/// A line that is being written for everybody attached.
struct MessagePrompt: Hashable {
    enum Outcome: Hashable {
        case editing
        case cancelled
        case entered(String)
    }

    /// Characters of a message.
    static let limit = 200

    private(set) var text = ""

    /// - Parameter isPasted: whether the key is text from a clipboard, which sends nothing by itself.
    mutating func press(_ pressed: TypedKey, isPasted: Bool) -> Outcome {
        switch pressed {
        case .scalar(let scalar): insert(scalar)
        case .control(0x0D), .control(0x0A):
            guard isPasted else { return entered }
            insert(" ")
        case .control(0x09) where isPasted: insert(" ")
        case .control(0x03), .escape:
            guard isPasted else { return .cancelled }
        case .control(0x7F), .control(0x08): if !text.isEmpty { text.removeLast() }
        case .control(0x15): text = ""
        case .control(0x17): eraseWord()
        default: break
        }
        return .editing
    }

    private var entered: Outcome {
        let line = text.drop { $0 == " " }
        return line.isEmpty ? .cancelled : .entered(String(line))
    }

    private mutating func insert(_ scalar: Unicode.Scalar) {
        var longer = text
        longer.unicodeScalars.append(scalar)
        // Judged as a whole: how many marks a letter may have depends on those before.
        longer = longer.stripped
        guard longer.unicodeScalars.count <= Self.limit else { return }
        text = longer
    }

    private mutating func eraseWord() {
        while text.last == " " { text.removeLast() }
        while let last = text.last, last != " " { text.removeLast() }
    }

    /// As much of the line's end as fits.
    func tail(columns: Int) -> String {
        var rest = text.unicodeScalars[...]
        var width = TextRow.columns(of: text)
        while width > columns, let first = rest.popFirst() { width -= TextRow.columns(of: first) }
        return String(rest)
    }
}
