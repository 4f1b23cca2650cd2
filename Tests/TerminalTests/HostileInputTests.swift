import SessionModel
import Terminal
import Testing

/// Each of these crashes, hangs or corrupts libvterm 0.1.4 where it is fed unread, or would cost memory without end.
struct HostileInputTests {
    @Test(
        "hostile sequences leave a terminal that still works",
        arguments: [
            "\u{1B}[" + String(repeating: "1;", count: 1_000_000) + "m",
            "\u{1B}[" + String(repeating: "9", count: 100_000) + "A",
            "\u{1B}[1000000000b", "x\u{1B}[1000000000b", "\u{301}\u{1B}[99b", "漢\u{1B}[65535b",
            String(repeating: "\u{80}", count: 1_000) + "\u{1B}H", "e" + String(repeating: "\u{301}", count: 100_000),
            "\u{1B}[8;9999;9999t", "\u{1B}[20;24r\u{1B}[?69h\u{1B}[300;400s\u{1B}[S", "\u{1B}#8\u{1B}#3\u{1B}#6",
            "\u{1B}[?6h\u{1B}[999;999H\u{1B}[999L\u{1B}[999M\u{1B}[999P\u{1B}[999@\u{1B}[999X",
            "\u{1B}[38;2m\u{1B}[38m\u{1B}[38:2m\u{1B}[48;5m\u{1B}[;;;;38;5;m",
            String(repeating: "\u{1B}[?1049h\u{1B}7", count: 1_000), String(repeating: "\u{1B}[22t", count: 10_000),
        ])
    func sequences(text: String) throws {
        let screen = try TerminalFixture().screen(text)
        screen.feed(Array("\u{18}\u{1B}c\u{1B}[3;1Hfine".utf8))
        #expect(screen.text(row: 2) == "fine")
    }

    @Test("bytes that are no UTF-8 become replacement characters, the same wherever they are cut")
    func invalidUTF8() throws {
        let fixture = try TerminalFixture()
        let bytes: [UInt8] = [0xC0, 0xAF, 0xE0, 0x80, 0x41, 0xF0, 0x9F, 0x42, 0xED, 0xA0, 0x80, 0xF5, 0xE2, 0x82]
        let whole = fixture.screen(bytes)
        #expect(whole.text(row: 0) == "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}A\u{FFFD}B\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}")
        #expect(!whole.isGround)
        whole.feed([0xAC])
        #expect(whole.isGround)
        #expect(whole.text(row: 0).hasSuffix("€"))
        #expect(fixture.screen(bytes, pieces: [1]).text == fixture.screen(bytes).text)
    }

    @Test("a string that never ends costs no memory, and its end ends it")
    func endlessString() throws {
        let screen = try TerminalFixture().screen("\u{1B}]2;")
        var filter = StreamFilter()
        var output: [UInt8] = []
        filter.filter(Array("\u{1B}]2;".utf8), into: &output)
        let block = [UInt8](repeating: 0x61, count: 1 << 20)
        for _ in 0..<100 {
            screen.feed(block)
            filter.filter(block, into: &output)
        }
        #expect(output.isEmpty && !filter.isGround && !screen.isGround)
        screen.feed(Array("\u{7}ok".utf8))
        filter.filter(Array("\u{7}ok".utf8), into: &output)
        #expect(screen.text(row: 0) == "ok" && screen.title.isEmpty)
        #expect(output == Array("ok".utf8))
    }

    @Test("a window is resized a thousand times under output")
    func resizeStorm() throws {
        let screen = try TerminalFixture().screen()
        var generator = StreamGenerator(seed: 7)
        for _ in 0..<1_000 {
            let size = TerminalSize(columns: 1 + generator.below(60), rows: 1 + generator.below(30))
            screen.resize(to: try #require(size))
            screen.feed(generator.stream(tokens: 10))
            _ = screen.takeReplies()
        }
        screen.resize(to: try #require(TerminalSize(columns: 1_000, rows: 1_000)))
        screen.feed(Array("\u{18}\u{1B}cfine".utf8))
        #expect(screen.text(row: 0) == "fine")
    }
}
