import Testing

@testable import Control

@Suite("Text of programs in answers")
struct PrintedTextTests {
    @Test("what would turn the order of characters around is shown, and everything else stays")
    func directions() {
        #expect("ab \u{202E}fdp.exe\u{2066}\u{200F}\u{61C}".inOrder == "ab \\u{202e}fdp.exe\\u{2066}\\u{200f}\\u{61c}")
        #expect("né 漢字 שלום 👩\u{200D}💻".inOrder == "né 漢字 שלום 👩\u{200D}💻")
    }
}
