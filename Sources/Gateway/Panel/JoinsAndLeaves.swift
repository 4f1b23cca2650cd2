import SessionModel
import Wire

/// Who came and went, told together: at most one notice a second, and none where many come and go.
///
/// None either while much is printed: a notice takes its reader out of the stream, and the title tells as well.
struct JoinsAndLeaves {
    private static let interval = Duration.seconds(1)
    /// More than so many attached, and nobody is told who comes.
    private static let crowd = 10
    /// A name that comes or goes so often in ``restlessTime`` is told no more.
    private static let restlessCount = 3
    private static let restlessTime = Duration.seconds(10)
    private static let memory = 256

    /// Bytes printed in two seconds past which nothing is told.
    private static let muchOutput = 8 * 1_024

    private struct Event: Hashable {
        let name: String
        let time: Moment
    }

    private var joined: [String] = []
    private var left: [String] = []
    private var recent: [Event] = []
    private var lastTold: Moment?
    /// Bytes printed since a moment at most a second ago, and in the second before that.
    private var output = (since: Moment.start, count: 0, before: 0)
    /// When ``take(at:)`` is due; set by every coming and going, told or not.
    private(set) var deadline: Moment?

    mutating func note(_ presence: Presence, at now: Moment) {
        deadline = deadline ?? lastTold.map { max(now, $0.advanced(by: Self.interval)) } ?? now
        let name = presence.name
        recent.removeAll { $0.time.advanced(by: Self.restlessTime) <= now }
        if recent.count == Self.memory { recent.removeFirst() }
        recent.append(Event(name: name, time: now))
        guard presence.attached <= Self.crowd else {
            (joined, left) = ([], [])
            return
        }
        guard recent.count(where: { $0.name == name }) < Self.restlessCount else {
            joined.removeAll { $0 == name }
            left.removeAll { $0 == name }
            return
        }
        switch presence.change {
        case .joined: if !Self.remove(name, from: &left) { joined.append(name) }
        case .left: if !Self.remove(name, from: &joined) { left.append(name) }
        }
    }

    mutating func noteOutput(_ count: Int, at now: Moment) {
        passOutput(to: now)
        output.count += count
    }

    private mutating func passOutput(to now: Moment) {
        let second = output.since.advanced(by: .seconds(1))
        guard second <= now else { return }
        output = (since: now, count: 0, before: second.advanced(by: .seconds(1)) <= now ? 0 : output.count)
    }

    /// What there is to be told by now, if anything.
    mutating func take(at now: Moment) -> Notice? {
        deadline = nil
        lastTold = now
        let (joined, left) = (joined, left)
        (self.joined, self.left) = ([], [])
        let parts =
            joined.count + left.count > 2
            ? [(joined.count, "joined"), (left.count, "left")].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
            : joined.map { "\($0) joined" } + left.map { "\($0) left" }
        passOutput(to: now)
        guard !parts.isEmpty, output.count + output.before <= Self.muchOutput else { return nil }
        return Notice(text: parts.joined(separator: ", "), about: Set(joined + left))
    }

    /// Who comes back at once was not away.
    private static func remove(_ name: String, from names: inout [String]) -> Bool {
        guard let index = names.firstIndex(of: name) else { return false }
        names.remove(at: index)
        return true
    }
}
