import SessionModel
import SystemPackage
import Testing

@testable import Gateway

/// A configuration's file as looks find it, and the configuration that is in force.
private struct Desk {
    var text: String?
    var standing: StandingConfiguration
    var now = Duration.zero
    private var before: String?

    init(_ text: String) {
        self.text = text
        before = text
        standing = StandingConfiguration(Self.read(text).configuration, file: "cmdop.yaml")
        pass(.milliseconds(40))
    }

    static func read(_ text: String) -> (configuration: Configuration, problems: [ConfigurationProblem]) {
        ConfigurationReader.read(Array(text.utf8), file: "cmdop.yaml", base: "/etc/cmdop")
    }

    func role(of name: String) -> Role? {
        guard let session = SessionName("demo") else { return nil }
        return standing.configuration.access.role(of: Admission(person: name), in: session)
    }

    /// Looks as the server does while something changes. What was told in the meantime.
    @discardableResult
    mutating func pass(_ time: Duration) -> [String] {
        var told: [String] = []
        let end = now + time
        while now < end {
            now += min(.milliseconds(20), end - now)
            let look = text.map { ConfigurationFile.Look.whole(Array($0.utf8)) }
            let (_, problems) = standing.look(
                look ?? .unreadable(FileRefusal("it is gone", .absent)), isWritten: text != before,
                at: Moment(sinceStart: now), read: { Self.read(String(decoding: $0, as: UTF8.self)) })
            before = text
            told += problems.map(\.description)
        }
        return told
    }
}

@Suite("The configuration while its file is written")
struct StandingConfigurationTests {
    private static let whole = """
        local: {root: alice}
        access:
          - {operators: [alice], sessions: ["*"], role: lead}
          - {operators: [bob], sessions: ["*"], role: operator}
        sessions:
          - {match: "*", release-after: 5s}

        """

    @Test("a file that is empty, gone, wrong or without its rules changes nothing, and is told once")
    func nothing() {
        for text in [nil, "", "# nothing\n", "---\n", "access: [\n", "local: {root: alice}\n", "colour: red\n"] {
            var desk = Desk(Self.whole)
            desk.text = text
            let told = desk.pass(.seconds(20))
            #expect(told.count == 1, "\(text ?? "gone"): \(told)")
            #expect(desk.role(of: "alice") == .lead && desk.role(of: "bob") == .operator)
            #expect(desk.standing.configuration.local.operators == ["root": "alice"])
        }
    }

    @Test("wherever the file is cut, nobody is cut off within a second; nor ever, where it shows that it was cut")
    func cut() {
        for length in 0..<Self.whole.utf8.count {
            var desk = Desk(Self.whole)
            desk.text = String(Self.whole.prefix(length))
            desk.pass(.seconds(1))
            #expect(desk.role(of: "alice") == .lead && desk.role(of: "bob") == .operator, "\(length)")
            desk.pass(.seconds(2))
            #expect(desk.role(of: "alice") == .lead && desk.role(of: "bob") == .operator, "\(length)")
            #expect(desk.standing.configuration.local.operators == ["root": "alice"])
            #expect(desk.standing.configuration.sessions.count == 1)
        }
    }

    @Test("a rule that is gone ends within two seconds, one that is new holds with the second look")
    func rules() {
        var desk = Desk(Self.whole)
        desk.text = Self.whole.replacing("[bob]", with: "[carol]")
        desk.pass(.milliseconds(40))
        #expect(desk.role(of: "carol") == .operator && desk.role(of: "bob") == .operator)
        desk.pass(.milliseconds(900))
        #expect(desk.role(of: "bob") == .operator)
        desk.pass(.milliseconds(800))
        #expect(desk.role(of: "carol") == .operator && desk.role(of: "bob") == nil)
        desk.text = "access: []\n"
        desk.pass(.seconds(2))
        #expect(desk.role(of: "alice") == nil && desk.standing.configuration.local.operators.isEmpty)
    }

    @Test("the last rule of a file that ends with its rules can be taken away")
    func lastRule() {
        let head = "access:\n  - {operators: [alice], sessions: [\"*\"], role: lead}\n"
        var desk = Desk(head + "  - {operators: [bob], sessions: [\"*\"], role: operator}\n")
        desk.text = head
        desk.pass(.seconds(2))
        #expect(desk.role(of: "alice") == .lead && desk.role(of: "bob") == nil)
    }

    @Test("an agent's limits hold while the rule that has them is written anew")
    func limits() throws {
        let head = "access:\n  - operators: [alice, claude]\n    sessions: [\"*\"]\n    role: agent\n"
        var desk = Desk(head + "    approve: all\n")
        desk.text = head
        desk.pass(.seconds(1))
        let owner = Admission.Owner(name: "alice", limits: [.none])
        let claude = Admission(agent: "claude", limits: .none, owner: owner)
        let session = try #require(SessionName("demo"))
        #expect(desk.standing.configuration.access.limits(of: claude, in: session) != .none)
        desk.pass(.seconds(1))
        #expect(desk.standing.configuration.access.limits(of: claude, in: session) == .none)
    }

    @Test("what a file says besides holds when it has stood")
    func rest() {
        var desk = Desk(Self.whole)
        desk.text = Self.whole.replacing("5s", with: "7s")
        desk.pass(.milliseconds(900))
        #expect(desk.standing.configuration.sessions.first?.releaseAfter == .seconds(5))
        desk.pass(.seconds(1))
        #expect(desk.standing.configuration.sessions.first?.releaseAfter == .seconds(7))
    }
}
