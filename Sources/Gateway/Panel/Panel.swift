import ScreenModel
import SessionModel
import Wire

/// The operator panel of one attachment: what keys mean, and what is drawn over the screen.
///
/// A value that does no I/O. While something of it takes keys, nothing that is typed reaches the session.
struct Panel {
    /// What became of typed bytes, in order.
    enum Act: Hashable {
        /// Bytes that are the session's.
        case input([UInt8])
        case detach
        case release
        /// To have the turn: by taking it where one may, else by asking.
        case ask
        /// The same, once the prompt stands.
        case askAtPrompt
        case act(TurnAct)
        /// What becomes of a proposal, whose command was on the screen.
        case decide(ProposalNumber, command: String, isApproved: Bool)
        /// To only watch from now on, or to steer again.
        case onlyWatch
        case hideLine
        /// Answered by ``Panel/show(who:beside:)``.
        case askWho
        /// Answered by ``Panel/show(commands:)``.
        case askCommands
        /// A line for everybody attached.
        case say(String)
        /// What is drawn changed.
        case redraw
    }

    /// What takes the keys.
    enum Page: Hashable {
        /// Nothing of the panel: the session.
        case none
        /// The list of keys, of which the next acts.
        case keys
        /// Words to be read.
        case text(ScrolledText)
        case who(ScrolledText)
        /// What was run at the prompt.
        case commands(ScrolledText)
        case message(MessagePrompt)
        case give(GivePage)
        case proposal(ProposalPage)
    }

    let key: PanelKey
    /// The session's name, as pages show it.
    let session: String
    /// The client's window: how far pages scroll.
    var window = TerminalSize.standard { didSet { if window != oldValue { windowChanged() } } }
    /// The attachment that this panel is of.
    var own: AttachmentID?
    /// Now, as far as the panel was told.
    var time = Moment.start
    /// Whoever sets this, or what follows, draws anew: a page that is open may show it.
    var queue = TurnQueue() { didSet { queueChanged() } }
    /// Whether it is this attachment's turn.
    var holdsTurn = false { didSet { if holdsTurn != oldValue { dropAnsweredRequests() } } }
    /// All that is proposed, in any order.
    var proposals: [ProposalNotice] = [] { didSet { proposalsChanged() } }
    /// Who was here when that was asked last.
    private(set) var people: [PanelPerson] = []
    private var beside: [OpenedDescription] = []
    /// When ``queue`` was set.
    private var queueTime = Moment.start
    private(set) var page = Page.none
    private(set) var notices = NoticeQueue()
    private var finder: PanelKeyFinder
    private var reader = KeyReader()
    /// What was read of a key that is not complete.
    private var begun: [UInt8] = []

    init(key: PanelKey, session: String = "") {
        self.key = key
        self.session = session.stripped
        finder = PanelKeyFinder(key)
    }

    /// Whether anything is drawn over the screen.
    var isOpen: Bool { page != .none || notices.shown != nil }

    // MARK: What is typed

    mutating func receive(_ bytes: [UInt8]) -> [Act] {
        guard !bytes.isEmpty else { return [] }
        if page == .none, finder.passes(bytes) { return [.input(bytes)] }
        let before = page
        var acts = Acts()
        finder.beginChunk(bytes)
        for byte in bytes { read(byte, &acts) }
        if page == .none {
            acts.input(finder.endOfChunk())
        } else if let pressed = reader.endOfChunk() {
            press(pressed, &acts)
        }
        return acts.all + (page == before ? [] : [.redraw])
    }

    /// Bytes of one key; what is longer is none.
    private static let keyLimit = 64

    private mutating func read(_ byte: UInt8, _ acts: inout Acts) {
        if page == .none {
            switch finder.read(byte) {
            case .nothing: break
            case .input(let bytes): acts.input(bytes)
            case .key(let after):
                acts.input(after)
                reader = KeyReader()
                begun = []
                page = .keys
            }
        } else {
            if begun.count == Self.keyLimit { begun = [] }
            begun.append(byte)
            guard let pressed = reader.read(byte) else { return }
            press(pressed, &acts)
        }
    }

