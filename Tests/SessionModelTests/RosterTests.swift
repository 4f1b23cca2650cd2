import SessionModel
import TestKit
import Testing

@Suite("The roster")
struct RosterTests {
    private func read(team: [String: String] = [:], agents: [String: String] = [:]) -> (
        roster: Roster, problems: [String]
    ) {
        let files =
            team.map { KeyFile(name: $0.key, kind: .person, bytes: Array($0.value.utf8)) }
            + agents.map { KeyFile(name: $0.key, kind: .agent, bytes: Array($0.value.utf8)) }
        let (roster, problems) = RosterReader.read(files, offeredKey: KeyTexts.offeredKey)
        return (roster, problems.map(\.description))
    }

    private func admission(
        _ roster: Roster, _ key: String, from peer: String = "127.0.0.1", at now: Int64 = 1_000
    ) -> Result<Admission, AdmissionRefusal> {
        roster.admission(of: KeyTexts.blob(key), from: peer, at: now)
    }

    @Test("nobody gets in where there are no keys")
    func empty() {
        #expect(read().roster.isEmpty)
        #expect(admission(read().roster, "AAAA") == .failure(.unknownKey))
        #expect(admission(.empty, "AAAA") == .failure(.unknownKey))
    }

    @Test("a file's name is the operator's, and each of its keys is theirs")
    func people() throws {
        let (roster, problems) = read(team: [
            "alice.pub": "ssh-ed25519 A1\n\n# spare\nno-pty ssh-ed25519 A2 work\n", "bob.pub": "ssh-rsa B1",
        ])
        #expect(problems.isEmpty)
        #expect(try admission(roster, "A1").get() == Admission(person: "alice"))
        #expect(try !admission(roster, "A2").get().limits.allowsTerminal)
        #expect(try admission(roster, "B1").get().name == "bob")
        #expect(roster.members.map(\.name) == ["alice", "bob"])
        #expect(roster.member(named: "alice")?.keys.map(\.place) == ["team/alice.pub:1", "team/alice.pub:4"])
    }

    @Test("a line that does not parse is named, and the file's other lines keep working")
    func badLine() throws {
        let (roster, problems) = read(team: [
            "alice.pub": "ssh-ed25519 A1\nnonsense\ncommand=\"ls\" ssh-ed25519 A3\nssh-ed25519 A4"
        ])
        #expect(problems.count == 2)
        #expect(problems[0].hasPrefix("team/alice.pub:2: "))
        #expect(problems[1].hasPrefix("team/alice.pub:3: "))
        #expect(admission(roster, "A3") == .failure(.unknownKey))
        #expect(try admission(roster, "A4").get().name == "alice")
    }

    @Test(
        "a file that is not named for an operator admits nobody",
        arguments: ["alice", "Alice.pub", ".pub", "a b.pub", "cmdop.pub", "alice.pub~", "ä.pub"])
    func badFileName(_ name: String) {
        let (roster, problems) = read(team: [name: "ssh-ed25519 A1"])
        #expect(roster.isEmpty && problems.count == 1)
    }

    @Test("the same key in two files admits nobody, and both are named")
    func sharedKey() {
        let (roster, problems) = read(team: ["alice.pub": "ssh-ed25519 X\nssh-ed25519 A", "bob.pub": "\nssh-ed25519 X"])
        #expect(problems.count == 2)
        #expect(problems[0].hasPrefix("team/alice.pub:1: ") && problems[0].contains("team/bob.pub:2"))
        #expect(problems[1].hasPrefix("team/bob.pub:2: ") && problems[1].contains("team/alice.pub:1"))
        #expect(admission(roster, "X") == .failure(.unknownKey))
        #expect(roster.members.map(\.name) == ["alice"])
    }

    @Test("the same key twice in one file admits nobody: its limits would be a guess")
    func doubledKey() {
        let (roster, problems) = read(team: ["alice.pub": "ssh-ed25519 X\nrestrict ssh-ed25519 X"])
        #expect(roster.isEmpty && problems.count == 2)
    }

