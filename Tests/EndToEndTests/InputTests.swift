import Foundation
import SessionModel
import TestKit
import Testing
import Wire

@Suite("What clients type, and what their terminals say by themselves")
struct InputTests {
    /// Reports of a mouse in each of its encodings, and of a focus that came and went.
    private static let reports = "\u{1B}[<0;5;6M\u{1B}[<0;5;6m\u{1B}[M !!\u{1B}[32;5;6M\u{1B}[I\u{1B}[O"

    /// Types a command that shows what it reads until an `END` of its own line, and waits until it reads.
    private func show(_ asked: String = "", by terminal: PseudoTerminal) async throws -> Int {
        let before = terminal.transcript.count
        terminal.type("stty -echo; printf '\(asked)re''ady\\n'; sed -u '/END/q' | cat -v; stty echo\r")
        return try await terminal.waitFor("ready\r\n", from: before)
    }

    @Test("mouse and focus reports take no turn, and reach the program from the holder while it asks for them")
    func reports() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        bob.type(Self.reports)
        bob.type("\u{15}")
        let steering = try await bob.untilSteering("bob")
        bob.panel("x")
        try await bob.untilSteering("nobody", from: steering)
        var start = try await show(by: alice)
        alice.type("one" + Self.reports + "two\r")
        bob.type(Self.reports)
        start = try await alice.waitFor("onetwo\r\n", from: start)
        alice.type("END\r")
        _ = try await alice.value(of: "$$")
        start = try await show("\\033[?1000h\\033[?1006h\\033[?1004h", by: alice)
        bob.type(Self.reports)
        #expect(bob.count(of: "what you type is not sent") == 0)
        bob.type("B")
        try await bob.waitFor("[cmdop] alice steers")
        alice.type("one" + Self.reports + "two\rEND\r")
        start = try await alice.waitFor("one^[[<0;5;6M^[[<0;5;6m^[[M !!^[[32;5;6M^[[I^[[Otwo\r\n", from: start)
        try await alice.waitFor("END", from: start)
        let record = try SessionRecord(on: team.server)
        #expect(record.typed(by: "bob") == [0x15])
        #expect(record.turnsBegun.map(\.who) == ["bob", "alice"])
    }

    @Test("what a client's terminal answers never reaches the program, whoever steers")
    func replies() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let replies =
            "\u{1B}[5;5R\u{1B}[0n\u{1B}[?64;1c\u{1B}[?2026;2$y\u{1B}[8;24;80t\u{1B}[?1u"
            + "\u{1B}]11;rgb:0000/0000/0000\u{1B}\\\u{1B}P1$r0m\u{1B}\\"
        alice.type(replies)
        alice.type("\u{15}")
        try await eventually("a key") { try SessionRecord(on: team.server).typed(by: "alice") == [0x15] }
        let start = try await show(by: alice)
        alice.type("one" + replies + "two\u{1B}[1;2R\rEND\r")
        try await alice.waitFor("onetwo^[[1;2R\r\n", from: start)
        #expect(!String(decoding: alice.transcript.bytes[start...], as: UTF8.self).contains("5;5R"))
    }

    @Test("a character and a sequence that come in two parts reach the program whole, and the Escape key at once")
    func parts() async throws {
        let team = try await Team(["alice"])
        let alice = try await team.attach("alice")
        alice.type("stty raw -echo; printf 're''ady'; head -c 1 | od -An -tx1; head -c 5 | od -An -tx1; stty sane\r")
        try await alice.waitFor("ready")
        try await eventually("head(1) reading") { try SessionRecord(on: team.server).inputs.count > 0 }
        // Nothing follows it, and nothing has to.
        alice.type("\u{1B}")
        try await alice.waitFor("1b")
        alice.type([0xE4])
        alice.type([0xB8, 0xAD, 0xFF, 0x61])
        try await alice.waitFor("e4 b8 ad ff 61")
    }

    /// The terminal is full somewhere: with one of these, within a character.
    @Test("a take within a paste closes the paste, and cuts no character", arguments: ["", "a", "ab"])
    func takeWithinPaste(shift: String) async throws {
        let team = try await Team(["alice", "carol"])
        let alice = try await team.attach("alice")
        let carol = try await team.attach("carol")
        let got = try team.server.directory.path("got")
        let gate = try team.server.directory.path("gate")
        let program = try team.server.directory.write(Self.reader, to: "reader.py")
        alice.type("python3 \(program) \(gate) \(got)\r")
        try await carol.waitFor("reading")
        let letters = shift + String(repeating: "\u{4E2D}", count: 70_000)
        alice.type("\u{1B}[200~" + letters + "\u{1B}[201~")
        // The terminal is full: the program reads nothing before the gate is open.
        try await eventually("a paste that was begun") {
            try SessionRecord(on: team.server).typed(by: "alice").count > 4_096
        }
        carol.panel("t")
        try await alice.untilSteering("carol")
        carol.type("Z")
        try Data().write(to: URL(fileURLWithPath: gate))
        try await carol.waitFor("done")
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: got)))
        let text = try #require(String(validating: bytes, as: UTF8.self))
        #expect(text.hasPrefix("\u{1B}[200~\(shift)\u{4E2D}"))
        #expect(text.hasSuffix("\u{4E2D}\u{1B}[201~Z"))
        #expect(text.unicodeScalars.count < letters.unicodeScalars.count)
        let record = try SessionRecord(on: team.server)
        let closed = record.entries.compactMap { entry -> TurnNumber? in
            if case .pasteClosed(let turn) = entry.record { turn } else { nil }
        }
        #expect(closed == record.turnsBegun.filter { $0.who == "alice" }.map(\.turn))
        // The record has what the terminal took, and no more of it than it took.
        let written = bytes.dropLast("\u{1B}[201~Z".utf8.count)
        let recorded = record.typed(by: "alice").drop { $0 != 0x1B }
        let cut = record.entries.reduce(0) {
            if case .inputCut(_, let count) = $1.record { $0 + Int(count) } else { $0 }
        }
        #expect(recorded.count - cut == written.count)
        #expect(recorded.starts(with: written))
    }

    @Test("the rest of a paste that was cut is never typed, even when its author steers again")
    func restOfPaste() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let start = try await show("\\033[?2004h", by: alice)
        let inputs = try SessionRecord(on: team.server).inputs.count
        alice.type("\u{1B}[200~one")
        try await eventually("what was typed") { try SessionRecord(on: team.server).inputs.count > inputs }
        // Alone, it is the panel's key, within a paste too.
        alice.type("\u{1D}")
        try await alice.untilShown("let go")
        alice.type("x")
        alice.type(" two\u{1B}[201~three\rEND\r")
        try await alice.waitFor("^[[200~one^[[201~three\r\n", from: start)
        let record = try SessionRecord(on: team.server)
        #expect(!String(decoding: record.typed(by: "alice"), as: UTF8.self).contains("two"))
        #expect(record.turnsBegun.map(\.who) == ["alice", "alice"])
    }

    @Test("a password typed at read -s is in no file, no log, and nobody's bytes")
    func password() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        let bob = try await team.attach("bob")
        try await alice.askForPassword(shownTo: bob)
        let secret = "Secret" + String(UInt64.random(in: 1 << 60...UInt64.max), radix: 36)
        alice.type(secret + "\r")
        try await eventually("what was hidden") {
            try SessionRecord(on: team.server).inputs.reduce(0) {
                if case .hidden(let count) = $1.content { $0 + Int(count) } else { $0 }
            } == secret.utf8.count + 1
        }
        #expect(try await alice.value(of: "${#word}") == "\(secret.utf8.count)")
        for (name, data) in try team.filesOfSession() {
            #expect(data.firstRange(of: Data(secret.utf8)) == nil, "\(name) has it")
        }
        #expect(!team.server.log.contains(secret))
        for client in [alice, bob] { #expect(client.count(of: secret) == 0) }
    }

    /// Reads nothing before the gate is there; then what it is typed up to a Z.
    private static let reader = """
        import os, sys, time, tty
        gate, got = sys.argv[1:]
        tty.setraw(0)
        os.write(1, b"\\x1b[?2004hreading\\r\\n")
        while not os.path.exists(gate):
            time.sleep(0.01)
        read = b""
        while not read.endswith(b"Z"):
            read += os.read(0, 100)
        with open(got, "wb") as file:
            file.write(read)
        os.write(1, b"\\x1b[?2004ldone\\r\\n")
        """
}
