import ScreenModel
import SessionModel
import Terminal
import Testing

struct GlyphWidthTests {
    /// Insert mode is where every glyph goes by libvterm; elsewhere only the ones at the margin do.
    @Test("a character takes the same columns at the margin as before it")
    func sameWidths() throws {
        let fixture = try TerminalFixture(columns: 8, rows: 2)
        let (direct, careful) = (fixture.screen(), fixture.screen())
        careful.feed(Array("\u{1B}[4h".utf8))
        let ranges = [0xA0..<0x3400, 0xA490..<0xAC10, 0xD790..<0x1_0000, 0x1_6F00..<0x1_FB00]
        for value in ranges.joined() {
            guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
            let bytes = Array("\ra\(scalar)".utf8)
            direct.feed(bytes)
            careful.feed(bytes)
            #expect(direct.cursor == careful.cursor, "U+\(String(value, radix: 16))")
        }
    }
}
