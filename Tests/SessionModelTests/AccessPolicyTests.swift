import SessionModel
import Testing

@Suite("Access policy")
struct AccessPolicyTests {
    private func rule(_ operators: String, _ sessions: String, _ role: Role) -> AccessRule {
        func globs(_ text: String) -> [Glob] { text.split(separator: ",").compactMap { Glob(String($0)) } }
        return AccessRule(operators: globs(operators), sessions: globs(sessions), role: role)
    }

    private func role(_ rules: [AccessRule], _ admission: Admission, in session: String) throws -> Role? {
        AccessPolicy(rules: rules).role(of: admission, in: try #require(SessionName(session)))
    }

    private func limits(role: Role? = nil, sessions: [String]? = nil) -> KeyLimits {
        var limits = KeyLimits()
        limits.role = role
        limits.sessions = sessions?.compactMap { Glob($0) }
        return limits
    }

    private let alice = Admission(person: "alice")

    @Test("without a rule that matches, nobody may do anything")
    func nothing() throws {
        #expect(try role([], alice, in: "web") == nil)
        #expect(try role([rule("bob", "*", .lead), rule("alice", "api", .lead)], alice, in: "web") == nil)
    }

    @Test("the highest role that matches wins, wherever it stands")
    func highest() throws {
        let rules = [rule("*", "*", .observer), rule("alice,bob", "web*", .lead), rule("alice", "*", .operator)]
        #expect(try role(rules, alice, in: "web-1") == .lead)
        #expect(try role(rules, alice, in: "db") == .operator)
        #expect(try role(rules, Admission(person: "carol"), in: "web-1") == .observer)
        #expect(try role(rules.reversed(), alice, in: "web-1") == .lead)
    }

    @Test("a key's own limits only narrow")
    func keyLimits() throws {
        let rules = [rule("alice", "*", .operator)]
        func limited(_ limits: KeyLimits) -> Admission { Admission(person: "alice", limits: limits) }
        #expect(try role(rules, limited(limits(role: .observer)), in: "web") == .observer)
        #expect(try role(rules, limited(limits(role: .lead)), in: "web") == .operator)
        #expect(try role(rules, limited(limits(sessions: ["api-*", "web"])), in: "web") == .operator)
        #expect(try role(rules, limited(limits(sessions: ["api-*"])), in: "web") == nil)
        #expect(try role([], limited(limits(role: .lead, sessions: ["*"])), in: "web") == nil)
    }

    @Test("an agent never gets more than agent, whatever matches")
    func agents() throws {
        let owner = Admission.Owner(name: "alice", limits: [.none])
        for granted in [Role.agent, .operator, .lead] {
            let rules = [rule("*", "*", granted), rule("claude", "*", granted)]
            #expect(try role(rules, Admission(agent: "claude", owner: owner), in: "web") == .agent)
        }
        #expect(try role([rule("*", "*", .observer)], Admission(agent: "claude", owner: owner), in: "web") == .observer)
    }

    @Test("an agent never has more than the best key of who answers for it")
    func owners() throws {
        let rules = [rule("claude", "*", .agent), rule("alice", "web", .operator), rule("alice", "db", .observer)]
        func agent(_ limits: KeyLimits...) -> Admission {
            Admission(agent: "claude", owner: Admission.Owner(name: "alice", limits: limits))
        }
        #expect(try role(rules, agent(.none), in: "web") == .agent)
        #expect(try role(rules, agent(.none), in: "db") == .observer)
        #expect(try role(rules, agent(.none), in: "api") == nil)
        #expect(try role(rules, agent(limits(role: .observer)), in: "web") == .observer)
        #expect(try role(rules, agent(limits(role: .observer), .none), in: "web") == .agent)
        #expect(try role(rules, agent(limits(sessions: ["x"])), in: "web") == nil)
        #expect(try role(rules, agent(), in: "web") == nil)
    }

    @Test("an agent has the strictest limits of all rules that cover it, wherever they stand")
    func agentLimits() throws {
        let rm = try #require(CommandPattern("rm *")), sudo = try #require(CommandPattern("sudo *"))
        func limited(_ operators: String, _ sessions: String, _ limits: AgentLimits) -> AccessRule {
            let bare = rule(operators, sessions, .agent)
            return AccessRule(operators: bare.operators, sessions: bare.sessions, role: .agent, limits: limits)
        }
        let rules = [
            rule("*", "*", .agent),
            limited("claude", "*", AgentLimits(approval: .matching([rm]), budget: AgentBudget(commands: 30, bytes: 9))),
            limited("*", "web", AgentLimits(approval: .matching([sudo, rm]), budget: AgentBudget(commands: 20))),
            limited("claude", "db", AgentLimits(approval: .all, isChaperoned: true)),
            limited("codex", "*", AgentLimits(budget: AgentBudget(heldSeconds: 1))),
        ]
        let owner = Admission.Owner(name: "alice", limits: [.none])
        let claude = Admission(agent: "claude", owner: owner)
        for policy in [AccessPolicy(rules: rules), AccessPolicy(rules: rules.reversed())] {
            let web = policy.limits(of: claude, in: try #require(SessionName("web")))
            #expect(web.approval.covers("rm x") && web.approval.covers("sudo x") && !web.approval.covers("ls"))
            #expect(!web.isChaperoned && web.budget == AgentBudget(commands: 20, bytes: 9))
            let db = policy.limits(of: claude, in: try #require(SessionName("db")))
            #expect(db.approval == .all && db.isChaperoned && db.budget == AgentBudget(commands: 30, bytes: 9))
            let codex = policy.limits(of: Admission(agent: "codex", owner: owner), in: try #require(SessionName("api")))
            #expect(codex == AgentLimits(budget: AgentBudget(heldSeconds: 1)))
        }
    }

    @Test("limits of agents bind nobody else")
    func peopleAreUnlimited() throws {
        let everything = AccessRule(
            operators: [.any], sessions: [.any], role: .lead, limits: AgentLimits(approval: .all, isChaperoned: true))
        let policy = AccessPolicy(rules: [everything])
        #expect(policy.limits(of: alice, in: try #require(SessionName("web"))) == .none)
        #expect(policy.role(of: alice, in: try #require(SessionName("web"))) == .lead)
    }

    @Test("operators and leads may start sessions, others may not")
    func creating() throws {
        let name = try #require(SessionName("web"))
        for granted in Role.allCases {
            let policy = AccessPolicy(rules: [rule("*", "*", granted)])
            #expect(policy.canCreate(alice, in: name) == (granted >= .operator))
            let owner = Admission.Owner(name: "alice", limits: [.none])
            #expect(!policy.canCreate(Admission(agent: "claude", owner: owner), in: name))
        }
        #expect(!AccessPolicy(rules: []).canCreate(alice, in: name))
    }

    @Test(
        "patterns match whole names",
        arguments: [
            ("*", "a", true), ("api-*", "api-", true), ("api-*", "api", false), ("*-api", "web-api", true),
            ("a*b*c", "axxbyyc", true), ("a*b*c", "axxbyy", false), ("?", "ab", false), ("a?c", "abc", true),
            ("web", "web", true), ("web", "web1", false), ("*a*a*a*", "aa", false), ("**", "x", true),
        ])
    func globs(_ pattern: String, _ name: String, _ expected: Bool) {
        #expect(Glob(pattern)?.matches(name) == expected)
    }

    @Test("a pattern that no name matches is none", arguments: ["", "A", "a b", "[a]", "!a", "ä", "a,b", "a/b"])
    func malformedGlobs(_ text: String) { #expect(Glob(text) == nil) }

    @Test("a pattern made to be slow is not")
    func slowGlob() {
        let pattern = String(repeating: "*a", count: 31) + "b"
        #expect(Glob(pattern)?.matches(String(repeating: "a", count: 63)) == false)
    }
}
