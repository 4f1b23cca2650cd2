import SessionModel
import Testing

/// A team's files as looks find them, and the team that is in force.
private struct Desk {
    var files: [String: String]
    var roster = StandingRoster()
    var now = Duration.zero
    private var before: [String: String] = [:]

    init(_ files: [String: String]) {
        self.files = files
        look()
    }

    var names: [String] { roster.roster.members.map(\.name) }

    func keys(of name: String) -> [String] {
        roster.roster.member(named: name)?.keys.map { String($0.fingerprint.text.dropFirst(7)) } ?? []
    }

    /// One look at files as they are now.
    @discardableResult
    mutating func look() -> [String] {
        var look = KeyFilesLook()
        for (path, text) in files.sorted(by: { $0.key < $1.key }) {
            let parts = path.split(separator: "/")
            look.files.append(
                KeyFile(
                    name: String(parts[1]), kind: parts[0] == "team" ? .person : .agent, bytes: Array(text.utf8)))
        }
        look.changed = Set(files.keys).union(before.keys).filter { files[$0] != before[$0] }
        before = files
        return roster.look(look, at: Moment(sinceStart: now), offeredKey: KeyTexts.offeredKey).problems
            .map(\.description)
    }

    /// Looks as the server does while something changes. What was told in the meantime.
    @discardableResult
    mutating func pass(_ time: Duration) -> [String] {
        var told: [String] = []
        let end = now + time
        while now < end {
            now += min(.milliseconds(20), end - now)
            told += look()
        }
        return told
    }
}

@Suite("The team while its files are written")
struct StandingRosterTests {
    private static let alice = "team/alice.pub"

    @Test("who is added is in with the second look, and who is taken away is out within two seconds")
    func plain() {
        var desk = Desk([Self.alice: "ssh-ed25519 A\n"])
        #expect(desk.names == ["alice"])
        desk.files["team/bob.pub"] = "ssh-ed25519 B\n"
        desk.look()
        desk.look()
        #expect(desk.names == ["alice", "bob"])
        desk.files["team/bob.pub"] = nil
        desk.pass(.seconds(1))
        #expect(desk.names == ["alice", "bob"])
        desk.pass(.milliseconds(700))
        #expect(desk.names == ["alice"])
    }

    @Test(
        "what is there again within a second was never away",
        arguments: [nil, "", "\n", "ssh-ed25519 A1\n", "ssh-ed25519 A1\nssh-ed255", "# only a note\n", "nonsense\n"])
    func briefly(_ text: String?) {
        let whole = "ssh-ed25519 A1\nssh-ed25519 A2\n"
        var desk = Desk([Self.alice: whole, "agents/claude.pub": "owner=\"alice\" ssh-ed25519 C\n"])
        for _ in 0..<20 {
            desk.files[Self.alice] = text
            desk.pass(.seconds(1))
            #expect(desk.names == ["alice", "claude"] && desk.keys(of: "alice") == ["A1", "A2"])
            desk.files[Self.alice] = whole
            desk.pass(.milliseconds(20))
        }
    }

    @Test("a file written in pieces for longer than a second keeps its people as long as it grows")
    func pieces() {
        let whole = (0..<15).map { "ssh-ed25519 A\($0)\n" }.joined()
        var desk = Desk([Self.alice: whole])
        for length in stride(from: 0, to: whole.utf8.count, by: whole.utf8.count / 15) {
            desk.files[Self.alice] = String(whole.prefix(length))
            desk.pass(.milliseconds(100))
            // Of these keys a part is one, too.
            #expect(Set(desk.keys(of: "alice")).isSuperset(of: (0..<15).map { "A\($0)" }), "\(length)")
        }
    }

    @Test("a line that is gone ends, also while the file is written again and again")
    func line() {
        var desk = Desk([Self.alice: "ssh-ed25519 A1\nssh-ed25519 A2\n"])
        for round in 0..<17 {
            desk.files[Self.alice] = "# \(round)\nssh-ed25519 A1\n"
            desk.pass(.milliseconds(100))
        }
        #expect(desk.keys(of: "alice") == ["A1"])
    }

