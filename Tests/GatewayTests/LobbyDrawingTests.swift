import ScreenModel
import SessionModel
import Testing

@testable import Gateway

@Suite("The lobby as it is drawn")
struct LobbyDrawingTests {
    private typealias Fixture = LobbyFixture

    @Test("has every column at 80 x 24")
    func wide() throws {
        let text = try Fixture.screen(try Fixture.several()).text
        let list = [
            " cmdop on vm · alice                                                 5 sessions",
            " SESSION    STATE           STEERS  WATCH  ACTIVE  UP   LAST  YOUR ROLE",
            " api-tests  live            nobody  1      7s      90s  -     operator",
            " broken     lost            -       -      -       -    -     operator",
            " deploy     live            alice   3      now     2h   -     operator",
            " old        ended           -       -      -       -    129   operator",
            " stuck      not responding  -       -      -       -    -     observer",
        ]
        #expect(text == list + Array(repeating: "", count: 16) + [" Enter attach  n new  / filter  ? keys  q leave"])
    }

    @Test("leaves the less important columns out at 40 x 12")
    func narrow() throws {
        let text = try Fixture.screen(columns: 40, rows: 12, try Fixture.several()).text
        #expect(
            text == [
                " cmdop on vm · alice         5 sessions", " SESSION   STATE     STEERS WATCH ACTIVE",
                " api-tests live      nobody 1     7s", " broken    lost      -      -     -",
                " deploy    live      alice  3     now", " old       ended     -      -     -",
                " stuck     not resp… -      -     -", "", "", "", "", " Enter attach  n new  / filter  q leave",
            ])
    }

    @Test("keeps the list and the mark in the smallest windows")
    func small() throws {
        let sessions = try Fixture.several()
        let small = try Fixture.screen(columns: 20, rows: 3, sessions)
        #expect(small.text == [" api-tests live", " broken    lost", " q leave"])
        #expect(try Fixture.screen(columns: 6, rows: 2, sessions).text == [" api-…", " q lea"])
        var tiny = try Fixture.screen(columns: 1, rows: 1, sessions)
        #expect(tiny.text == [""])
        tiny.type("jn")
        tiny.type("ab")
        #expect(tiny.text == ["b"] && tiny.frame.cursor == Position(row: 0, column: 0))
    }

    @Test("scrolls no more than the mark needs, and says what part is shown")
    func scrolling() throws {
        var screen = try Fixture.screen(columns: 60, rows: 8, try (10..<30).map { try Fixture.live("s\($0)") })
        #expect(screen.text[0].hasSuffix(" 1-5, 20 sessions"))
        screen.type("jjjjj")
        #expect(screen.text[0].hasSuffix(" 2-6, 20 sessions") && screen.text[2].hasPrefix(" s11 "))
        #expect(screen.marked[0].hasPrefix(" s15 "))
        screen.type("kkkk")
        #expect(screen.text[0].hasSuffix(" 2-6, 20 sessions") && screen.marked[0].hasPrefix(" s11 "))
        screen.type("k/s2")
        #expect(screen.text[0].hasSuffix(" 1-5, 10 of 20 sessions"), "\(screen.text)")
        screen.size = try #require(TerminalSize(columns: 60, rows: 30))
        #expect(screen.text[0].hasSuffix(" 10 of 20 sessions") && screen.text.count == 30)
        screen.size = try #require(TerminalSize(columns: 60, rows: 5))
        #expect(screen.marked.count == 1)
    }

    @Test("says that it looks, and that there is nothing, and what one can do")
    func empty() throws {
        var screen = try Fixture.screen()
        #expect(screen.text[2] == " Looking…")
        screen.show([])
        #expect(screen.text[2] == " There is no session that your key may see. 'n' starts one, where your role")
        screen = try Fixture.screen(columns: 40, rows: 12, [])
        let sentence = [" There is no session that your key may", " see. 'n' starts one, where your role", " may."]
        #expect(Array(screen.text[2...4]) == sentence)
    }

    @Test("shows the keys on '?', in as many rows as they take, and puts them away again")
    func help() throws {
        var screen = try Fixture.screen(try Fixture.several())
        let before = screen.frame
        screen.type("?")
        let text = screen.text.joined(separator: "\n")
        for words in ["j k  up, down", "PgUp PgDn", "n  start a session", "/  filter", "q Ctrl-C Ctrl-D  leave"] {
            #expect(text.contains(words))
        }
        #expect(screen.text[2] == before.rows[2].text)
        screen.type("?")
        #expect(screen.frame == before)
        screen.size = try #require(TerminalSize(columns: 40, rows: 12))
        screen.type("?")
        #expect(screen.text.contains { $0.contains("q Ctrl-C Ctrl-D  leave") })
        #expect(screen.marked.count == 1)
    }

    @Test("shows nothing of another's text but what takes one column")
    func hostileNames() throws {
        var session = try Fixture.live("one", steers: "a\u{1B}[2J你\u{202E}b")
        let screen = try Fixture.screen([session])
        #expect(screen.text[2].hasPrefix(" one      live   a?[2J??b "))
        session = try Fixture.live(String(repeating: "n", count: 63), steers: String(repeating: "x", count: 200))
        let row = try Fixture.screen([session]).text[2]
        #expect(row.unicodeScalars.count <= 80 && row.contains("nnn… ") && row.contains("xxx… "))
        #expect(row.hasSuffix("operator"))
    }
}
