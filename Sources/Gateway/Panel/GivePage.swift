import SessionModel
import Wire

/// A page on which a digit gives the turn to somebody: to who waits for it, or to another who may steer.
///
/// Whoever has a number keeps it while the page is open: a digit never means another than the one who was shown by it.
struct GivePage: Hashable {
    enum Outcome: Hashable {
        case choosing
        case closed
        case given(AttachmentID, atPrompt: Bool)
    }

    private struct Candidate: Hashable {
        let id: AttachmentID
        let name: String
        let does: String
        var isThere = true
    }

    private let session: String
    private var candidates: [Candidate] = []
    private var isAtPrompt = false
    /// Whether it is known who is here.
    private var isAnswered = false
    /// Who has the turn, where that is another.
    private var holder: String?
    private(set) var text = ScrolledText(title: "", keys: "", lines: [])

    init(session: String) {
        self.session = session
        write()
    }

    /// - Parameters:
    ///   - waiting: who waits, in order, with the time that each has waited by now.
    ///   - people: who is here; `nil` while that is not known.
    ///   - own: the attachment that gives.
    mutating func update(waiting: [TurnQueue.Waiting], people: [PanelPerson]?, own: AttachmentID?) {
        isAnswered = people != nil
        holder = people?.first { $0.isHolder && $0.id != own }?.name
        var found = waiting.map {
            let name = $0.who.name.stripped + ($0.who.kind == .agent ? " (agent)" : "")
            let what = $0.isForPrompt ? "waits for the prompt, \($0.waitedFor.brief)" : "waits, \($0.waitedFor.brief)"
            return Candidate(id: $0.who.attachment, name: name, does: what)
        }
        for person in people ?? [] where person.maySteer && !person.isHolder {
            guard !found.contains(where: { $0.id == person.id }) else { continue }
            found.append(Candidate(id: person.id, name: person.name, does: person.role.name))
        }
        found.removeAll { $0.id == own }
        for index in candidates.indices {
            if let same = found.firstIndex(where: { $0.id == candidates[index].id }) {
                candidates[index] = found.remove(at: same)
            } else {
                candidates[index].isThere = false
            }
        }
        candidates += found
        write()
    }

    mutating func press(_ pressed: TypedKey, isPasted: Bool, in window: TerminalSize) -> Outcome {
        guard !isPasted else { return .choosing }
        switch pressed {
        case .escape, .scalar("q"), .control(0x0D), .control(0x0A): return .closed
        case .scalar("p"):
            isAtPrompt.toggle()
            write()
        case .scalar("1"..."9"):
            guard case .scalar(let digit) = pressed else { break }
            let index = Int(digit.value) - 0x31
            guard candidates.indices.contains(index), candidates[index].isThere else { break }
            return .given(candidates[index].id, atPrompt: isAtPrompt)
        default: _ = text.scroll(pressed, in: window)
        }
        return .choosing
    }

    private mutating func write() {
        text.title = "give the turn\(isAtPrompt ? " at the prompt" : "")\(PanelText.of(session))"
        text.keys = "a digit gives, p: \(isAtPrompt ? "at once" : "at the prompt"), Esc closes"
        let names = candidates.map(\.name)
        let width = names.map { TextRow.columns(of: $0) }.max() ?? 0
        text.lines = candidates.enumerated().map { index, candidate in
            let number = index < 9 ? " \(index + 1)  " : "    "
            let does = candidate.isThere ? candidate.does : "no longer waits"
            return PanelLine(columns: [number + candidate.name, does], widths: [width + 4, TextRow.columns(of: does)])
        }
        if !isAnswered {
            text.lines.append(PanelLine(columns: [" ..."]))
        } else if candidates.isEmpty {
            let but = holder.map { " but \($0), who does" } ?? ""
            text.lines = [PanelLine(columns: [" nobody else is here who may steer\(but)"])]
        }
    }
}
