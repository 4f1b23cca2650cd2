import ScreenModel
import SessionModel
import Testing

@testable import Gateway

@Suite("The panel's message line")
struct PanelMessageTests {
    private func said(_ text: String) -> [Panel.Act] {
        var panel = Panel.pressed("^m")
        return panel.type(text)
    }

    @Test("Enter says the line to everybody, and what follows is the session's")
    func saying() {
        #expect(said("hello there\rls") == [.say("hello there"), .input(Array("ls".utf8)), .redraw])
    }

    @Test(
        "a line is edited as one expects",
        arguments: [
            ("helo\u{7F}lo\r", "hello"), ("wrong\u{15}right\r", "right"), ("one two\u{17}three\r", "one three"),
            ("né\u{7F}\u{08}ö\u{1B}[A\u{1B}[D\r", "ö"), ("漢字😀\u{7F}\r", "漢字"), ("e\u{301}x\u{7F}\u{7F}a\r", "a"),
            ("\u{7F}\u{7F}x\r", "x"), ("a\u{202E}b\u{200B}\u{7}c\r", "abc"), ("  x\r", "x"),
            ("\u{1B}[200~two\rlines\u{1B}[201~ here\r", "two lines here"),
            ("\u{1B}[97u\u{1B}[98;2u\u{1B}[127u\u{1B}[13u", "a"),
        ])
    func editing(_ typed: String, _ line: String) {
        #expect(said(typed) == [.say(line), .redraw])
    }

    @Test(
        "Esc and Ctrl-C say nothing, and neither does an empty line",
        arguments: ["hello\u{1B}", "hello\u{03}", "\r", "   \r"])
    func cancelling(_ typed: String) {
        var panel = Panel.pressed("^m")
        #expect(panel.type(typed) == [.redraw])
        #expect(!panel.isOpen)
        #expect(panel.type("\r") == [.input([0x0D])])
    }

    @Test("characters may come in pieces, and what is none is left out")
    func pieces() {
        let bytes = Array("né漢😀".utf8)
        for cut in 0...bytes.count {
            var panel = Panel.pressed("^m")
            _ = panel.receive(Array(bytes[..<cut]))
            _ = panel.receive(Array(bytes[cut...]))
            #expect(panel.type("\r") == [.say("né漢😀"), .redraw])
        }
        var panel = Panel.pressed("^m")
        _ = panel.receive([0x61, 0xFF, 0xC0, 0x80, 0xE6, 0xBC, 0x62, 0xED, 0xA0, 0x80, 0xF5, 0x63])
        #expect(panel.type("\r") == [.say("abc"), .redraw])
    }

    @Test("a message has at most 200 characters")
    func limit() {
        #expect(said(String(repeating: "é", count: 500) + "\r") == [.say(String(repeating: "é", count: 200)), .redraw])
    }

    @Test("the end of a long line is seen, with the cursor behind it")
    func long() throws {
        let text = (0..<30).map { "word\($0)" }.joined(separator: " ")
        let panel = Panel.pressed("^m\(text)")
        for (columns, rows) in [(80, 24), (40, 12), (20, 3)] {
            let frame = panel.over(try PanelFixture.frame(columns, rows))
            #expect(frame.rows[rows - 1].text.hasSuffix("word29"))
            #expect(frame.cursor?.column == columns - 1 && frame.cursor?.row == rows - 1)
            #expect(frame.modes.bracketedPaste)
        }
        let wide = Panel.pressed("^m漢字").over(try PanelFixture.frame(80, 24))
        #expect(wide.rows[23].text == " [cmdop] say to all: 漢字" && wide.cursor?.column == 25)
        #expect(Panel.pressed("^m漢字").over(try PanelFixture.frame(1, 1)).cursor?.column == 0)
    }
}
