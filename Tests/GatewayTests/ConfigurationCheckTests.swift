import SessionModel
import SystemPackage
import TestKit
import Testing

@testable import Gateway

@Suite("The check")
struct ConfigurationCheckTests {
    private func check(
        _ configuration: String, team: [String: String] = [:], agents: [String: String] = [:]
    ) throws -> ConfigurationCheck {
        let directory = try TemporaryDirectory()
        let file = try directory.write(configuration, to: "config/cmdop.yaml")
        for (name, text) in team { try directory.write(text, to: "keys/team/\(name).pub") }
        for (name, text) in agents { try directory.write(text, to: "keys/agents/\(name).pub") }
        return ConfigurationCheck(path: FilePath(file)) { _, base64 in
            OfferedKey(blob: Array(base64.utf8), fingerprint: Fingerprint(text: "SHA256:\(base64)"))
        }
    }

    private let everybody =
        "access: [{operators: [\"*\"], sessions: [\"*\"], role: operator}]\n"
        + "environments: {default: {shell: [\"/bin/sh\"]}}\n"

    @Test("who may come in and do what is said in a few lines")
    func summary() throws {
        let check = try check(
            everybody, team: ["alice": "role=\"observer\" ssh-ed25519 A1"],
            agents: ["claude": "owner=\"alice\" ssh-ed25519 C1"])
        #expect(check.isGood && check.warnings.isEmpty)
        #expect(check.summary.contains("operator alice: operator in *"))
        #expect(check.summary.contains("SHA256:A1 (at most observer)"))
        #expect(check.summary.contains("agent claude: agent in *"))
        #expect(check.summary.contains("answered for by alice"))
    }

    @Test("who comes by the local socket is said, and what can not be meant of it is a warning")
    func local() throws {
        let local = "local: {root: eve, nobody-has-this-name: alice, \"0\": claude}\n"
        let check = try check(
            everybody + local, team: ["alice": "ssh-ed25519 A1"], agents: ["claude": "owner=\"alice\" ssh-ed25519 C1"])
        #expect(check.isGood && check.summary.contains("local user root is operator eve"))
        #expect(check.warnings.contains { $0.contains("who is no user of this machine") })
        #expect(check.warnings.contains { $0.contains("only people come by the local socket") })
        #expect(check.warnings.count == 2, "\(check.warnings)")
    }

    @Test("what an agent may not do by itself is said in words")
    func limits() throws {
        let check = try check(
            """
            environments: {default: {shell: ["/bin/sh"]}}
            access:
              - {operators: ["*"], sessions: ["*"], role: operator, approve: ["rm *", "sudo *"]}
              - operators: [claude]
                sessions: ["api-*"]
                role: agent
                approve: all
                chaperone: true
                budget: {commands: 30, held: 90s, bytes: 1}
            """, team: ["alice": "ssh-ed25519 A1"], agents: ["claude": "owner=\"alice\" ssh-ed25519 C1"])
        #expect(check.isGood && check.warnings.isEmpty, "\(check.warnings)")
        #expect(check.summary.contains("operator alice: operator in *\n"))
        #expect(
            check.summary.contains(
                "agent claude: agent in *, commands like \"rm *\", \"sudo *\" need approval; "
                    + "agent in api-*, every command needs approval, only with a person attached, "
                    + "at most 30 commands and 90s of holding the turn and 1 byte typed an hour\n"),
            "\(check.summary)")
    }

    @Test("a summary names a few patterns, and counts the rest")
    func manyPatterns() {
        let patterns = (1...9).compactMap { CommandPattern("p\($0)") }
        func words(_ count: Int) -> [String] {
            AgentLimits(approval: .matching(Array(patterns.prefix(count)))).words
        }
        #expect(words(4) == ["commands like \"p1\", \"p2\", \"p3\", \"p4\" need approval"])
        #expect(words(9) == ["commands like \"p1\", \"p2\", \"p3\" and 6 more need approval"])
        #expect(AgentLimits.none.words.isEmpty)
        #expect(AgentLimits(budget: AgentBudget(heldSeconds: 600)).words == ["at most 10m of holding the turn an hour"])
    }

    @Test("limits that bind nobody, and led turns without a lead, are warnings")
    func unusedLimits() throws {
        let rules = """
            access:
              - {operators: [alice], sessions: ["*"], role: ROLE, chaperone: true}
              - {operators: ["*"], sessions: [web], role: agent, approve: all}
            environments: {default: {shell: ["/bin/sh"]}}
            sessions: [{match: "led-*", turns: led}, {turns: ask}]
            """
        func warnings(_ role: String) throws -> [String] {
            try check(
                rules.split(separator: "ROLE").joined(separator: role), team: ["alice": "ssh-ed25519 A1"],
                agents: ["claude": "owner=\"alice\" ssh-ed25519 C1"]
            ).warnings
        }
        let some = try warnings("operator")
        #expect(some.count == 2, "\(some)")
        #expect(some.contains("the access rule for alice in * limits agents, but covers none"))
        #expect(some.contains("turns are led in led-*, but no access rule makes a lead: nobody can type there"))
        #expect(try warnings("lead").count == 1)
    }

    @Test("nobody to log in, nothing to do and nothing to run are warnings")
    func warnings() throws {
        #expect(try check(everybody).warnings.contains { $0.contains("nobody can log in") })
        let narrow =
            "access: [{operators: [bob], sessions: [\"*\"], role: lead}]\n"
            + "environments: {default: {shell: [/nonexistent/shell]}}"
        let warnings = try check(
            narrow, team: ["alice": "expiry-time=\"20200101Z\" ssh-ed25519 A"],
            agents: ["claude": "owner=\"alice\" ssh-ed25519 C"]
        ).warnings
        for part in [
            "covers alice, who may", "has expired", "covers claude", "covers alice, who answers", "names bob",
            "/nonexistent/shell",
        ] {
            #expect(warnings.contains { $0.contains(part) }, "\(part)")
        }
    }

    @Test("errors of the file and of the keys are errors of the check")
    func errors() throws {
        #expect(try check("colour: red").errors.count == 1)
        let check = try check(everybody, team: ["alice": "nonsense"])
        #expect(check.errors.count == 1 && check.errors[0].contains("keys/team/alice.pub:1: "))
        #expect(!check.isGood)
    }

    @Test("the configuration that comes with cmdop is good")
    func shipped() throws {
        let path = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .appending("config/cmdop.yaml")
        let (configuration, problems) = ConfigurationReader.read(path: path)
        #expect(problems.isEmpty)
        let role = configuration.access.role(of: Admission(person: "anybody"), in: try #require(SessionName("demo")))
        #expect(role == .operator)
    }
}
