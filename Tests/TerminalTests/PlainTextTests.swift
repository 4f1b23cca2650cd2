import Terminal
import Testing

@Suite("Output as plain text")
struct PlainTextTests {
    @Test(
        "has no sequences, lines end alike, and of what was written over itself the last stays",
        arguments: [
            ("a\r\nb\r\n", "a\nb\n"), ("\u{1B}[31mred\u{1B}[0m \u{1B}]0;title\u{7}x", "red x"),
            ("10%\r20%\r100%\r\n", "100%\n"), ("ab\u{8}c", "ac"), ("ö\u{8}u", "u"), ("a\tb", "a\tb"), ("", ""),
            ("e\u{301}\r\n中", "e\u{301}\n中"), ("x\r\r\n", "x\n"),
        ] as [(String, String)])
    func plain(_ output: String, _ text: String) {
        #expect(String(decoding: PlainText.of(Array(output.utf8)[...]), as: UTF8.self) == text)
    }
}
