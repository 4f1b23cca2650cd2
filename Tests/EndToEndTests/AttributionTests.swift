import Foundation
import SessionModel
import TestKit
import Testing
import Wire

@Suite("Every byte of input is attributed")
struct AttributionTests {
    /// What somebody typed in one turn.
    private struct Stretch {
        let name: String
        let bytes: [UInt8]
        /// Typed by the other meanwhile, and refused.
        let intrudes: Bool
    }

    private static let turns = 1_000

    /// Bytes that a raw terminal passes on, without the panel's key: the first half is alice's, the second bob's.
    private static func plan() -> [Stretch] {
        let alphabets = [
            "alice": (0x20...0x7E).map(UInt8.init),
            "bob": (0x80...0xFF).map(UInt8.init) + (0x01...0x1C).map(UInt8.init),
        ]
        var isAlices = true
        return (0..<turns).map { _ in
            isAlices.toggle()
            let name = isAlices ? "alice" : "bob"
            let letters = alphabets[name] ?? []
            let count = Int.random(in: 1...12)
            return Stretch(
                name: name, bytes: (0..<count).compactMap { _ in letters.randomElement() },
                intrudes: Int.random(in: 0..<40) == 0)
        }
    }

    @Test("two operators alternate 1,000 times: the journal names the right key for every byte")
    func alternating() async throws {
        let team = try await Team()
        let plan = Self.plan()
        let expected = plan.flatMap(\.bytes)
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        let file = try team.server.directory.path("read")
        alice.type("stty raw -echo; echo re''ady; head -c \(expected.count) >\(file); stty sane; echo do''ne\r")
        try await bob.waitFor("ready")
        alice.panel("x")
        var offset = try await bob.untilSteering("nobody", from: try await bob.untilSteering("alice"))
        let started = ContinuousClock.now
        for stretch in plan {
            let (typist, other) = stretch.name == "alice" ? (alice, bob) : (bob, alice)
            // In pieces at random: how bytes are cut on their way is nobody's business.
            let cut = Int.random(in: 0...stretch.bytes.count)
            typist.type(Array(stretch.bytes[..<cut]))
            typist.type(Array(stretch.bytes[cut...]))
            offset = try await bob.untilSteering(stretch.name, from: offset)
            if stretch.intrudes {
                other.type("INTRUDER")
                try await other.untilServed()
            }
            typist.panel("x")
            offset = try await bob.untilSteering("nobody", from: offset)
        }
        print("attribution: \(plan.count) turns, \(expected.count) bytes in \(ContinuousClock.now - started)")
        try await alice.waitFor("done")
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == Data(expected))
        try check(SessionRecord(on: team.server), plan, team)
    }

    private func check(_ record: SessionRecord, _ plan: [Stretch], _ team: Team) throws {
        #expect(record.isGapless)
        #expect(record.isOutputContinuous)
        #expect(wrongEntries(record, team) == [])
        var byTurn: [TurnNumber: [UInt8]] = [:]
        var names: [TurnNumber: String] = [:]
        for input in record.inputs {
            guard case .bytes(let bytes) = input.content else { continue }
            byTurn[input.turn, default: []] += bytes
            names[input.turn] = input.who.name
        }
        // The first turn started the program.
        let turns = byTurn.keys.sorted().dropFirst()
        #expect(turns.map(\.rawValue) == (2...UInt64(plan.count + 1)).map { $0 })
        let wrong = zip(turns, plan).first { byTurn[$0] != $1.bytes || names[$0] != $1.name }
        #expect(wrong == nil)
        for name in ["alice", "bob"] {
            let typed = turns.filter { names[$0] == name }.flatMap { byTurn[$0] ?? [] }
            #expect(typed == plan.filter { $0.name == name }.flatMap(\.bytes))
        }
    }

    /// The numbers of entries that contradict those before them: another holder, key, attachment or transport.
    private func wrongEntries(_ record: SessionRecord, _ team: Team) -> [EventNumber] {
        var attached: [AttachmentID: (who: Operator, transport: String)] = [:]
        var holder: (turn: TurnNumber, id: AttachmentID)?
        return record.entries.compactMap { entry in
            let isRight: Bool
            switch entry.record {
            case .attached(let id, let who, _, _, let transport):
                isRight = attached.updateValue((who, transport), forKey: id) == nil && transport == "ssh 127.0.0.1"
            case .turnBegan(let turn, let id, let how):
                isRight = holder == nil && how == .typed
                holder = (turn, id)
            case .turnEnded(let turn, let id, let how):
                isRight = holder?.turn == turn && holder?.id == id && how == .released
                holder = nil
            case .input(let input):
                let hands = attached[input.attachment]
                isRight =
                    holder?.turn == input.turn && holder?.id == input.attachment && hands?.who == input.who
                    && hands?.transport == input.transport
                    && team.keys[input.who.name]?.fingerprint == input.who.key.fingerprint.text
            case .inputCut, .gap, .detached, .ended: isRight = false
            default: isRight = true
            }
            return isRight ? nil : entry.number
        }
    }

    @Test("what is typed at a prompt that does not echo is journalled as a count, and is nowhere on the disk")
    func hiddenInput() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        try await alice.askForPassword(shownTo: bob)
        let secret = (0..<4).map { _ in String(UInt64.random(in: 1 << 60...UInt64.max), radix: 36) }.joined()
        let (first, second) = (secret.prefix(9), secret.dropFirst(9))
        alice.type(String(first))
        try await untilHidden(first.utf8.count, team)
        alice.type(String(second) + "\r")
        try await untilHidden(secret.utf8.count + 1, team)
        #expect(try await alice.value(of: "${#word}") == "\(secret.utf8.count)")
        let sum = try await CommandRun(["cksum"], input: Array(secret.utf8)).outputText.split(separator: " ").first
        #expect(try await alice.value(of: "$(printf %s $word | cksum | cut -d' ' -f1)") == sum.map(String.init))
        for (name, bytes) in try team.filesOfSession() {
            #expect(bytes.range(of: Data(first.utf8)) == nil, "\(name) holds the beginning")
            #expect(bytes.range(of: Data(second.utf8)) == nil, "\(name) holds the end")
        }
        for terminal in [alice, bob] { #expect(!terminal.transcript.text.contains(second)) }
        let hidden = try SessionRecord(on: team.server).inputs.filter {
            if case .hidden = $0.content { true } else { false }
        }
        let key = try #require(team.keys["alice"])
        #expect(hidden.allSatisfy { $0.who.name == "alice" && $0.who.key.fingerprint.text == key.fingerprint })
    }

    /// Waits until so many bytes are in the journal as hidden, and not one more.
    private func untilHidden(_ count: Int, _ team: Team) async throws {
        try await eventually("\(count) bytes that are journalled as hidden") {
            let counts = try SessionRecord(on: team.server).inputs.map {
                if case .hidden(let count) = $0.content { Int(count) } else { 0 }
            }
            return counts.reduce(0, +) == count
        }
    }
}