    private mutating func press(_ pressed: TypedKey, _ acts: inout Acts) {
        let typed = begun
        begun = []
        guard pressed != .report else { return }
        let isPanelKey = pressed == .control(key.byte)
        if isPanelKey, page != .keys { return page = .keys }
        switch page {
        case .none: break
        // What is pasted is no choice of a key.
        case .keys where reader.isPasting && !isPanelKey: break
        case .keys:
            page = .none
            if isPanelKey { acts.input(typed) } else if case .scalar(let letter) = pressed { choose(letter, &acts) }
        case .text(var text):
            if closes(pressed) { page = .none } else if text.scroll(pressed, in: window) { page = .text(text) }
        case .who(var text):
            if closes(pressed) { page = .none } else if text.scroll(pressed, in: window) { page = .who(text) }
        case .commands(var text):
            if closes(pressed) { page = .none } else if text.scroll(pressed, in: window) { page = .commands(text) }
        case .message(var prompt):
            switch prompt.press(pressed, isPasted: reader.isPasting) {
            case .editing: page = .message(prompt)
            case .cancelled: page = .none
            case .entered(let text):
                page = .none
                acts.act(.say(text))
            }
        case .give(let give): press(pressed, on: give, &acts)
        case .proposal(let proposal): press(pressed, on: proposal, &acts)
        }
    }

    private mutating func choose(_ letter: Unicode.Scalar, _ acts: inout Acts) {
        switch letter {
        case "?": page = .text(PanelText.help(key: key, session: session))
        case "w":
            page = .who(PanelText.whoIsAsked(session: session))
            acts.act(.askWho)
        case "h":
            page = .commands(PanelText.commandsAreAsked(session: session))
            acts.act(.askCommands)
        case "t": acts.act(.ask)
        case "T": acts.act(.askAtPrompt)
        case "g": give(&acts)
        case "a": approve()
        case "n": refuse(&acts)
        case "x": acts.act(.release)
        case "m": page = .message(MessagePrompt())
        case "s": acts.act(.hideLine)
        case "o": acts.act(.onlyWatch)
        case "d": acts.act(.detach)
        default: break
        }
    }

    // MARK: Turns and proposals

    /// Who waits besides oneself, with the time that each has waited by now.
    private var waiting: [TurnQueue.Waiting] {
        queue.waiting.filter { $0.who.attachment != own }.map {
            var waiting = $0
            waiting.waitedFor += max(.zero, time.sinceStart - queueTime.sinceStart)
            return waiting
        }
    }

    private mutating func give(_ acts: inout Acts) {
        let waiting = waiting
        if waiting.count == 1 { return acts.act(.act(.grant(waiting[0].who.attachment, atPrompt: false))) }
        var give = GivePage(session: session)
        people = []
        give.update(waiting: waiting, people: nil, own: own)
        page = .give(give)
        acts.act(.askWho)
    }

    private mutating func approve() {
        page = ProposalPage(of: proposals, in: window).map { .proposal($0) } ?? .text(PanelText.nothingProposed)
    }

    /// Of a request and a proposal that both wait, what was shown last.
    private mutating func refuse(_ acts: inout Acts) {
        if case .proposal? = notices.question, !proposals.open.isEmpty {
            approve()
        } else if let first = waiting.first {
            acts.act(.act(.refuse(first.who.attachment)))
        } else if !proposals.isEmpty {
            approve()
        } else {
            page = .text(PanelText.nothingToRefuse)
        }
    }

    private mutating func press(_ pressed: TypedKey, on give: GivePage, _ acts: inout Acts) {
        var give = give
        switch give.press(pressed, isPasted: reader.isPasting, in: window) {
        case .choosing: page = .give(give)
        case .closed: page = .none
        case .given(let id, let atPrompt):
            page = .none
            acts.act(.act(.grant(id, atPrompt: atPrompt)))
        }
    }

