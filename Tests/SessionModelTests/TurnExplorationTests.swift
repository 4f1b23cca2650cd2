import Foundation
import SessionModel
import Testing

@Suite("Every sequence of events")
struct TurnExplorationTests {
    private static let operator1 = TurnExploration.Member(role: .operator, kind: .person)
    private static let lead = TurnExploration.Member(role: .lead, kind: .person)
    private static let agent = TurnExploration.Member(role: .agent, kind: .agent)
    private static let chaperoned = TurnExploration.Member(role: .agent, kind: .agent, isChaperoned: true)

    @Test(
        "by an operator, a lead and an agent keeps the properties of turns", arguments: TurnMode.allCases,
        [false, true])
    func ranks(mode: TurnMode, isChaperoned: Bool) {
        let cast = [Self.operator1, Self.lead, isChaperoned ? Self.chaperoned : Self.agent]
        explore(TurnExploration(cast, mode: mode), depth: 6, "\(mode.name), chaperoned: \(isChaperoned)")
    }

    @Test("by two operators and an agent keeps the properties of turns", arguments: TurnMode.allCases)
    func equals(mode: TurnMode) {
        let cast = [Self.operator1, Self.operator1, Self.agent]
        explore(TurnExploration(cast, mode: mode), depth: 6, "\(mode.name), equals")
    }

    @Test("by four of all ranks keeps the properties of turns", arguments: TurnMode.allCases)
    func four(mode: TurnMode) {
        let cast = [Self.operator1, Self.operator1, Self.lead, Self.chaperoned]
        explore(TurnExploration(cast, mode: mode), depth: 5, "\(mode.name), four")
    }

    @Test(
        "by somebody with two attachments and an agent, with a clock that goes back, keeps the properties of turns",
        arguments: TurnMode.allCases)
    func ownKey(mode: TurnMode) {
        var again = Self.operator1
        again.key = 0
        let cast = [Self.operator1, again, Self.agent]
        explore(TurnExploration(cast, mode: mode, isClockOdd: true), depth: 5, "\(mode.name), own key")
    }

    @Test("by all ranks, while a lead changes the rules, keeps the properties of turns")
    func rules() {
        let cast = [Self.operator1, Self.lead, Self.agent]
        explore(TurnExploration(cast, mode: .open, changesRules: true), depth: 6, "changing rules")
    }

    /// Steps beyond the usual ones, for who has the time: `make explore`.
    private static let more = ProcessInfo.processInfo.environment["CMDOP_EXPLORE_DEEPER"].flatMap { Int($0) } ?? 0

    private func explore(_ exploration: TurnExploration, depth: Int, _ name: String) {
        var exploration = exploration
        let depth = depth + Self.more
        exploration.explore(depth: depth)
        print(
            "turns (\(name)): \(exploration.sequences) sequences of \(depth), \(exploration.stateCount) states"
        )
        #expect(exploration.violations.isEmpty)
        #expect(exploration.sequences > 1_000_000)
    }
}
