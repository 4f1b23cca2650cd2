import Terminal
import Testing

struct StreamFilterTests {
    @Test(
        "what a viewer's terminal would answer, remember or act on is dropped",
        arguments: [
            "\u{1B}[c", "\u{1B}[>c", "\u{1B}[=c", "\u{1B}[6n", "\u{1B}[?6n", "\u{1B}Z", "\u{5}", "\u{1B}[?1$p",
            "\u{1B}[4$p", "\u{1B}P$qm\u{1B}\\", "\u{1B}P+q544e\u{1B}\\", "\u{1B}]10;?\u{7}", "\u{1B}]4;1;?\u{7}",
            "\u{1B}]52;c;aGk=\u{7}", "\u{1B}]52;c;?\u{1B}\\", "\u{1B}[>q", "\u{1B}[?u", "\u{1B}[>1u", "\u{1B}[<u",
            "\u{1B}[=1;1u", "\u{1B}[>4;2m", "\u{1B}[21t", "\u{1B}[8;1;1t", "\u{1B}[14t", "\u{1B}[18t",
            "\u{1B}]9;hi\u{7}", "\u{1B}]777;notify;a;b\u{7}", "\u{1B}]1337;File=name=x:aGk=\u{7}",
            "\u{1B}_Ga=q;x\u{1B}\\", "\u{1B}^x\u{1B}\\", "\u{1B}Xx\u{1B}\\", "\u{1B}[i", "\u{1B}[?1000h",
            "\u{1B}[?1002;1006h", "\u{1B}[?1004h", "\u{85}\u{9B}", "\u{1B}[1*y", "\u{1B}[x", "\u{1B}%G",
            "\u{1B}[?69h", "\u{1B}[2;5s", "\u{1B}]8;;http://x\u{7}", "\u{1B}]7;file://h/\u{7}",
            "\u{1B}]133;A\u{7}", "\u{1B}[?3h", "\u{1B}#3", "\u{1B} G", "\u{1B}[1;1;1;1$r", "\u{1B}[?2026h",
            "\u{1B}[22;0t", "\u{1B}]2;title\u{1B}\\", "\u{1B}]0;title\u{7}", "\u{1B}]1;icon\u{7}",
            "\u{1B}]2;t\u{7}\u{1B}[22t\u{1B}[23t", "\u{1B}[1;2;3;4;5T",
        ])
    func dropped(text: String) {
        #expect(TerminalFixture.filtered("a" + text + "b") == "ab")
    }

    @Test(
        "what the session's own screen implements passes unchanged",
        arguments: [
            "plain ✓ 漢字 🥳 e\u{301}", "\u{1B}[1;31mred\u{1B}[m", "\u{1B}[38:2::1:2:3m",
            "\u{1B}[H\u{1B}[2J\u{1B}[3J", "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?2004h\u{1B}[?1l", "\u{1B}(0x\u{1B}(B",
            "\u{1B}7\u{1B}8\u{1B}M\u{1B}D\u{1B}=", "\u{1B}[2;5r\u{1B}[4h\u{1B}[!p\u{1B}[5 q",
            "\r\n\t\u{8}\u{7}\u{E}\u{F}", "\u{1B}c",
        ])
    func passed(text: String) {
        #expect(TerminalFixture.filtered(text) == text)
    }

    @Test("allowed modes pass out of a list with others, and the short forms of saving the cursor as the long ones")
    func rewritten() {
        #expect(TerminalFixture.filtered("\u{1B}[?1000;25;1006h") == "\u{1B}[?25h")
        #expect(TerminalFixture.filtered("\u{1B}[s\u{1B}[u") == "\u{1B}7\u{1B}8")
    }

    @Test("an unfinished sequence waits for its rest")
    func ground() {
        var filter = StreamFilter()
        var output: [UInt8] = []
        filter.filter(Array("ab\u{1B}[3".utf8), into: &output)
        #expect(output == Array("ab".utf8) && !filter.isGround)
        filter.filter(Array("1m".utf8), into: &output)
        #expect(output == Array("ab\u{1B}[31m".utf8) && filter.isGround)
    }
}
