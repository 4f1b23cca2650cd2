import SessionModel
import SystemPackage
import TestKit
import Testing

@testable import Gateway

@Suite("Turns and agents' limits in the configuration")
struct ConfigurationLimitsTests {
    private func read(_ text: String) -> (configuration: Configuration, problems: [ConfigurationProblem]) {
        ConfigurationReader.read(Array(text.utf8), file: "cmdop.yaml", base: "/etc/cmdop/config")
    }

    /// The limits of a rule that has these keys, and where the problems are.
    private func limits(_ keys: String) -> (limits: AgentLimits?, places: [String]) {
        let (configuration, problems) = read("access:\n- {operators: [a], sessions: [b], role: agent, \(keys)}")
        return (configuration.access.rules.first?.limits, problems.map { "\($0.line ?? 0):\($0.column ?? 0)" })
    }

    @Test("every key of a session rule about turns is read", arguments: TurnMode.allCases)
    func turns(_ mode: TurnMode) throws {
        let (configuration, problems) = read(
            "sessions: [{turns: \(mode.name), release-after: 90s, answer-within: 2m, reattach-within: 1h}]")
        #expect(problems.isEmpty)
        let rules = configuration.rules(for: try #require(SessionName("web"))).turnRules
        #expect(
            rules
                == TurnRules(
                    mode: mode, releaseAfter: .seconds(90), releaseLineAfter: .seconds(90),
                    reattachWithin: .seconds(3_600), answerWithin: .seconds(120)))
    }

    @Test("without such keys, turns are as they are by themselves")
    func defaults() throws {
        let (configuration, problems) = read("sessions: [{match: web}]")
        #expect(problems.isEmpty)
        for name in ["web", "other"] {
            #expect(configuration.rules(for: try #require(SessionName(name))).turnRules == TurnRules())
        }
    }

    @Test(
        "a time or mode that can not be is an error where it stands",
        arguments: [
            ("turns: Open", 20), ("turns: 1", 20), ("turns: [ask]", 20), ("turns:  ", 21),
            ("answer-within: 999ms", 28), ("answer-within: 25h", 28), ("answer-within: 0s", 28),
            ("answer-within: 30", 28), ("reattach-within: 0s", 30), ("reattach-within: 61m", 30),
            ("reattach-within: 500ms", 30), ("reattach-within: {}", 30),
        ])
    func wrongTurns(_ key: String, _ column: Int) {
        let (configuration, problems) = read("sessions: [{\(key)}]")
        #expect(problems.count == 1 && problems.first?.line == 1 && problems.first?.column == column, "\(problems)")
        #expect(configuration.sessions.first?.turnRules == TurnRules())
    }

    @Test("limits of agents are read, each by itself")
    func read() throws {
        let rm = try #require(CommandPattern("rm *")), push = try #require(CommandPattern("git push*"))
        let all: [(String, AgentLimits)] = [
            ("", .none), ("approve: none", .none), ("budget: {}", .none), ("chaperone: false", .none),
            ("approve: all", AgentLimits(approval: .all)), ("chaperone: true", AgentLimits(isChaperoned: true)),
            ("approve: [\"rm *\", 'git push*']", AgentLimits(approval: .matching([rm, push]))),
            ("budget: {commands: 30}", AgentLimits(budget: AgentBudget(commands: 30))),
            ("budget: {held: 10m}", AgentLimits(budget: AgentBudget(heldSeconds: 600))),
            ("budget: {bytes: 4294967295}", AgentLimits(budget: AgentBudget(bytes: .max))),
            (
                "approve: all, chaperone: true, budget: {commands: 1, held: 1h, bytes: 1}",
                AgentLimits(
                    approval: .all, isChaperoned: true, budget: AgentBudget(commands: 1, heldSeconds: 3_600, bytes: 1))
            ),
        ]
        for (keys, expected) in all {
            let (found, places) = limits(keys)
            #expect(places.isEmpty && found == expected, "\(keys)")
        }
    }

    @Test("limits may stand beside any role, and bind the agents that the rule matches")
    func anyRole() throws {
        let (configuration, problems) = read(
            "access: [{operators: [\"*\"], sessions: [\"*\"], role: lead, approve: all}]")
        #expect(problems.isEmpty)
        let session = try #require(SessionName("web"))
        let claude = Admission(agent: "claude", owner: Admission.Owner(name: "alice", limits: [.none]))
        #expect(configuration.access.limits(of: claude, in: session).approval == .all)
        #expect(configuration.access.limits(of: Admission(person: "alice"), in: session) == .none)
    }

    @Test(
        "a limit that can not be is an error where it stands",
        arguments: [
            ("approve: maybe", 9), ("approve: \"rm *\"", 9), ("approve: []", 9), ("approve: [\"\"]", 10),
            ("approve: [ok, \"a\\tb\"]", 14), ("approve: [\"\\x7f\"]", 10), ("approve: [\"\\0\"]", 10),
            ("approve: [[a]]", 10), ("approve: [a, a]", 13), ("approve: true", 9), ("approve: {a: b}", 9),
            ("chaperone: yes", 11), ("chaperone: \"true\"", 11), ("chaperone: 1", 11), ("chaperone: [true]", 11),
            ("budget: 30", 8), ("budget: [30]", 8), ("budget: {commands: 0}", 19), ("budget: {commands: -1}", 19),
            ("budget: {commands: 4294967296}", 19), ("budget: {commands: 10m}", 19), ("budget: {held: 600}", 15),
            ("budget: {held: 0s}", 15), ("budget: {held: 61m}", 15), ("budget: {held: 1500ms}", 15),
            ("budget: {bytes: 0}", 16), ("budget: {bytes: 1.5}", 16), ("budget: {output: 5}", 9), ("aprove: all", 0),
        ])
    func wrongLimits(_ keys: String, _ offset: Int) {
        let before = "- {operators: [a], sessions: [b], role: agent, ".utf8.count
        #expect(limits(keys).places == ["2:\(before + offset + 1)"])
    }

    @Test("a pattern that is too long, and more patterns than are looked at, are errors")
    func sizes() {
        let long = String(repeating: "x", count: 200)
        #expect(limits("approve: [\(long)]").places.isEmpty)
        #expect(limits("approve: [\(long)x]").places.count == 1)
        func rules(_ counts: [Int]) -> String {
            "access:\n"
                + counts.map { count in
                    let patterns = (0..<count).map { "p\($0)" }.joined(separator: ", ")
                    return "- {operators: [a], sessions: [b], role: agent, approve: [\(patterns)]}\n"
                }.joined()
        }
        #expect(read(rules([200, 56])).problems.isEmpty)
        #expect(read(rules([200, 57])).problems.map(\.line) == [2])
    }

    @Test("mutated limits never trap, always end, and say where they are wrong")
    func fuzz() {
        let seed = """
            access:
              - {operators: [claude], sessions: ["*"], role: agent, approve: ["rm *", sudo], chaperone: true,
                 budget: {commands: 30, held: 10m, bytes: 500}}
            sessions: [{turns: led, answer-within: 30s, reattach-within: 30s}]
            """
        var numbers = SteadyNumbers(seed: 5)
        var accepted = 0
        for _ in 0..<2_000 {
            let bytes = numbers.mutated(Array(seed.utf8), with: Array("[]{},:?-&*!|>'\"%@`# \n\t~0".utf8))
            let (_, problems) = ConfigurationReader.read(bytes, file: "f", base: "/")
            for problem in problems { #expect((problem.line ?? 0) > 0 && (problem.column ?? 0) > 0) }
            accepted += problems.isEmpty ? 1 : 0
        }
        #expect(accepted > 20)
    }
}
