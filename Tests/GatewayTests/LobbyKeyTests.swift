import TestKit
import Testing

@testable import Gateway

@Suite("Keys in the lobby")
struct LobbyKeyTests {
    private func keys(_ text: String, flushing: Bool = false) -> [LobbyKey] {
        var reader = LobbyKeyReader()
        let keys = text.utf8.flatMap { reader.take($0) }
        return keys + (flushing ? [reader.flush()].compactMap(\.self) : [])
    }

    @Test("are known in the forms that terminals have for them")
    func known() {
        #expect(keys("\u{1B}[A\u{1B}OA\u{1B}[1;5A\u{10}") == [.up, .up, .up, .up])
        #expect(keys("\u{1B}[B\u{1B}OB\u{0E}") == [.down, .down, .down])
        #expect(keys("\u{1B}[5~\u{02}\u{1B}[6~\u{06}") == [.pageUp, .pageUp, .pageDown, .pageDown])
        #expect(keys("\u{1B}[H\u{1B}OH\u{1B}[1~\u{1B}[7~") == [.first, .first, .first, .first])
        #expect(keys("\u{1B}[F\u{1B}OF\u{1B}[4~\u{1B}[8~") == [.last, .last, .last, .last])
        #expect(
            keys("\r\n\u{7F}\u{8}\u{15}\u{3}\u{4}") == [.enter, .enter, .backspace, .backspace, .clear, .leave, .leave])
        #expect(keys("a /~") == [.character("a"), .character(" "), .character("/"), .character("~")])
    }

    @Test("that mean nothing here are none: function keys, Alt, mouse, other controls, text that is not ASCII")
    func unknown() {
        for text in [
            "\u{1B}[11~", "\u{1B}OP", "\u{1B}x", "\u{1B}[3~", "\u{1B}[<0;5;5M", "\u{1}\u{12}\0", "é你", "\u{1B}[200~",
        ] {
            #expect(keys(text, flushing: true).isEmpty, "\(text.debugDescription)")
        }
        #expect(keys("\u{1B}[" + String(repeating: "1", count: 100) + "q").count <= 101)
    }

    @Test("that begin with an escape wait for their rest; Escape alone is a key when nothing follows")
    func escape() {
        var reader = LobbyKeyReader()
        #expect(reader.take(0x1B) == [] && reader.isHolding)
        #expect(reader.flush() == .escape && !reader.isHolding && reader.flush() == nil)
        #expect(keys("\u{1B}\u{1B}\u{1B}[A") == [.escape, .escape, .up])
        #expect(keys("\u{1B}\r") == [.escape, .enter])
        #expect(keys("\u{1B}[", flushing: true) == [])
        #expect(keys("\u{1B}[1\u{3}") == [.leave])
    }

    @Test("of any bytes never trap")
    func hostile() {
        var numbers = SteadyNumbers(seed: 1)
        var reader = LobbyKeyReader()
        let alphabet: [UInt8] = [0x1B, 0x5B, 0x4F, 0x31, 0x3B, 0x7E, 0x41, 0x0D, 0x6E, 0xFF, 0x80]
        for _ in 0..<100_000 { _ = reader.take(alphabet.randomElement(using: &numbers) ?? 0) }
        _ = reader.flush()
        #expect(reader.take(0x61) == [.character("a")])
    }
}
