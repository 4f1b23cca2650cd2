import ScreenModel
import SessionModel

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
        case take
        /// To only watch from now on, or to steer again.
        case onlyWatch
        case hideLine
        /// Answered by ``Panel/show(who:)``.
        case askWho
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
        case help(ScrolledText)
        case who(ScrolledText)
        case message(MessagePrompt)
    }

    let key: PanelKey
    /// The session's name, as pages show it.
    let session: String
    /// The client's window: how far pages scroll.
    var window = TerminalSize.standard
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
        switch page {
        case .none: break
        // What is pasted is no choice of a key.
        case .keys where reader.isPasting && !isPanelKey: break
        case .keys:
            page = .none
            if isPanelKey { acts.input(typed) } else if case .scalar(let letter) = pressed { choose(letter, &acts) }
        case .help(var text):
            if closes(pressed) { page = .none } else if text.scroll(pressed, in: window) { page = .help(text) }
        case .who(var text):
            if closes(pressed) { page = .none } else if text.scroll(pressed, in: window) { page = .who(text) }
        case .message(var prompt):
            switch isPanelKey ? .cancelled : prompt.press(pressed, isPasted: reader.isPasting) {
            case .editing: page = .message(prompt)
            case .cancelled: page = .none
            case .entered(let text):
                page = .none
                acts.act(.say(text))
            }
        }
    }

    private mutating func choose(_ letter: Unicode.Scalar, _ acts: inout Acts) {
        switch letter {
        case "?": page = .help(PanelText.help(key: key, session: session))
        case "w":
            page = .who(PanelText.whoIsAsked(session: session))
            acts.act(.askWho)
        case "t": acts.act(.take)
        case "x": acts.act(.release)
        case "m": page = .message(MessagePrompt())
        case "s": acts.act(.hideLine)
        case "o": acts.act(.onlyWatch)
        case "d": acts.act(.detach)
        default: break
        }
    }

    private func closes(_ pressed: TypedKey) -> Bool {
        if pressed == .control(key.byte) { return true }
        guard !reader.isPasting else { return false }
        switch pressed {
        case .escape, .scalar("q"), .control(0x0D), .control(0x0A): return true
        default: return false
        }
    }

    // MARK: What is shown

    /// The answer to ``Act/askWho``; of no use if the page was closed meanwhile.
    mutating func show(who people: [PanelPerson]) {
        guard case .who = page else { return }
        page = .who(PanelText.who(people, session: session))
    }

    mutating func show(_ notice: Notice, at now: Moment) { notices.show(notice, at: now) }

    /// Whether that changed what is drawn.
    mutating func passTime(to now: Moment) -> Bool { notices.passTime(to: now) }

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
