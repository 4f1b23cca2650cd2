/// What the lobby says of each session, from left to right.
enum LobbyColumn: CaseIterable, Hashable {
    case session, state, steers, watch, active, up, last, role

    var header: String {
        switch self {
        case .session: "SESSION"
        case .state: "STATE"
        case .steers: "STEERS"
        case .watch: "WATCH"
        case .active: "ACTIVE"
        case .up: "UP"
        case .last: "LAST"
        case .role: "YOUR ROLE"
        }
    }

    /// In the order in which columns are left out where there is no room.
    static let dispensable: [LobbyColumn] = [.up, .role, .last, .active, .watch, .steers, .state]

    /// No wider than this, as long as others want the room.
    var widest: Int {
        switch self {
        case .session: 24
        case .state: 8
        case .steers: 12
        default: .max
        }
    }
}

/// The columns that fit into a window, and their widths.
struct LobbyColumns {
    /// Spaces between two columns.
    private let gap: Int
    private(set) var shown: [(column: LobbyColumn, width: Int)] = []

    init(for sessions: [LobbySession], width: Int) {
        let gap = width < 60 ? 1 : 2
        self.gap = gap
        var natural: [LobbyColumn: Int] = [:]
        for column in LobbyColumn.allCases {
            let texts = sessions.map { $0.text(of: column).unicodeScalars.count }
            natural[column] = max(column.header.count, texts.max() ?? 0)
        }
        var columns = LobbyColumn.allCases
        func needed(_ column: LobbyColumn) -> Int { min(natural[column] ?? 0, column.widest) }
        func total() -> Int { columns.reduce(-gap) { $0 + needed($1) + gap } }
        for column in LobbyColumn.dispensable where total() > width { columns.removeAll { $0 == column } }
        // What is left goes to who was cut short, the name first.
        var spare = max(0, width - total())
        shown = columns.map { column in
            let more = min(spare, (natural[column] ?? 0) - needed(column))
            spare -= more
            return (column, min(width, needed(column) + more))
        }
    }

    func line(_ text: (LobbyColumn) -> String) -> String {
        shown.map { column, width in
            let text = text(column)
            let missing = width - text.unicodeScalars.count
            guard missing < 0 else { return text + String(repeating: " ", count: missing) }
            return String(String.UnicodeScalarView(text.unicodeScalars.prefix(max(0, width - 1)))) + "…"
        }.joined(separator: String(repeating: " ", count: gap))
    }
}
