import SessionModel

/// The lobby on a terminal: the list of sessions, which of them is meant, and what is being typed.
///
/// Sessions and keys go in; acts and a frame come out.
struct LobbyScreen {
    enum Act: Hashable {
        case leave
        /// Attach to the session, started first if it does not run; what was typed behind the key is for it.
        case attach(SessionName, typedAhead: [UInt8])
    }

    enum Mode: Hashable {
        case list
        case filtering
        case naming(String)
    }

    /// A name's, and a filter's.
    static let longestText = 63

    let title: String
    let viewer: String
    var size: TerminalSize { didSet { keepInSight() } }
    private(set) var mode = Mode.list
    private(set) var filter = "" { didSet { settle() } }
    private(set) var notice: String?
    private(set) var showsHelp = false
    /// The first row of the list that is shown.
    private(set) var top = 0
    /// `nil` until something is known.
    private var all: [LobbySession]?
    /// What the filter leaves of it.
    private(set) var listed: [LobbySession] = []
    private(set) var selected: SessionName?
    /// Where the selected one stands, or stood when it was last seen.
    private var place = 0
    private var keys = LobbyKeyReader()

    init(title: String, viewer: String, size: TerminalSize) {
        self.title = title
        self.viewer = viewer
        self.size = size
    }

    // MARK: What there is

    var isLooking: Bool { all == nil }
    var count: Int { all?.count ?? 0 }

    /// What is selected stays so while it is there; when it goes, what took its place is.
    mutating func show(_ sessions: [LobbySession]) {
        all = sessions.sorted { $0.name < $1.name }
        settle()
        keepInSight()
    }

    private mutating func settle() {
        let all = all ?? []
        listed = filter.isEmpty ? all : all.filter { $0.matches(filter) }
        if let index = listed.firstIndex(where: { $0.name == selected }) {
            place = index
        } else {
            place = max(0, min(place, listed.count - 1))
            selected = listed.isEmpty ? nil : listed[place].name
        }
    }

    private mutating func move(to wanted: Int) {
        guard !listed.isEmpty else { return }
        place = max(0, min(wanted, listed.count - 1))
        selected = listed[place].name
    }

    /// Scrolls no more than it takes.
    private mutating func keepInSight() {
        let height = max(1, layout.list)
        let last = max(0, listed.count - height)
        top = min(max(top, place - height + 1, 0), place, last)
    }

    // MARK: Keys

    /// Whether more bytes, or none for a moment, decide what the last ones mean.
    var isHoldingKeys: Bool { keys.isHolding }

    /// Nothing came behind what is held: an Escape key, most likely.
    mutating func flushKeys() {
        if let key = keys.flush() { _ = press(key) { _ in nil } }
        keepInSight()
    }

    /// - Parameter role: the operator's in any session, whether it exists or not.
    mutating func receive(_ bytes: [UInt8], role: (SessionName) -> Role?) -> Act? {
        defer { keepInSight() }
        for (index, byte) in bytes.enumerated() {
            for key in keys.take(byte) {
                switch press(key, role: role) {
                case .attach(let session, _):
                    return .attach(session, typedAhead: Array(bytes[(index + 1)...]))
                case .leave: return .leave
                case nil: break
                }
            }
        }
        return nil
    }

    private mutating func press(_ key: LobbyKey, role: (SessionName) -> Role?) -> Act? {
        notice = nil
        switch (key, mode) {
        case (.leave, _): return .leave
        case (.up, _): move(to: place - 1)
        case (.down, _): move(to: place + 1)
        case (.pageUp, _): move(to: place - max(1, layout.list - 1))
        case (.pageDown, _): move(to: place + max(1, layout.list - 1))
        case (.first, _): move(to: 0)
        case (.last, _): move(to: .max)
        case (.enter, .naming(let name)): return start(name, role: role)
        case (.enter, _): return attach()
        case (.escape, .naming): mode = .list
        case (.escape, _): clear()
        case (.character(let character), .list): return command(character)
        case (_, .list): break
        case (_, .filtering): filter = edited(filter, by: key)
        case (_, .naming(let name)): mode = .naming(edited(name, by: key))
        }
        return nil
    }

    private mutating func command(_ character: Character) -> Act? {
        switch character {
        case "q": return .leave
        case "k": move(to: place - 1)
        case "j": move(to: place + 1)
        case "g": move(to: 0)
        case "G": move(to: .max)
        case "n": mode = .naming("")
        case "/": mode = .filtering
        case "?": showsHelp.toggle()
        default: break
        }
        return nil
    }

    private mutating func clear() {
        mode = .list
        filter = ""
        showsHelp = false
    }

    private mutating func edited(_ text: String, by key: LobbyKey) -> String {
        switch key {
        case .character(let character) where text.count < Self.longestText: return text + String(character)
        case .clear: return ""
        case .backspace:
            if text.isEmpty { mode = .list }
            return String(text.dropLast())
        default: return text
        }
    }

    // MARK: Acts

    private mutating func attach() -> Act? {
        guard let session = listed.first(where: { $0.name == selected }) else { return nil }
        notice = session.obstacle
        return notice == nil ? .attach(session.name, typedAhead: []) : nil
    }

    /// Decided by the role alone: whoever may not know of a session is not told whether it exists.
    private mutating func start(_ text: String, role: (SessionName) -> Role?) -> Act? {
        guard !text.isEmpty else {
            mode = .list
            return nil
        }
        guard let name = SessionName(text) else {
            notice = "a name is of a-z 0-9 . _ -, begins with a letter or digit, and is not 'cmdop'"
            return nil
        }
        guard let role = role(name) else {
            notice = "your key may not start a session of that name"
            return nil
        }
        let isRunning = all?.contains { $0.name == name && $0.status == .live } ?? false
        guard isRunning || role.may(.create) else {
            notice = "your role in \(name) is \(role.name), which does not start sessions"
            return nil
        }
        return .attach(name, typedAhead: [])
    }
}
