import ScreenModel
import SessionModel
import TestKit
import Testing

@testable import Gateway

@Suite("The lobby's screen")
struct LobbyScreenTests {
    private typealias Fixture = LobbyFixture

    @Test("moves the mark by arrows, letters and pages, and never out of the list")
    func moving() throws {
        let names = (10..<60).map { "s\($0)" }
        var screen = try Fixture.screen(try names.map { try Fixture.live($0) })
        #expect(screen.selected?.text == "s10")
        for (keys, name) in [
            ("\u{1B}[B", "s11"), ("jj", "s13"), ("k", "s12"), ("\u{1B}[A\u{1B}[A\u{1B}[A", "s10"), ("G", "s59"),
            ("j\u{1B}[6~", "s59"), ("g", "s10"), ("\u{1B}[6~", "s30"), ("\u{1B}[6~", "s50"), ("\u{1B}[5~", "s30"),
            ("\u{1B}[F", "s59"), ("\u{1B}[H", "s10"),
        ] {
            screen.type(keys)
            #expect(screen.selected?.text == name)
            #expect(screen.marked.count == 1 && screen.marked[0].hasPrefix(" \(name) "), "\(screen.text)")
        }
    }

    @Test("keeps the marked session marked while others come and go; when it goes, its neighbour is")
    func changing() throws {
        var screen = try Fixture.screen(try ["b", "d", "f"].map { try Fixture.live($0) })
        screen.type("j")
        screen.show(try ["a", "b", "c", "d", "e", "f"].map { try Fixture.live($0) })
        #expect(screen.selected?.text == "d")
        screen.show(try ["d"].map { try Fixture.live($0) })
        #expect(screen.selected?.text == "d")
        screen.show(try ["a", "b", "c"].map { try Fixture.live($0) })
        #expect(screen.selected?.text == "a")
        screen.show([])
        #expect(screen.selected == nil && screen.type("\r") == nil)
        screen.show(try ["z"].map { try Fixture.live($0) })
        #expect(screen.selected?.text == "z")
    }

    @Test("attaches on Enter, and what was typed behind it is the session's")
    func attaching() throws {
        var screen = try Fixture.screen(try Fixture.several())
        screen.type("j")
        #expect(screen.type("j\recho q\r") == .attach(try Fixture.name("deploy"), typedAhead: Array("echo q\r".utf8)))
        screen.type("g")
        #expect(screen.type("\r") == .attach(try Fixture.name("api-tests"), typedAhead: []))
    }

    @Test("starts an ended session again only where the role may")
    func startingAgain() throws {
        var screen = try Fixture.screen([try Fixture.gone("old", .ended(status: 1), role: .observer)])
        #expect(screen.type("\r") == nil)
        #expect(screen.notice == "old has ended; your role (observer) does not start sessions")
        screen.type("j")
        #expect(screen.notice == nil)
        screen.show([try Fixture.gone("old", .lost, role: .operator)])
        #expect(screen.type("\r") == .attach(try Fixture.name("old"), typedAhead: []))
    }

    @Test("filters by name and by who steers as one types; Escape shows all again, the mark stays")
    func filtering() throws {
        var screen = try Fixture.screen(try Fixture.several())
        screen.type("/")
        #expect(screen.mode == .filtering && screen.frame.cursor == Position(row: 23, column: 9))
        screen.type("D")
        #expect(screen.listed.map(\.name.text) == ["deploy", "old"] && screen.text[23] == " Filter: D")
        screen.type("\u{1B}[B")
        screen.type("\u{15}ali")
        #expect(screen.listed.map(\.name.text) == ["deploy"] && screen.selected?.text == "deploy")
        screen.type("x")
        #expect(screen.listed.isEmpty && screen.text[2].contains("No session matches 'alix'. Esc shows all."))
        #expect(screen.type("\r") == nil)
        screen.type("\u{7F}")
        screen.type("\u{1B}")
        #expect(screen.isHoldingKeys)
        screen.flushKeys()
        #expect(screen.mode == .list && screen.filter.isEmpty && screen.listed.count == 5)
        #expect(screen.selected?.text == "deploy")
        screen.type("/old")
        #expect(screen.type("\r") == .attach(try Fixture.name("old"), typedAhead: []))
        screen.type("\u{7F}\u{7F}\u{7F}\u{7F}")
        #expect(screen.mode == .list)
    }

    @Test("asks for a name and starts it, where the name is one and the role may")
    func naming() throws {
        var screen = try Fixture.screen(try Fixture.several())
        screen.type("nq?/")
        #expect(screen.mode == .naming("q?/") && screen.text[23] == " Name of the new session: q?/")
        #expect(screen.type("\r") == nil)
        #expect(screen.notice?.hasPrefix("a name is of a-z 0-9") == true && screen.mode == .naming("q?/"))
        screen.type("\u{15}new-1")
        #expect(screen.type("\r", role: nil) == nil && screen.notice == "your key may not start a session of that name")
        #expect(screen.type("\r", role: .observer) == nil)
        #expect(screen.notice == "your role in new-1 is observer, which does not start sessions")
        #expect(screen.type("\rls\r") == .attach(try Fixture.name("new-1"), typedAhead: Array("ls\r".utf8)))
        screen.type("\u{15}deploy")
        #expect(screen.type("\r", role: .observer) == .attach(try Fixture.name("deploy"), typedAhead: []))
        screen.type("\u{1B}")
        screen.flushKeys()
        #expect(screen.mode == .list)
        screen.type("n\r")
        #expect(screen.mode == .list)
        screen.type("ncmdop\r")
        #expect(screen.notice?.contains("not 'cmdop'") == true)
    }

    @Test("is left by q, Ctrl-C and Ctrl-D, the last two also while a name is typed")
    func leaving() throws {
        for keys in ["q", "\u{3}", "\u{4}", "n\u{3}", "/x\u{4}", "nq\u{3}"] {
            var screen = try Fixture.screen(try Fixture.several())
            #expect(screen.type(keys) == .leave)
        }
    }

    @Test("does nothing for keys that mean nothing")
    func unknownKeys() throws {
        var screen = try Fixture.screen(try Fixture.several())
        let before = screen.frame
        #expect(screen.type("xyz0 é\u{1B}[11~\u{1B}x\u{1}\u{7F}\u{15}\t") == nil)
        #expect(screen.frame == before)
    }

    @Test("of any keys in any window draws exactly the window, and never traps")
    func hostile() throws {
        var numbers = SteadyNumbers(seed: 7)
        let alphabet = Array("jkgGn/?q\r\u{1B}[A~56\u{7F}\u{15}abc-\u{3}\u{FF}".utf8)
        for _ in 0..<300 {
            let (columns, rows) = (Int.random(in: 1...100, using: &numbers), Int.random(in: 1...30, using: &numbers))
            let count = Int.random(in: 0...40, using: &numbers)
            var screen = try Fixture.screen(
                columns: columns, rows: rows, try (0..<count).map { try Fixture.live("s\($0)", steers: "alice") })
            for _ in 0..<5 {
                let typed = (0..<6).map { _ in alphabet.randomElement(using: &numbers) ?? 0 }
                _ = screen.receive(typed) { _ in .operator }
                let frame = screen.frame
                #expect(frame.rows.count == rows && frame.rows.allSatisfy { $0.cells.count == columns })
                if let cursor = frame.cursor { #expect(cursor.row < rows && cursor.column < columns) }
            }
        }
    }
}
