import ScreenModel
import SessionModel
import Testing
import Wire

@testable import Gateway

@Suite("What the panel draws")
struct PanelDrawingTests {
    @Test("the keys take two rows of 80 columns, three of 40, and one where there is little room")
    func keys() throws {
        let panel = Panel.pressed("^")
        #expect(
            try PanelFixture.drawn(panel, 80, 24) == """
                 [cmdop] ? help  w who  t ask  x let go  m message  h commands  s hide line
                 o watch  d detach  Ctrl-] send it
                """)
        #expect(
            try PanelFixture.drawn(panel, 40, 12) == """
                 [cmdop] ? help  w who  t ask  x let go
                 m message  h commands  s hide line
                 o watch  d detach  Ctrl-] send it
                """)
        #expect(try PanelFixture.drawn(panel, 20, 3) == "? w t x m h s o d C…")
        #expect(try PanelFixture.drawn(panel, 1, 1) == "?")
    }

    @Test("help has a line for each key, and scrolls where they do not fit")
    func help() throws {
        var panel = Panel.pressed("^?")
        let lines = """
             ?      this page
             w      who is here, steers, and waits
             h      recent commands, and whose
             t      ask for the turn, or take it
             T      the same, once the prompt stands
             x      let go of the turn
             g      give the turn to who waits
             a      approve an agent's command
             n      refuse who asks
             m      a line to everybody here
             s      the next line is not recorded
             o      only watch; again to steer
             d      detach; the session goes on
             Ctrl-] send Ctrl-] itself
            """
        #expect(
            try PanelFixture.drawn(panel, 80, 24)
                == " [cmdop] Ctrl-] and then - deploy" + String(repeating: " ", count: 36) + "Esc closes\n" + lines)
        let first = lines.split(separator: "\n").prefix(11).joined(separator: "\n")
        #expect(try PanelFixture.drawn(panel, 40, 12) == " [cmdop] Ctrl-] and then - deploy\n" + first)
        #expect(
            try PanelFixture.drawn(panel, 20, 3) == " [cmdop] Ctrl-] and…\n ?      this page\n w      who is here…")
        #expect(try PanelFixture.drawn(panel, 1, 1) == "")
        panel.window = try #require(TerminalSize(columns: 20, rows: 3))
        #expect(panel.type("\u{1B}[A") == [])
        #expect(panel.type("\u{1B}[B") == [.redraw])
        #expect(try PanelFixture.drawn(panel, 20, 3).contains("\n w  "))
        _ = panel.type("\u{1B}[F")
        #expect(try PanelFixture.drawn(panel, 20, 3).hasSuffix("\n Ctrl-] send Ctrl-]…"))
        #expect(panel.type(" ") == [])
        #expect(panel.type("g") == [.redraw])
    }

    @Test("who names everybody, with what they are and do")
    func who() throws {
        var panel = Panel.pressed("^w")
        #expect(try PanelFixture.drawn(panel, 40, 12) == " [cmdop] who is here - deploy\n ...")
        panel.show(who: [
            try PanelFixture.person("alice", .lead, id: 1, steers: true), try PanelFixture.person("bob", id: 2),
            try PanelFixture.person("漢\u{1B}[2J字\u{202E}", .observer, id: 3),
        ])
        #expect(
            try PanelFixture.drawn(panel, 40, 12) == """
                 [cmdop] who: 3 here, mode open - deploy
                 NAME     ROLE      DOES      FOR
                 alice    lead      steers    5m
                 bob      operator  may type  5m
                 漢[2J字  observer  watches   5m
                """)
        #expect(
            try PanelFixture.drawn(panel, 20, 3)
                == " [cmdop] who: 3 her…\n NAME     ROLE     …\n alice    lead     …")
    }

    @Test("who names what runs beside the terminal, too, with control characters taken out")
    func whoBeside() throws {
        let key = VerifiedKey(
            OfferedKey(blob: [1], fingerprint: Fingerprint(text: "SHA256:bob")), proof: SignatureProof())
        let bob = Operator(name: "bob", kind: .person, key: key)
        func open(_ kind: ChannelKind, _ detail: String) -> OpenedDescription {
            let channel = OpenedChannel(
                id: AttachmentID(rawValue: 7), kind: kind, who: bob, transport: "ssh", detail: detail)
            return OpenedDescription(channel: channel, openFor: .seconds(42))
        }
        var panel = Panel.pressed("^w")
        panel.show(
            who: [try PanelFixture.person("alice", id: 1)],
            beside: [open(.exec, "make\u{1B}[2J test"), open(.listener, "localhost:8080"), open(.shell, "")])
        #expect(
            try PanelFixture.drawn(panel, 50, 12) == """
                 [cmdop] who: 1 here, mode open - deploy
                 NAME   ROLE      DOES                     FOR
                 alice  operator  may type                 5m
                 bob    -         exec make[2J test        42s
                 bob    -         listener localhost:8080  42s
                 bob    -         shell                    42s
                """)
    }

    @Test("a long list of people scrolls, and a long name gives way")
    func manyPeople() throws {
        var panel = Panel.pressed("^w")
        panel.window = try #require(TerminalSize(columns: 40, rows: 12))
        panel.show(who: try (0..<100).map { try PanelFixture.person("\(String(repeating: "n", count: 60))\($0)") })
        let first = try PanelFixture.drawn(panel, 40, 12).split(separator: "\n")
        #expect(first.count == 12)
        #expect(first[2] == " nnnnnnnnnnnnn…  operator  may type  5m")
        for _ in 0..<20 { _ = panel.type(" ") }
        _ = panel.type("\u{1B}[5~\u{1B}[6~jk")
        #expect(panel.type("G") == [.redraw])
        #expect(panel.type("G") == [])
        #expect(try PanelFixture.drawn(panel, 40, 12).split(separator: "\n").count == 12)
    }

    @Test("a notice is one reverse line at the bottom, cut to the width, and leaves the rest as it was")
    func notice() throws {
        var panel = Panel(key: .standard)
        panel.show(.message("漢字 for all", from: "bob"), at: .start)
        #expect(try PanelFixture.drawn(panel, 80, 24) == " [cmdop] bob: 漢字 for all")
        #expect(try PanelFixture.drawn(panel, 17, 3) == " [cmdop] bob: 漢…")
        #expect(try PanelFixture.drawn(panel, 16, 3) == " [cmdop] bob: …")
        #expect(try PanelFixture.drawn(panel, 1, 1) == "")
        let frame = try PanelFixture.frame(80, 24)
        let drawn = panel.over(frame)
        #expect(drawn.cursor == frame.cursor)
        #expect(drawn.rows[23].cells.allSatisfy { $0.style.attributes.contains(.reverse) })
        #expect(drawn.rows[23].cells.count == 80 && drawn.rows[23].cells[14].isWide)
        #expect(panel.type("ls") == [.input(Array("ls".utf8))])
    }

    @Test("a notice stands below what takes the keys, which comes first where there is one row")
    func noticeAndKeys() throws {
        var panel = Panel.pressed("^")
        panel.show(.lineIsHidden, at: .start)
        #expect(try PanelFixture.drawn(panel, 40, 12).hasSuffix("send it\n [cmdop] the next line is not recorded"))
        #expect(try PanelFixture.drawn(panel, 40, 1).contains("recorded") == false)
        #expect(panel.over(try PanelFixture.frame(40, 12)).cursor == nil)
    }

    @Test("nothing traps or leaves the window, whatever its size and whatever a frame lacks")
    func sizes() throws {
        var panels = ["", "^", "^?", "^w", "^m漢字漢字"].map { Panel.pressed($0) }
        for index in panels.indices { panels[index].show(who: [try PanelFixture.person("漢字", steers: true)]) }
        for index in panels.indices { panels.append(panels[index]) }
        for index in 0..<5 { panels[index].show(.watchesNow, at: .start) }
        for panel in panels {
            for columns in 1...45 {
                for rows in [1, 2, 3, 12] {
                    let frame = panel.over(try PanelFixture.frame(columns, rows) { _ in "漢字漢字漢字" })
                    #expect(frame.rows.count == rows && frame.rows.allSatisfy { $0.cells.count == columns })
                    for cells in frame.rows.map(\.cells) {
                        for (column, cell) in cells.enumerated() {
                            let isFollowed = column + 1 < columns && cells[column + 1].isContinuation
                            #expect(cell.isWide == isFollowed)
                        }
                    }
                }
            }
            var hostile = try PanelFixture.frame(40, 12)
            hostile.rows = []
            #expect(panel.over(hostile).rows.isEmpty)
            hostile.rows = [Row(cells: [])]
            #expect(panel.over(hostile).rows.count == 1)
        }
    }
}
