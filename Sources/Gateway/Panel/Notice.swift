import HostClient
import SessionModel
import Wire

/// One line for one client, over the bottom of its screen, for a moment.
struct Notice: Hashable {
    /// Without what could steer a terminal, whoever wrote it.
    let text: String
    /// What follows the name of the panel's key, which follows the text.
    var afterKey: String?
    /// Whether it answers what the operator just did, and so does not wait for others.
    var isAnswer = false
    /// What waits for an answer of the operator's.
    var question: Question?
    /// Whom it tells nothing new: the operators that it is about.
    var about: Set<String> = []

    init(
        text: String, afterKey: String? = nil, isAnswer: Bool = false, about: Set<String> = [],
        question: Question? = nil
    ) {
        self.text = text.stripped
        self.afterKey = afterKey
        self.isAnswer = isAnswer
        self.about = about
        self.question = question
    }

    enum Question: Hashable {
        case request(by: String)
        case proposal(ProposalNumber)
    }

    /// The line as it is shown.
    func line(key: PanelKey) -> String { " [cmdop] \(text)" + (afterKey.map { " \(key)\($0)" } ?? "") }

    // MARK: Answers to what one did

    /// - Parameter isLead: whether the one who typed may take the turn from an operator.
    static func refused(
        _ refusal: Refusal, _ turn: TurnNotice, _ mode: TurnMode = .open, isLead: Bool = false
    ) -> Notice {
        let holder = turn.holder?.name ?? "somebody"
        switch refusal {
        case .onlyWatching:
            return Notice(text: "you only watch this session; what you type is not sent", isAnswer: true)
        case .turnHeld: return turnHeld(by: holder, mode, isLead: isLead)
        case .turnReserved:
            return Notice(
                text: "the turn is kept for \(holder), who lost the connection;",
                afterKey: isLead ? " t to take or ask" : " t to ask", isAnswer: true)
        case .mustAsk:
            return Notice(
                text: "only a lead gives the turn here; what you type is not sent:", afterKey: " t to ask",
                isAnswer: true)
        case .fromHistory:
            return Notice(
                text: "the shell would replace a part of that from its history; it is not sent", isAnswer: true)
        case .needsApproval:
            return Notice(
                text: "what you run here is approved first: use command.run, or propose it; this is not sent",
                isAnswer: true)
        case .budgetSpent:
            return Notice(text: "what you may use in an hour is spent; what you type is not sent", isAnswer: true)
        case .needsChaperone:
            return Notice(text: "nobody is here to watch over you; what you type is not sent", isAnswer: true)
        case .noLead:
            return Notice(
                text: "only a lead gives the turn here, and none is attached; what you type is not sent",
                isAnswer: true)
        }
    }

    private static func turnHeld(by holder: String, _ mode: TurnMode, isLead: Bool) -> Notice {
        if isLead {
            return Notice(
                text: "\(holder) steers; what you type is not sent:", afterKey: " t to take or ask", isAnswer: true)
        }
        let what =
            mode == .led
            ? "\(holder) steers, and only a lead gives the turn here; this is not sent:"
            : "\(holder) steers; what you type is not sent. Wait, or"
        return Notice(text: what, afterKey: " t to ask", isAnswer: true)
    }

    static let lineIsHidden = Notice(text: "the next line is not recorded", isAnswer: true)
    /// To who attached with `+observe`, and wants to steer.
    static let attachedToWatch = Notice(
        text: "you only watch this session; attach without +observe to steer", isAnswer: true)
    static let watchesNow = Notice(
        text: "you only watch now; what you type is not sent.", afterKey: " o to steer again", isAnswer: true)
    /// It waits for what is told of the turn that begins.
    static let steersNow = Notice(text: "you steer now")
    static let hostIsOld = Notice(
        text: "this session's host is of an earlier version and does not know that", isAnswer: true)
    static let steersAgain = Notice(text: "you may steer again", isAnswer: true)

    // MARK: What others did

    /// The turn went from one to another; `nil` for whom that does not concern, who sees it in the title.
    static func turn(from old: TurnNotice, to new: TurnNotice?, seenBy viewer: AttachmentID?) -> Notice? {
        guard let viewer, let holder = new?.holder, let before = old.holder, old.turn != new?.turn else { return nil }
        if before.attachment == viewer, holder.attachment != viewer {
            return Notice(text: "\(holder.name) took the turn from you")
        }
        guard holder.attachment == viewer, before.attachment != viewer else { return nil }
        return Notice(text: "you steer now")
    }

    static func message(_ text: String, from name: String) -> Notice {
        // The line begins with that name anyway.
        Notice(text: name == OperatorName.server ? text : "\(name): \(text)")
    }

    /// To who took the turn: the line that stands half-typed is another's.
    static func lineStands(of name: String) -> Notice {
        Notice(text: "the line that stands at the prompt is \(name)'s", isAnswer: true)
    }

    static let hostIsSilent = Notice(text: "the session does not respond; a lead can end it: 'end --force'")
    static let hostResponds = Notice(text: "the session responds again")

    /// - Parameter detail: why the record can not be written, as the host says it; or the bytes that it misses.
    static func journalGap(isOpen: Bool, _ detail: UInt64) -> Notice {
        guard isOpen else {
            let lost = detail == 0 ? "" : "; \(detail) bytes of output are missing from it"
            return Notice(text: "the record goes on\(lost)")
        }
        return Notice(text: "\(RecordGap.reason(detail)): what happens now is missing from the record")
    }
}
