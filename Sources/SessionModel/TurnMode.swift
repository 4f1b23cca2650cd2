/// How a session's turns are given. The raw value is on the wire and in journals; `TurnArbiter.md` has the rules.
package enum TurnMode: UInt8, Hashable, Sendable, CaseIterable {
    /// Typing while nobody holds the turn takes it; an idle holder gives it up.
    case open = 1
    /// A holder keeps the turn until asked; silence gives it to who asks.
    case ask = 2
    /// A lead gives it; while no lead is attached, nobody steers.
    case led = 3

    package init?(name: String) {
        guard let mode = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = mode
    }

    package var name: String {
        switch self {
        case .open: "open"
        case .ask: "ask"
        case .led: "led"
        }
    }
}
