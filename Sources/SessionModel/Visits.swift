/// Who had turns while a key was away: what one is told on coming back. Bounded, and forgotten with the process.
package struct Visits: Hashable, Sendable {
    private static let turnLimit = 1_000
    private static let keyLimit = 1_000

    private struct Departure: Hashable {
        var time: Moment
        var lastTurn: TurnNumber
    }

    private struct Turn: Hashable {
        var number: TurnNumber
        var name: String
    }

    private var departures: [Fingerprint: Departure] = [:]
    private var turns: [Turn] = []

    package init() {}

    /// A turn began; a turn that is resumed is no new one.
    package mutating func noteTurn(_ number: TurnNumber, of name: String) {
        guard turns.last.map({ $0.number < number }) ?? true else { return }
        if turns.count == Self.turnLimit { turns.removeFirst(Self.turnLimit / 2) }
        turns.append(Turn(number: number, name: name))
    }

    /// The last attachment of a key is gone.
    package mutating func noteDeparture(of key: Fingerprint, lastTurn: TurnNumber, at now: Moment) {
        if departures.count == Self.keyLimit, departures[key] == nil,
            let oldest = departures.min(by: { $0.value.time < $1.value.time })?.key
        {
            departures[oldest] = nil
        }
        departures[key] = Departure(time: now, lastTurn: lastTurn)
    }

    /// How long the key was away, and whose turns there were, the most first; `nil` where it was not here before.
    package func absence(
        of key: Fingerprint, until now: Moment
    ) -> (duration: Duration, turns: [(name: String, count: Int)])? {
        guard let departure = departures[key] else { return nil }
        var counts: [String: Int] = [:]
        for turn in turns where turn.number > departure.lastTurn { counts[turn.name, default: 0] += 1 }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return (now.sinceStart - departure.time.sinceStart, sorted.map { (name: $0.key, count: $0.value) })
    }
}
