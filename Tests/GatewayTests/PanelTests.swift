import ScreenModel
import SessionModel
import TestKit
import Testing

@testable import Gateway

@Suite("The panel's keys")
struct PanelTests {
    private static let deeds: [(String, Panel.Act)] = [
        ("t", .ask), ("T", .askAtPrompt), ("x", .release), ("s", .hideLine), ("o", .onlyWatch), ("d", .detach),
    ]

    @Test("a key after the panel's key acts and closes", arguments: deeds)
    func acting(_ letter: String, _ act: Panel.Act) {
        var panel = Panel(key: .standard)
        #expect(panel.type("^") == [.redraw])
        #expect(panel.isOpen)
        #expect(panel.type(letter) == [act, .redraw])
        #expect(!panel.isOpen)
        #expect(panel.type("ls^\(letter)la") == [.input(Array("ls".utf8)), act, .input(Array("la".utf8))])
    }

    @Test("the panel's key twice is the session's, in whatever form it was typed")
    func twice() {
        var panel = Panel(key: .standard)
        #expect(panel.type("a^^b") == [.input([0x61, 0x1D, 0x62])])
        #expect(panel.type("^") == [.redraw])
        #expect(panel.type("^") == [.input([0x1D]), .redraw])
        #expect(panel.type("\u{1B}[93;5u") == [.redraw])
        #expect(panel.type("\u{1B}[93;5ux") == [.input(Array("\u{1B}[93;5ux".utf8)), .redraw])
    }

    @Test("the panel's key within a paste is the session's, wherever the paste is cut; alone it always opens")
    func pasted() {
        let paste = Array("a\u{1B}[200~one\u{1D}d two\u{1B}[93;5u\u{1B}[201~b".utf8)
        for cut in 0...paste.count {
            var panel = Panel(key: .standard)
            // A key typed alone is one typed by hand.
            if paste.dropFirst(cut).elementsEqual([0x1D]) { continue }
            let acts = panel.receive(Array(paste[..<cut])) + panel.receive(Array(paste[cut...]))
            let input = acts.flatMap { act -> [UInt8] in if case .input(let bytes) = act { bytes } else { [] } }
            #expect(input == paste, "cut at \(cut)")
            #expect(!panel.isOpen && panel.type("^d") == [.detach])
        }
        var panel = Panel(key: .standard)
        #expect(panel.type("\u{1B}[200~never ended") != [])
        #expect(panel.type("^") == [.redraw])
        #expect(panel.isOpen)
    }

    @Test(
        "any other key closes the panel and is not sent",
        arguments: [
            "\u{1B}", "q", "\r", "z", "D", "\u{03}", "\u{7F}", "é", "漢", "\u{1B}[A", "\u{1B}OB", "\u{1B}[3~", "\u{1B}a",
            "\u{1B}[27u", "\u{1B}[1;5C", "\u{1B}P",
        ])
    func closing(_ keys: String) {
        var panel = Panel.pressed("^")
        #expect(panel.type(keys) == [.redraw])
        #expect(!panel.isOpen)
        #expect(panel.type("^d") == [.detach])
    }

    @Test(
        "what the terminal answers and the mouse does is no key",
        arguments: [
            "\u{1B}[I", "\u{1B}[O", "\u{1B}[M !!", "\u{1B}[<0;10;10M", "\u{1B}[<0;10;10m", "\u{1B}[32;1;1M",
            "\u{1B}[24;80R", "\u{1B}[?62;22c", "\u{1B}[0n", "\u{1B}]11;rgb:00/00/00\u{1B}\\",
            "\u{1B}]11;rgb:00/00/00\u{07}",
            "\u{1B}P1$r0m\u{1B}\\", "\u{1B}[200~d\r\u{1B}[201~", "\u{1B}[100;1:3u",
        ])
    func reports(_ bytes: String) {
        // Not where a key alone would end: Escape, or Alt and a letter.
        for cut in 0...bytes.utf8.count where cut == 0 || cut > 2 {
            var panel = Panel.pressed("^")
            let bytes = Array(bytes.utf8)
            let acts = panel.receive(Array(bytes[..<cut])) + panel.receive(Array(bytes[cut...]))
            #expect(acts == [], "\(cut)")
            #expect(panel.type("d") == [.detach, .redraw])
        }
    }

    @Test(
        "each page opens by its key, takes what is typed, and closes by Esc, q and Enter",
        arguments: ["?", "w"], ["\u{1B}", "q", "\r", "\n", "\u{1B}[27u", "\u{1B}OM"])
    func pages(_ letter: String, _ closing: String) {
        var panel = Panel(key: .standard)
        #expect(panel.type("^\(letter)") == (letter == "w" ? [.askWho, .redraw] : [.redraw]))
        #expect(panel.type("dtxz\u{1B}[A\u{7F}") == [])
        #expect(panel.isOpen)
        #expect(panel.type(closing) == [.redraw])
        #expect(!panel.isOpen)
        #expect(panel.type("ls\r") == [.input(Array("ls\r".utf8))])
    }