    @Test("a line that does not parse is told once, and admits nobody from when it has stood")
    func nonsense() {
        var desk = Desk([Self.alice: "ssh-ed25519 A1\nssh-ed25519 A2\n"])
        desk.files[Self.alice] = "nonsense\nssh-ed25519 A2\n"
        let told = desk.pass(.seconds(40))
        #expect(told.count == 1 && told.first?.hasPrefix("team/alice.pub:1: ") == true, "\(told)")
        #expect(desk.keys(of: "alice") == ["A2"])
    }

    @Test("a file that ends in the middle of a line it had takes nothing away, however long it stands so, and says so")
    func cut() {
        let whole = "ssh-ed25519 A1\nssh-ed25519 A2 home\nssh-ed25519 A3\n"
        var desk = Desk([Self.alice: whole, "agents/claude.pub": "owner=\"alice\" ssh-ed25519 C\n"])
        desk.files[Self.alice] = "ssh-ed25"
        let told = desk.pass(.seconds(40))
        #expect(told.count == 1 && told.first?.hasPrefix("team/alice.pub:1: the file is cut short") == true, "\(told)")
        #expect(desk.names == ["alice", "claude"] && desk.keys(of: "alice") == ["A1", "A2", "A3"])
        desk.files[Self.alice] = "ssh-ed25519 A1\n"
        desk.pass(.seconds(2))
        #expect(desk.keys(of: "alice") == ["A1"])
    }

    @Test("a key that stands twice for a moment stays its owner's; for good it admits nobody")
    func twice() {
        var desk = Desk([Self.alice: "ssh-ed25519 A\n"])
        desk.files["team/alice-laptop.pub"] = "ssh-ed25519 A\n"
        desk.pass(.milliseconds(900))
        #expect(desk.names == ["alice"])
        desk.pass(.seconds(1))
        #expect(desk.names == [])
        desk.files[Self.alice] = nil
        desk.pass(.milliseconds(40))
        #expect(desk.names == ["alice-laptop"])
    }

    @Test("a name that goes from the team to the agents is never both")
    func moved() {
        var desk = Desk([Self.alice: "ssh-ed25519 A\n", "team/bot.pub": "ssh-ed25519 B\n"])
        desk.files["team/bot.pub"] = nil
        desk.files["agents/bot.pub"] = "owner=\"alice\" ssh-ed25519 B2\n"
        for _ in 0..<100 {
            desk.pass(.milliseconds(20))
            let kinds = Set(desk.roster.roster.members.filter { $0.name == "bot" }.flatMap(\.keys).map(\.kind))
            #expect(kinds.count <= 1)
        }
        #expect(desk.roster.roster.member(named: "bot")?.kind == .agent)
    }

    @Test("an option that gives more holds at once, one that gives less when it has stood")
    func options() {
        func role(_ desk: Desk) -> Role? { desk.roster.roster.member(named: "alice")?.keys.first?.options.limits.role }
        var desk = Desk([Self.alice: "role=\"observer\" ssh-ed25519 A\n"])
        desk.files[Self.alice] = "role=\"operator\" ssh-ed25519 A\n"
        desk.pass(.milliseconds(40))
        #expect(role(desk) == .operator)
        desk.files[Self.alice] = "role=\"observer\" ssh-ed25519 A\n"
        desk.pass(.milliseconds(900))
        #expect(role(desk) == .operator)
        desk.pass(.seconds(1))
        #expect(role(desk) == .observer)
    }

    @Test("two unlucky looks of a server that was stopped between them take nobody away")
    func stopped() {
        var desk = Desk([Self.alice: "ssh-ed25519 A\n"])
        for _ in 0..<10 {
            desk.files[Self.alice] = ""
            desk.look()
            desk.now += .seconds(5)
            desk.look()
            desk.files[Self.alice] = "ssh-ed25519 A\n"
            desk.now += .milliseconds(20)
            desk.look()
            #expect(desk.names == ["alice"])
        }
    }

    @Test("what is wrong in a new file is told when its keys are in force")
    func newFile() {
        var desk = Desk([Self.alice: "ssh-ed25519 A\n"])
        desk.files["team/dora.pub"] = "ssh-ed25519 bad\nssh-ed25519 D\n"
        let told = desk.look() + desk.look()
        #expect(desk.names == ["alice", "dora"])
        #expect(told.count == 1 && told.first?.hasPrefix("team/dora.pub:1: ") == true)
    }
}
