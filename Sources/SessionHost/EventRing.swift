import SessionModel
import Wire

/// The newest events, for those who follow them; the journal has all.
struct EventRing {
    private static let limit = 2_000

    private var entries: [JournalEntry] = []

    mutating func append(_ entry: JournalEntry) {
        if entries.count == Self.limit { entries.removeFirst(Self.limit / 10) }
        entries.append(entry)
    }

    /// The number of the oldest that is kept.
    var oldest: EventNumber { entries.first?.number ?? EventNumber(rawValue: 1) }

    /// Events from a number on, oldest first.
    func entries(from number: EventNumber, limit: Int) -> [JournalEntry] {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return Array(entries[low...].prefix(limit))
    }
}

extension JournalRecord {
    /// Whether it is an event for those who follow: what is typed and printed is not.
    var isEvent: Bool {
        switch self {
        case .output, .input, .inputCut: false
        default: true
        }
    }
}
