import SessionModel
import Testing

private let first = TurnNumber(rawValue: 1)
private let second = TurnNumber(rawValue: 2)

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite("A handover cuts no character, sequence or paste")
struct DeliveredInputTests {
    @Test("what completes a begun character or sequence is known, and nothing more")
    func completion() {
        let whole = [
            "\u{E9}", "\u{4E2D}", "\u{1F600}", "\u{1B}[A", "\u{1B}[1;5A", "\u{1B}[<0;10;20M", "\u{1B}[M !!", "\u{1B}OA",
            "\u{1B}b", "\u{1B}[200~",
        ]
        for sequence in whole.map(bytes) {
            for cut in 1..<sequence.count {
                var delivered = DeliveredInput()
                delivered.note((bytes("x") + sequence[..<cut])[...], in: first)
                let rest = sequence[cut...] + bytes("rm -rf\r")
                #expect(delivered.completion(in: rest, of: first) == sequence.count - cut)
            }
            var delivered = DeliveredInput()
            delivered.note(sequence[...], in: first)
            #expect(delivered.completion(in: bytes("abc"), of: first) == 0)
        }
    }

    @Test("nothing completes what the next bytes break off, or what another turn began")
    func noCompletion() {
        var delivered = DeliveredInput()
        delivered.note([0xE4], in: first)
        #expect(delivered.completion(in: bytes("abc"), of: first) == 0)
        #expect(delivered.completion(in: [0xB8, 0xAD], of: second) == 0)
        delivered.note(bytes("\u{1B}[")[...], in: second)
        #expect(delivered.completion(in: [], of: second) == 0)
        let digits = [UInt8](repeating: 0x31, count: 1_000)
        #expect(delivered.completion(in: digits, of: second) == 0)
    }

    @Test("an open paste is closed by what of its end is missing, wherever it stands")
    func pasteClosing() {
        let paste = bytes("\u{1B}[200~one\r\u{4E2D}\u{1B}[20x two\u{1B}[201~")
        for cut in 0...paste.count {
            var delivered = DeliveredInput()
            delivered.note(paste[..<cut], in: first)
            #expect(delivered.isInPaste == (6..<paste.count).contains(cut))
            delivered.note(delivered.pasteClosing[...], in: first)
            #expect(!delivered.isInPaste)
            #expect(delivered.pasteClosing.isEmpty)
        }
        var delivered = DeliveredInput()
        delivered.note(paste.dropLast(2), in: first)
        #expect(delivered.pasteClosing == bytes("1~"))
    }

    @Test("another turn is in no paste of the one before it")
    func turns() {
        var delivered = DeliveredInput()
        delivered.note(bytes("\u{1B}[200~one")[...], in: first)
        delivered.note(bytes("x")[...], in: second)
        #expect(!delivered.isInPaste)
    }
}

@Suite("The line at the prompt, and whose it is")
struct TypedLineTests {
    private func line(_ typed: (String, String)...) -> TypedLine {
        var line = TypedLine()
        for (name, text) in typed { line.note(bytes(text)[...], isPaste: false, by: name) }
        return line
    }

    @Test("a line stands from its first key to the one that ends it")
    func standing() {
        #expect(line(("bob", "l")).isOpen)
        #expect(!line(("bob", "l"), ("bob", "s\r")).isOpen)
        #expect(line(("bob", "ls\rec")).isOpen)
        for end in ["\r", "\n", "\u{03}", "\u{04}", "\u{15}"] { #expect(!line(("bob", "ls" + end)).isOpen) }
    }

    @Test("whoever takes it over is told of everybody else who wrote it")
    func owners() {
        let written = line(("bob", "x\recho"), ("alice", " a"), ("bob", "b"))
        #expect(written.owners(besides: "carol") == "bob and alice")
        #expect(written.owners(besides: "alice") == "bob")
        #expect(line(("bob", "echo")).owners(besides: "bob") == nil)
        #expect(line(("bob", "ls\r"), ("alice", "l")).owners(besides: "carol") == "alice")
    }

    @Test("nothing in a paste ends a line")
    func pastes() {
        var line = TypedLine()
        line.note(bytes("one\rtwo\r")[...], isPaste: true, by: "bob")
        #expect(line.writers == ["bob"])
        line.clear()
        #expect(!line.isOpen)
    }
}
