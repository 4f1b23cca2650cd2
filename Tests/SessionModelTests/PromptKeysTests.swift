import SessionModel
import Testing

@Suite("What keys tell of a prompt's line")
struct PromptKeysTests {
    private func keys(_ typed: [String], isTypedAhead: Bool = false, isPaste: Bool = false) -> PromptKeys {
        var keys = PromptKeys(isTypedAhead: isTypedAhead)
        for part in typed { keys.note(Array(part.utf8)[...], isPaste: isPaste) }
        return keys
    }

    @Test(
        "where all was erased, nothing stands there as far as they tell",
        arguments: [
            ["abc\u{15}"], ["abc", "\u{15}"], ["abc\u{7F}\u{7F}\u{7F}"], ["ab\u{8}\u{8}\u{8}"], ["é漢", "\u{7F}\u{7F}"],
            ["ab \u{15}"], ["abc\u{17}"], ["abc\u{1}\u{B}"], ["\u{1B}[A\u{1B}[B"], ["\u{1B}OD\u{15}"], ["\u{C}"],
            ["\u{1B}[3~"], ["\u{1B}[3~", "\u{15}"], ["\u{1B}[1~\u{1B}[4~"], ["ab\u{1B}[1;5D\u{15}"],
            ["\u{1B}[3;5~\u{15}"],
        ])
    func erased(_ typed: [String]) { #expect(keys(typed).mayBeEmpty) }

    @Test(
        "where something may stand there, or a key waits for another, it is not empty",
        arguments: [
            ["a"], ["abc\u{7F}\u{7F}"], ["abc\u{15}d"], ["é漢\u{7F}"], [" \u{1}"], ["\u{1B}[Da "], ["漢\u{1B}[D"],
            ["abc\r"], ["abc\u{3}"], ["\t"], ["\u{1B}"], ["\u{1B}[2~"], ["\u{1B}[15~"], ["\u{1B}[3"], ["\u{1B}[", "A"],
            ["\u{16}"], ["\u{18}"],
            ["\u{1B}a\u{15}"], ["\u{12}\u{7}"], ["a\r\u{15}"],
        ])
    func standing(_ typed: [String]) { #expect(!keys(typed).mayBeEmpty) }

    @Test("what is typed behind what was entered is for the next line, which the shell may have read")
    func ahead() {
        #expect(keys(["ls\recho"]).hasTypedAhead && keys(["ls\r", "e"]).hasTypedAhead)
        #expect(!keys(["ls\r"]).hasTypedAhead && !keys(["ab\u{3}"]).hasTypedAhead && !keys(["ls"]).hasTypedAhead)
    }

    @Test("what was entered or given up leaves nothing behind the prompt that is drawn next")
    func entered() {
        for typed in ["!nosuch\r", "abc\u{3}", "abc\u{3}\u{3}", "\tabc\u{3}", "ab\u{1B}[Dc\r"] {
            var entered = keys([typed])
            #expect(!entered.mayBeEmpty)
            entered.notePrompt()
            #expect(entered.mayBeEmpty)
            entered.note([0x61], isPaste: false)
            #expect(!entered.mayBeEmpty)
            entered.notePrompt()
            #expect(!entered.mayBeEmpty)
        }
        // The prompt may be the one that this key draws anew, before the line was read.
        var redrawn = keys(["\u{C}abc\r"])
        redrawn.notePrompt()
        #expect(!redrawn.mayBeEmpty)
        var standing = keys(["abc"])
        standing.notePrompt()
        #expect(!standing.mayBeEmpty)
    }

    @Test("what was typed ahead a program may have read; not what is typed then")
    func typedAhead() {
        #expect(keys([], isTypedAhead: true).mayBeEmpty)
        for typed in ["a\u{7F}", "\u{7F}", "\u{15}"] {
            #expect(keys([typed], isTypedAhead: true).line == .edited, "only the screen shows what they erased")
        }
        #expect(!keys([" \u{7F}"], isTypedAhead: true).mayBeEmpty)
        #expect(!keys(["\r"], isTypedAhead: true).mayBeEmpty)
    }

    @Test("a paste is text, and its marks are none; with lines in it, nothing is known")
    func paste() {
        var pasted = keys(["\u{1B}[200~ab\u{1B}[201~"], isPaste: true)
        #expect(pasted.line == .characters(2))
        pasted.note([0x7F, 0x7F], isPaste: false)
        #expect(pasted.mayBeEmpty)
        var lines = keys(["\u{1B}[200~a\nb\u{1B}[201~"], isPaste: true)
        lines.note([0x15], isPaste: false)
        #expect(!lines.mayBeEmpty)
    }
}
