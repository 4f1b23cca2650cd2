import SessionModel
import TestKit
import Testing

private typealias Kind = InputClassifier.Kind
private typealias Piece = InputClassifier.Piece

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A control sequence.
private func csi(_ rest: String) -> [UInt8] { bytes("\u{1B}[" + rest) }

private func classify(_ input: [UInt8]) -> [Piece] {
    var classifier = InputClassifier()
    return classifier.classify(input) + classifier.flush()
}

/// The pieces, with neighbours of one kind as one, because a chunk's end may part them.
private func joined(_ pieces: [Piece]) -> [Piece] {
    pieces.reduce(into: []) { joined, piece in
        if let last = joined.last, last.kind == piece.kind {
            joined[joined.count - 1] = Piece(piece.kind, last.bytes + piece.bytes)
        } else {
            joined.append(piece)
        }
    }
}

private func otherKinds(_ pieces: [Piece]) -> [Kind] { pieces.map(\.kind).filter { $0 != .keys } }

@Suite("A client's typing is cut into keys, pastes and reports")
struct InputClassifierTests {
    @Test("text, controls and key sequences are keys")
    func keys() {
        let sequences = [
            "A", "1;5A", "3~", "15;2~", "1;2R", "1;16R", "[A", "Z", "13;5u", "27;5;13~", "M", "t", "c", "97:65;2u",
        ]
        for sequence in sequences.map(csi) { #expect(classify(sequence) == [Piece(.keys, sequence)]) }
        let texts = [
            "ls\r", "\u{03}", "h\u{E9}\u{4E2D}\u{1F600}", "\u{1B}OA", "\u{1B}b", "\u{1B}]", "\u{1B}_", "\u{1B}",
        ]
        for text in texts.map(bytes) { #expect(classify(text) == [Piece(.keys, text)]) }
    }

    @Test("mouse and focus reports are told from keys")
    func reports() {
        for mouse in ["M !!", "M\u{20}\u{7E}\u{21}", "<0;10;20M", "<35;1;1m", "32;10;20M"] {
            #expect(classify(csi(mouse)) == [Piece(.mouse, csi(mouse))])
        }
        let far = csi("M ") + [0xF0, 0x80]
        #expect(classify(far) == [Piece(.mouse, far)])
        for focus in ["I", "O"] { #expect(classify(csi(focus)) == [Piece(.focus, csi(focus))]) }
    }

    @Test("mouse coordinates as UTF-8 are whole characters")
    func mouseAsUTF8() {
        let report = csi("M ") + [0xC4, 0x80, 0xC3, 0xA9]
        var classifier = InputClassifier()
        classifier.mouseIsUTF8 = true
        let pieces = classifier.classify(report + bytes("x"))
        #expect(pieces == [Piece(.mouse, report), Piece(.keys, bytes("x"))])
    }

    @Test("what a terminal answers is told from keys")
    func replies() {
        let sequences = [
            "5;10R", "1;1R", "1;17R", "24;80R", "?1;1;1R", "0n", "3n", "?997;1n", "?64;1;22c", ">0;276;0c", "?2026;2$y",
            "4;1$y", "8;24;80t", "48;24;80;0;0t", "?1u", "2;1;1;128;128;1;0x", ">4;1m",
        ]
        for reply in sequences.map(csi) { #expect(classify(reply) == [Piece(.reply, reply)]) }
        let strings = [
            "]11;rgb:0000/0000/0000\u{1B}\\", "]11;rgb:ffff/ffff/ffff\u{07}", "]52;c;aGk=\u{07}", "]lTitle\u{1B}\\",
            "P1$r0m\u{1B}\\", "P>|XTerm(380)\u{1B}\\", "P!|7E565445\u{1B}\\", "P1+r524742\u{1B}\\", "_Gi=31;OK\u{1B}\\",
        ]
        for reply in strings.map({ bytes("\u{1B}" + $0) }) { #expect(classify(reply) == [Piece(.reply, reply)]) }
    }

    @Test("a paste is marked from its beginning to its end, whatever stands in it")
    func pastes() {
        let inside = bytes("one\r\u{1B}[<0;1;1M\u{1B}[5;5R\u{1B}[20\u{1B}") + csi("201~")
        let whole = [
            Piece(.keys, bytes("a")), Piece(.pasteBegin, csi("200~")), Piece(.paste, inside), Piece(.keys, bytes("b")),
        ]
        #expect(classify(whole.flatMap(\.bytes)) == whole)
    }

    @Test("a character of a paste waits for its rest, or for the time to be up; the paste goes on")
    func characterInPaste() {
        var classifier = InputClassifier()
        #expect(classifier.classify(csi("200~") + [0x61, 0xE4, 0xB8]).last == Piece(.paste, [0x61]))
        #expect(classifier.isWaiting)
        #expect(classifier.classify([0xAD, 0xE4]) == [Piece(.paste, [0xE4, 0xB8, 0xAD])])
        #expect(classifier.flush() == [Piece(.paste, [0xE4])])
        #expect(!classifier.isWaiting)
        #expect(classifier.classify([0xE4]).isEmpty)
        #expect(classifier.classify(csi("201~")) == [Piece(.paste, [0xE4] + csi("201~"))])
        #expect(classifier.classify([0x61]) == [Piece(.keys, [0x61])])
    }

    @Test("the Escape key is there at once; what comes behind it in time is still known for what it is")
    func escapeKey() {
        var classifier = InputClassifier()
        #expect(classifier.classify(bytes(":q\u{1B}")) == [Piece(.keys, bytes(":q\u{1B}"))])
        #expect(classifier.isWaiting)
        #expect(classifier.classify(bytes("[I")) == [Piece(.focus, bytes("[I"))])
        #expect(classifier.classify(bytes("\u{1B}")) == [Piece(.keys, bytes("\u{1B}"))])
        #expect(classifier.flush().isEmpty)
        #expect(!classifier.isWaiting)
        #expect(classifier.classify(bytes("[I")) == [Piece(.keys, bytes("[I"))])
    }

    @Test("what is not whole waits, and is keys when the time is up")
    func waiting() {
        for unfinished in [[0xE4, 0xB8], csi(""), csi("1;"), csi("M!"), bytes("\u{1B}O"), bytes("\u{1B}]1;x")] {
            var classifier = InputClassifier()
            #expect(classifier.classify(unfinished).isEmpty)
            #expect(classifier.isWaiting)
            #expect(classifier.flush() == [Piece(.keys, unfinished)])
            #expect(!classifier.isWaiting)
            #expect(classifier.classify([0x61]) == [Piece(.keys, [0x61])])
        }
    }

    @Test("a string that never ends is given up after 4 KiB, and one with a control in it at once")
    func endlessString() {
        var classifier = InputClassifier()
        let begin = bytes("\u{1B}]52;")
        let letters = [UInt8](repeating: 0x41, count: 4_000)
        #expect(classifier.classify(begin + letters).isEmpty)
        #expect(classifier.classify(letters).count == 1)
        #expect(!classifier.isWaiting)
        let broken = begin + bytes("ls\r")
        #expect(classify(broken) == [Piece(.keys, broken)])
    }

    @Test("wherever the chunks end, the pieces are the same, but for the Escape key")
    func everyCut() {
        let whole = joined(classify(Samples.mixed))
        for cut in 1..<Samples.mixed.count {
            var classifier = InputClassifier()
            let first = classifier.classify(Array(Samples.mixed[..<cut]))
            let pieces = joined(first + classifier.classify(Array(Samples.mixed[cut...])) + classifier.flush())
            #expect(pieces.flatMap(\.bytes) == Samples.mixed)
            let escapeCame = Samples.mixed[cut - 1] == 0x1B && first.last?.bytes.last == 0x1B && pieces != whole
            if escapeCame {
                // The rest of what begins with it is what it was.
                #expect(otherKinds(pieces) == otherKinds(whole))
                #expect(first.last?.kind == .keys)
            } else {
                #expect(pieces == whole, "cut at \(cut)")
            }
        }
        let single = Samples.mixed.filter { $0 != 0x1B }
        var classifier = InputClassifier()
        let pieces = single.flatMap { classifier.classify([$0]) }
        #expect(joined(pieces) == joined(classify(single)))
    }

    @Test("whatever comes in comes out, in order, with no more held than a string's limit")
    func fuzz() {
        var numbers = SteadyNumbers(seed: 4)
        let alphabet = bytes("\u{1B}[]OPM_<>?;0129~RIcntu\\\u{07}\r") + [0xC3, 0xA9, 0xE4, 0xF0, 0x80, 0xFF]
        for _ in 0..<5_000 {
            let input = numbers.mutated(Samples.mixed, with: alphabet)
            var classifier = InputClassifier()
            var pieces: [Piece] = []
            var rest = input[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...40, using: &numbers)
                pieces += classifier.classify(Array(rest.prefix(count)))
                if Int.random(in: 0..<20, using: &numbers) == 0 { pieces += classifier.flush() }
                rest = rest.dropFirst(count)
            }
            pieces += classifier.flush()
            #expect(pieces.flatMap(\.bytes) == input)
            #expect(pieces.allSatisfy { !$0.bytes.isEmpty })
        }
    }
}

private enum Samples {
    /// Something of everything.
    static let mixed: [UInt8] = [
        bytes("ls -l \u{E9}\u{4E2D}\u{1F600}\r"), csi("A"), bytes("\u{1B}OA\u{1B}b\u{1B}\u{E9}"), csi("<0;10;20M"),
        csi("<0;10;20m"), csi("M !!"), csi("I"), csi("32;10;20M"), bytes("x"), csi("5;10R"), csi("1;2R"),
        csi("?64;1c"), bytes("\u{1B}]11;rgb:00/00/00\u{1B}\\"), bytes("\u{1B}P1$r0m\u{1B}\\y"),
        bytes("\u{1B}]11;rgb:00/00/00\u{07}"), csi("200~"), bytes("two\r\u{4E2D}\u{1B}[20x"), csi("201~"),
        [0xFF, 0x80, 0xC3], bytes("z"), csi("15;2~"), csi("O"), bytes("\u{1B}\u{1B}"), csi("B"), bytes("q"),
    ].flatMap { $0 }
}