    @Test("one name in team and agents admits neither, and both files are named")
    func sharedName() {
        let (roster, problems) = read(
            team: ["alice.pub": "ssh-ed25519 A", "bob.pub": "ssh-ed25519 B"],
            agents: ["alice.pub": "owner=\"bob\" ssh-ed25519 C"])
        #expect(problems.count == 1)
        #expect(problems[0].contains("team/alice.pub") && problems[0].contains("agents/alice.pub"))
        #expect(roster.members.map(\.name) == ["bob"])
    }

    @Test("an agent comes in while its owner could")
    func agent() throws {
        let (roster, problems) = read(
            team: ["alice.pub": "expiry-time=\"20260101Z\",sessions=\"api\" ssh-ed25519 A"],
            agents: ["claude.pub": "owner=\"alice\" ssh-ed25519 C"])
        #expect(problems.isEmpty)
        let admitted = try admission(roster, "C").get()
        #expect(admitted.kind == .agent && admitted.owner?.name == "alice")
        #expect(admitted.owner?.limits.first?.sessions?.map(\.text) == ["api"])
        #expect(admission(roster, "C", at: 1_767_225_601) == .failure(.ownerHasNoKey))
        #expect(admission(roster, "A", at: 1_767_225_601) == .failure(.expired))
    }

    @Test("an agent without an owner who has a key admits nobody")
    func ownerless() {
        let owners = ["", "owner=\"bob\" ", "owner=\"robot\" "]
        for owner in owners {
            let (roster, problems) = read(
                team: ["alice.pub": "ssh-ed25519 A", "bob.pub": "command=\"x\" ssh-ed25519 B"],
                agents: ["claude.pub": owner + "ssh-ed25519 C", "robot.pub": "owner=\"alice\" ssh-ed25519 R"])
            #expect(problems.contains { $0.hasPrefix("agents/claude.pub:1: ") })
            #expect(roster.members.map(\.name) == ["alice", "robot"])
        }
    }

    @Test("owner= on a person's key is an error")
    func ownedPerson() {
        let (roster, problems) = read(team: ["alice.pub": "ssh-ed25519 B\nowner=\"alice\" ssh-ed25519 A"])
        #expect(problems.count == 1 && roster.member(named: "alice")?.keys.count == 1)
    }

    @Test("a key with from= comes in from there only")
    func sources() throws {
        let roster = read(team: ["alice.pub": "from=\"10.0.0.0/8\" ssh-ed25519 A"]).roster
        #expect(try admission(roster, "A", from: "10.1.1.1").get().name == "alice")
        #expect(admission(roster, "A", from: "127.0.0.1") == .failure(.addressNotAllowed))
        #expect(admission(roster, "A", from: "somewhere") == .failure(.addressNotAllowed))
    }

    @Test("sizes are bounded: bytes of a file and keys in it")
    func bounds() {
        let many = (0..<1_001).map { "ssh-ed25519 K\($0)" }.joined(separator: "\n")
        #expect(read(team: ["alice.pub": many]).roster.members.first?.keys.count == 1_000)
        #expect(read(team: ["alice.pub": many]).problems.count == 1)
        let large = String(repeating: "#", count: KeyFile.largest) + "\nssh-ed25519 A"
        #expect(read(team: ["alice.pub": large]).roster.isEmpty)
        let junk = String(repeating: "x\n", count: 10_000)
        #expect(read(team: ["alice.pub": junk]).problems.count <= 1_001)
    }

    @Test("mutated files never trap, and a key never belongs to somebody else")
    func fuzz() throws {
        let seed =
            "ssh-ed25519 A1\nrestrict,from=\"10.0.0.1\" ssh-ed25519 A2\n# note\nexpiry-time=\"20300101Z\" ssh-rsa A3\n"
        var numbers = SteadyNumbers(seed: 3)
        for _ in 0..<3_000 {
            let files = ["alice", "bob"].map { name in
                let text = name == "alice" ? seed : String(seed.map { $0 == "A" ? "B" : $0 })
                return KeyFile(
                    name: name + ".pub", kind: .person,
                    bytes: numbers.mutated(Array(text.utf8), with: Array("\"\n,= \r\0".utf8)))
            }
            let roster = RosterReader.read(files, offeredKey: KeyTexts.offeredKey).roster
            if case .success(let admitted) = admission(roster, "A1") { #expect(admitted.name == "alice") }
            if case .success(let admitted) = admission(roster, "B1") { #expect(admitted.name == "bob") }
        }
    }
}
