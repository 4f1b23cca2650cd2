import SessionModel
import Wire

/// A page with a command that an agent wants to run. What is approved on it is what stands there, to its end; what was
/// approved and is not typed yet can be taken back on it.
///
/// It never shows another command by itself: what is decided elsewhere stays, and says so.
struct ProposalPage: Hashable {
    enum Outcome: Hashable {
        case reading
        case closed
        case decided(isApproved: Bool)
    }

    /// In less, a command can not be read.
    private static let least = (columns: 20, rows: 4)

    private(set) var proposal: ProposalNotice
    private var text: ScrolledText
    private var isFitting: Bool
    /// What became of it, where it can be decided no more.
    private var fate: String?
    /// Who approved it, where somebody has and it waits for the prompt or the turn.
    private var approver: String?
    /// Others that wait, for an answer or to be typed.
    private var others = 0
    private var wasEndShown = false

    /// The first that waits for an answer, or else to be typed; `nil` where there is none.
    init?(of proposals: [ProposalNotice], in window: TerminalSize) {
        guard let first = proposals.open.first ?? proposals.inOrder.first else { return nil }
        self.init(first, of: proposals, in: window)
    }

    private init(_ proposal: ProposalNotice, of proposals: [ProposalNotice], in window: TerminalSize) {
        self.proposal = proposal
        text = ScrolledText(title: "", keys: "", lines: [])
        isFitting = true
        layOut(in: window)
        update(proposals)
    }

    mutating func layOut(in window: TerminalSize) {
        isFitting = window.columns >= Self.least.columns && window.rows >= Self.least.rows
        let command = ShownCommand(proposal.command, width: window.columns)
        let count = command.escaped
        let note = count == 1 ? "1 character is no plain text, and stands" : "\(count) are no plain text, and stand"
        let notes = count == 0 ? [] : [PanelLine(columns: [" \(note) as \\x.. or \\u{..}"], isHeading: true)]
        text.lines = notes + command.lines
    }

    /// What waits by now. What once could not be decided any more, never can.
    mutating func update(_ proposals: [ProposalNotice]) {
        others = proposals.count { $0.number != proposal.number }
        guard fate == nil else { return }
        guard let now = proposals.first(where: { $0.number == proposal.number }) else {
            return fate = "decided, withdrawn or too old"
        }
        guard now.command == proposal.command, now.name == proposal.name else { return fate = "it was changed" }
        approver = now.approver
    }

    // MARK: Keys

    mutating func press(
        _ pressed: TypedKey, isPasted: Bool, of proposals: [ProposalNotice], in window: TerminalSize
    ) -> Outcome {
        guard !isPasted else { return .reading }
        switch pressed {
        case .escape, .scalar("q"): return .closed
        case .scalar("y"):
            return wasEndShown && isFitting && fate == nil && approver == nil ? .decided(isApproved: true) : .reading
        case .scalar("n"): return fate == nil ? .decided(isApproved: false) : .reading
        case .control(0x09):
            let all = proposals.inOrder
            let next = all.first { $0.number > proposal.number } ?? all.first
            if let next, others > 0 { self = ProposalPage(next, of: proposals, in: window) }
        default: _ = text.scroll(pressed, in: window)
        }
        return .reading
    }

    // MARK: What is shown

    /// The client was sent the page as it was then, with room for so many rows.
    mutating func noteDrawn(_ drawn: ProposalPage, rows: Int) {
        guard drawn.proposal == proposal, drawn.isFitting, drawn.text.showsEnd(fitting: rows - text.headings) else {
            return
        }
        wasEndShown = true
    }

    /// The page where there is room for so many rows.
    func text(rows: Int) -> ScrolledText {
        var text = text
        let others = others == 0 ? "" : others == 1 ? " (1 other waits)" : " (\(others) others wait)"
        text.title = "\(proposal.name.stripped) wants to run command \(proposal.number)\(others)"
        let isAtEnd = wasEndShown || text.showsEnd(fitting: rows - text.headings)
        text.keys = keys(isAtEnd: isAtEnd)
        return text
    }

    private func keys(isAtEnd: Bool) -> String {
        let rest = (others == 0 ? "" : "Tab: next, ") + "Esc closes"
        if let fate { return "it is gone: \(fate). \(rest)" }
        if let approver { return "\(approver.stripped) approved it, and it waits; n takes it back, \(rest)" }
        guard isFitting else { return "larger window to approve; n refuses, \(rest)" }
        return (isAtEnd ? "y approves" : "space: on to its end, then y approves") + ", n refuses, \(rest)"
    }
}

extension [ProposalNotice] {
    /// Those that wait for an answer, the oldest first.
    var open: [ProposalNotice] { inOrder.filter { $0.approver == nil } }
    /// All, the oldest first.
    var inOrder: [ProposalNotice] { sorted { $0.number < $1.number } }
}