    private mutating func press(_ pressed: TypedKey, on shown: ProposalPage, _ acts: inout Acts) {
        var shown = shown
        switch shown.press(pressed, isPasted: reader.isPasting, of: proposals, in: window) {
        case .reading: page = .proposal(shown)
        case .closed: page = .none
        case .decided(let isApproved):
            page = .none
            let proposal = shown.proposal
            acts.act(.decide(proposal.number, command: proposal.command, isApproved: isApproved))
        }
    }

    /// What was answered, here or elsewhere, is asked no more, nor is it of who does not hold the turn any more.
    private mutating func dropAnsweredRequests() {
        notices.drop(at: time) { question in
            guard case .request(let name) = question else { return false }
            return !queue.waiting.contains { $0.who.name == name } || (queue.mode != .led && !holdsTurn)
        }
    }

    private mutating func queueChanged() {
        queueTime = time
        dropAnsweredRequests()
        switch page {
        case .give(var give):
            give.update(waiting: waiting, people: people.isEmpty ? nil : people, own: own)
            page = .give(give)
        case .who(var text) where !people.isEmpty:
            text.replace(with: PanelText.who(people, beside: beside, queue: queue, session: session))
            page = .who(text)
        case .none, .keys, .text, .who, .commands, .message, .proposal: break
        }
    }

    private mutating func proposalsChanged() {
        notices.drop(at: time) { question in
            guard case .proposal(let number) = question else { return false }
            return !proposals.open.contains { $0.number == number }
        }
        guard case .proposal(var shown) = page else { return }
        shown.update(proposals)
        page = .proposal(shown)
    }

    private mutating func windowChanged() {
        guard case .proposal(var shown) = page else { return }
        shown.layOut(in: window)
        page = .proposal(shown)
    }

    /// The client was sent what the panel was then, drawn in a window of that size: only what was on its screen to the
    /// end can be approved there.
    mutating func noteDrawn(_ drawn: Panel, in size: TerminalSize) {
        guard size == drawn.window, case .proposal(let old) = drawn.page, case .proposal(var shown) = page else {
            return
        }
        shown.noteDrawn(old, rows: drawn.rowsBesideNotice(of: size.rows))
        page = .proposal(shown)
    }

    /// Rows that are left to a page where so many are drawn on.
    func rowsBesideNotice(of rows: Int) -> Int { notices.shown == nil || rows < 2 ? rows : rows - 1 }

    private func closes(_ pressed: TypedKey) -> Bool {
        guard !reader.isPasting else { return false }
        switch pressed {
        case .escape, .scalar("q"), .control(0x0D), .control(0x0A): return true
        default: return false
        }
    }

    // MARK: What is shown

    /// The answer to ``Act/askWho``; of no use if the page was closed meanwhile.
    mutating func show(who people: [PanelPerson], beside: [OpenedDescription] = []) {
        self.people = people
        self.beside = beside
        switch page {
        case .who: page = .who(PanelText.who(people, beside: beside, queue: queue, session: session))
        case .give(var give):
            give.update(waiting: waiting, people: people, own: own)
            page = .give(give)
        case .none, .keys, .text, .commands, .message, .proposal: break
        }
    }

    /// The answer to ``Act/askCommands``, oldest first; of no use if the page was closed meanwhile.
    mutating func show(commands: [CommandRecord]) {
        guard case .commands = page else { return }
        page = .commands(PanelText.commands(commands, session: session))
    }

    mutating func show(_ notice: Notice, at now: Moment) {
        time = now
        notices.show(notice, at: now)
    }

    /// Whether that changed what is drawn.
    mutating func passTime(to now: Moment) -> Bool {
        time = now
        return notices.passTime(to: now)
    }

    /// When ``passTime(to:)`` is due.
    var deadline: Moment? { notices.deadline }
}

/// Acts in their order, with neighbouring input as one.
private struct Acts {
    private var list: [Panel.Act] = []
    private var typed: [UInt8] = []

    var all: [Panel.Act] { typed.isEmpty ? list : list + [.input(typed)] }

    mutating func act(_ act: Panel.Act) {
        list = all + [act]
        typed = []
    }

    mutating func input(_ bytes: [UInt8]) { typed += bytes }
}