    @Test(
        "on every page the panel's key opens the keys: the next is the panel's, and not the session's",
        arguments: ["?", "w", "h", "m", "mhello", "g", "a", "n"], ["^", "\u{1B}[93;5u"])
    func keyOnPage(_ letters: String, _ key: String) {
        var panel = Panel(key: .standard)
        panel.proposals = [.of(1, "ls")]
        _ = panel.type("^" + letters)
        #expect(panel.type(key) == [.redraw])
        #expect(panel.type("t") == [.ask, .redraw])
        #expect(!panel.isOpen)
        #expect(panel.type("ls") == [.input(Array("ls".utf8))])
    }

    @Test("the panel's key in a paste on a page makes no keys of what follows it")
    func keyInPaste() {
        var panel = Panel.pressed("^w")
        #expect(panel.type("\u{1B}[200~one^dx\u{1B}[201~") == [.redraw])
        #expect(panel.type("w") == [.askWho, .redraw])
    }

    @Test("who is answered only while it is asked")
    func whoIsClosed() throws {
        var panel = Panel.pressed("^wq")
        panel.show(who: [try PanelFixture.person("bob")])
        #expect(!panel.isOpen)
    }

    @Test(
        "the key is found wherever chunks end, and what is like it passes",
        arguments: [
            "\u{1B}[93;5u", "\u{1B}[93;69u", "\u{1B}[27;5;93~",
        ])
    func protocols(_ key: String) {
        let bytes = Array(key.utf8)
        for cut in [0] + Array(3...bytes.count) {
            var panel = Panel(key: .standard)
            #expect(panel.receive(Array(bytes[..<cut])).input == [])
            _ = panel.receive(Array(bytes[cut...]))
            #expect(panel.type("d") == [.detach, .redraw], "\(cut)")
        }
        // A lone Escape, or what begins another key, waits for nothing.
        for cut in 1...2 {
            var panel = Panel(key: .standard)
            #expect(panel.receive(Array(bytes[..<cut])) == [.input(Array(bytes[..<cut]))])
            #expect(panel.receive(Array(bytes[cut...])) == [.input(Array(bytes[cut...]))])
        }
        var panel = Panel(key: .standard)
        let other = Array("\u{1B}[93;6u\u{1B}[9\u{1B}[27;5;9\r".utf8)
        #expect(panel.receive(other) == [.input(other)])
    }

    @Test("another key opens the panel where the configuration says so")
    func otherKey() throws {
        let key = try #require(PanelKey(name: "ctrl-a"))
        var panel = Panel(key: key)
        #expect(panel.receive([0x1D]) == [.input([0x1D])])
        #expect(panel.receive([0x01]) == [.redraw])
        #expect(panel.receive([0x01]) == [.input([0x01]), .redraw])
        #expect(panel.receive(Array("\u{1B}[97;5ud".utf8)) == [.detach])
    }

    @Test("no bytes trap, and while nothing is open none is lost, doubled or moved")
    func fuzz() {
        var numbers = SteadyNumbers(seed: 7)
        let parts = [
            "\u{1B}", "[", "93;5u", "27;5;93~", "\u{1B}[9", "M", "\u{1B}[200~", "\u{1B}[201~", "é", "漢", "\u{1B}]",
            "\u{07}",
            "q", "m", "w", "?", "g", "a", "n", "y", "1", "\t", "\r", "\u{1B}[<", "u", "99999999999999999999", ";;;",
            ":", "\u{1B}O", "\u{1B}P",
        ].map { Array($0.utf8) }
        for round in 0..<2_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...40, using: &numbers) {
                bytes +=
                    Bool.random(using: &numbers)
                    ? parts[Int.random(in: 0..<parts.count, using: &numbers)]
                    : [UInt8.random(in: 0...255, using: &numbers)]
            }
            check(bytes, hasKey: round.isMultiple(of: 2), &numbers)
        }
    }

    private func check(_ bytes: [UInt8], hasKey: Bool, _ numbers: inout SteadyNumbers) {
        var panel = Panel(key: .standard)
        panel.proposals = [.of(1, "ls\n\u{1B}[2J"), .of(2, String(repeating: "漢", count: 500))]
        // Without the key: a cut in its sequence hides it, and no cut makes one.
        let bytes = hasKey ? bytes : bytes.filter { ![0x1D, 0x75, 0x7E].contains($0) }
        var rest = bytes[...]
        var input: [UInt8] = []
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...12, using: &numbers))
            rest = rest.dropFirst(piece.count)
            let acts = panel.receive(Array(piece))
            #expect(!acts.contains { if case .decide(_, _, isApproved: true) = $0 { true } else { false } })
            input += acts.input
            if let frame = try? PanelFixture.frame(Int.random(in: 1...50, using: &numbers), 3) {
                #expect(panel.over(frame).rows.allSatisfy { $0.cells.count == frame.size.columns })
            }
        }
        guard !hasKey else { return }
        // What is held back is the beginning of the key, and comes with what follows.
        input += panel.receive([0x0D]).input
        #expect(input == bytes + [0x0D])
    }
}
