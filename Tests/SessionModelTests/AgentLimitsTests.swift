import SessionModel
import Testing

@Suite("Limits of agents")
struct AgentLimitsTests {
    private func pattern(_ text: String) throws -> CommandPattern { try #require(CommandPattern(text)) }

    @Test(
        "patterns match whole commands, byte for byte",
        arguments: [
            ("rm *", "rm x", true), ("rm *", "rm", false), ("rm *", "  rm x", false), ("*rm *", "cd /; rm x", true),
            ("git push*", "git push", true), ("GIT*", "git push", false), ("a?c", "abc", true), ("a?c", "ac", false),
            ("[a]", "[a]", true), ("[a]", "a", false), ("*", "", true), ("grün*", "grünes", true),
            ("rm *", "r''m x", false), ("*a*a*b", "aaaaaaaaaaaaaaaa", false),
        ])
    func patterns(_ text: String, _ command: String, _ expected: Bool) throws {
        #expect(try pattern(text).matches(command) == expected)
    }

    @Test("a pattern has 1 to 200 bytes and no control characters")
    func malformed() {
        for text in ["", "a\nb", "\t", "\u{7F}", "\u{0}", String(repeating: "x", count: 201)] {
            #expect(CommandPattern(text) == nil)
        }
        #expect(CommandPattern(String(repeating: "x", count: 200)) != nil)
    }

    @Test("approval covers what a pattern matches, and what has several lines")
    func covers() throws {
        let some = AgentLimits.Approval.matching([try pattern("rm *"), try pattern("sudo *")])
        #expect(some.covers("rm x") && some.covers("sudo x") && !some.covers("ls"))
        #expect(some.covers("ls\nls") && some.covers("ls\r"))
        #expect(AgentLimits.Approval.all.covers("ls") && AgentLimits.Approval.all.covers(""))
        #expect(!AgentLimits.Approval.none.covers("ls\nls"))
    }

    @Test("of two limits the strictest of each holds, in either order")
    func merging() throws {
        let rm = try pattern("rm *"), sudo = try pattern("sudo *")
        let a = AgentLimits(approval: .matching([rm]), budget: AgentBudget(commands: 5, bytes: 100))
        let b = AgentLimits(
            approval: .matching([sudo, rm]), isChaperoned: true, budget: AgentBudget(commands: 9, heldSeconds: 60))
        for merged in [a.merged(with: b), b.merged(with: a)] {
            guard case .matching(let patterns) = merged.approval else {
                Issue.record("\(merged.approval)")
                continue
            }
            #expect(Set(patterns) == [rm, sudo] && patterns.count == 2)
            #expect(merged.isChaperoned)
            #expect(merged.budget == AgentBudget(commands: 5, heldSeconds: 60, bytes: 100))
        }
        #expect(a.merged(with: .none) == a && AgentLimits.none.merged(with: a) == a)
        #expect(a.merged(with: AgentLimits(approval: .all)).approval == .all)
        #expect(AgentLimits(approval: .all).merged(with: a).approval == .all)
        #expect(AgentBudget().isUnlimited && !a.budget.isUnlimited)
    }
}
