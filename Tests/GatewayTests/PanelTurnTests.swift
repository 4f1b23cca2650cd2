import SessionModel
import Testing
import Wire

@testable import Gateway

@Suite("The panel's keys for turns")
struct PanelTurnTests {
    private let bob = AttachmentID(rawValue: 2)
    private let carol = AttachmentID(rawValue: 3)

    private func panel(_ queue: TurnQueue) -> Panel {
        var panel = Panel(key: .standard, session: "deploy")
        panel.own = AttachmentID(rawValue: 1)
        panel.queue = queue
        return panel
    }

    private func people() throws -> [PanelPerson] {
        [
            try PanelFixture.person("alice", id: 1, steers: true), try PanelFixture.person("bob", id: 2),
            try PanelFixture.person("carol", .lead, id: 3), try PanelFixture.person("olga", .observer, id: 4),
        ]
    }

    @Test("the row of keys names those for what waits only where something does")
    func choices() throws {
        var panel = panel(.of([(2, "bob")]))
        _ = panel.type("^")
        #expect(try PanelFixture.drawn(panel, 80, 24).contains("x let go  g give  n refuse  m message"))
        panel.proposals = [.of(1, "ls")]
        #expect(try PanelFixture.drawn(panel, 80, 24).contains("g give  a approve  n refuse"))
        panel.queue = TurnQueue()
        #expect(try PanelFixture.drawn(panel, 80, 24).contains("x let go  a approve  n refuse"))
        panel.proposals = [.of(1, "ls", approver: "bob")]
        #expect(try PanelFixture.drawn(panel, 80, 24).contains("x let go  m message"))
    }

    @Test("g gives the turn to the only one who waits, at once; n refuses the first")
    func oneWaits() {
        var panel = panel(.of([(2, "bob")]))
        #expect(panel.type("^gls") == [.act(.grant(bob, atPrompt: false)), .input(Array("ls".utf8))])
        #expect(panel.type("^n") == [.act(.refuse(bob))])
        panel.queue = .of([(2, "bob"), (3, "carol")])
        #expect(panel.type("^n") == [.act(.refuse(bob))])
    }

    @Test("nobody gives the turn to themselves, or refuses themselves")
    func oneself() {
        var panel = panel(.of([(1, "alice"), (2, "bob")]))
        #expect(panel.type("^g") == [.act(.grant(bob, atPrompt: false))])
        #expect(panel.type("^n") == [.act(.refuse(bob))])
        panel.queue = .of([(1, "alice")])
        #expect(panel.type("^n") == [.redraw])
        #expect(panel.type("q^g") == [.askWho, .redraw])
    }

    @Test("where more wait, a digit gives it to one of them, or to another who may steer")
    func manyWait() throws {
        var panel = panel(.of([(2, "bob"), (3, "carol")]))
        #expect(panel.type("^g") == [.askWho, .redraw])
        let title = " [cmdop] give the turn - deploy\n a digit gives, p: at the prompt, Esc closes\n"
        #expect(try PanelFixture.drawn(panel, 80, 24) == title + " 1  bob    waits, 5s\n 2  carol  waits, 5s\n ...")
        panel.show(who: try people() + [try PanelFixture.person("dave", id: 5)])
        let lines = " 1  bob    waits, 5s\n 2  carol  waits, 5s\n 3  dave   operator"
        #expect(try PanelFixture.drawn(panel, 80, 24) == title + lines)
        #expect(panel.type("4") == [])
        #expect(
            panel.type("3ls") == [
                .act(.grant(AttachmentID(rawValue: 5), atPrompt: false)), .input(Array("ls".utf8)), .redraw,
            ])
        #expect(panel.type("^g") == [.askWho, .redraw])
        #expect(panel.type("p") == [.redraw])
        #expect(try PanelFixture.drawn(panel, 80, 24).contains("give the turn at the prompt - deploy"))
        #expect(panel.type("2") == [.act(.grant(carol, atPrompt: true)), .redraw])
    }

    @Test("where nobody waits, those who may steer are listed, but not oneself and not the holder")
    func nobodyWaits() throws {
        var panel = panel(TurnQueue())
        _ = panel.type("^g")
        panel.show(who: try people())
        #expect(try PanelFixture.drawn(panel, 40, 12).hasSuffix("\n 1  bob    operator\n 2  carol  lead"))
        #expect(panel.type("3") == [])
        _ = panel.type("q^g")
        panel.show(who: [try PanelFixture.person("alice", id: 1, steers: true)])
        #expect(try PanelFixture.drawn(panel, 40, 12).hasSuffix("\n nobody else is here who may steer"))
        #expect(panel.type("1") == [])
        panel.show(who: [try PanelFixture.person("bob", id: 2, steers: true), try PanelFixture.person("alice", id: 1)])
        let but = "\n nobody else is here who may steer but bob, who does"
        #expect(try PanelFixture.drawn(panel, 80, 12).hasSuffix(but))
    }

    @Test("a number never means another than the one who was shown by it")
    func steadyNumbers() throws {
        var panel = panel(.of([(2, "bob"), (3, "carol")]))
        _ = panel.type("^g")
        panel.queue = .of([(3, "carol"), (5, "dave")])
        let lines = " 1  bob    no longer waits\n 2  carol  waits, 5s\n 3  dave   waits, 5s\n ..."
        #expect(try PanelFixture.drawn(panel, 80, 24).hasSuffix(lines))
        #expect(panel.type("1") == [])
        #expect(panel.isOpen)
        #expect(panel.type("2") == [.act(.grant(carol, atPrompt: false)), .redraw])
    }

    @Test("what is pasted gives nothing; Esc, q and Enter close", arguments: ["\u{1B}", "q", "\r"])
    func closing(_ keys: String) {
        var panel = panel(.of([(2, "bob"), (3, "carol")]))
        _ = panel.type("^g")
        #expect(panel.type("\u{1B}[200~1p\r\u{1B}[201~") == [])
        #expect(panel.type(keys) == [.redraw])
        #expect(!panel.isOpen)
    }

    @Test("how long somebody waits is told as of now")
    func waitingTime() throws {
        var panel = panel(.of([(2, "bob"), (3, "carol")]))
        panel.time = Moment(sinceStart: .seconds(20))
        _ = panel.type("^g")
        #expect(try PanelFixture.drawn(panel, 80, 24).contains("bob    waits, 25s"))
    }

    @Test("with nothing to refuse, n says so; with a proposal it shows that")
    func nothingToRefuse() throws {
        var panel = panel(TurnQueue())
        #expect(panel.type("^n") == [.redraw])
        #expect(try PanelFixture.drawn(panel, 80, 24).contains("nobody asks for the turn, and no command waits"))
        #expect(panel.type("q") == [.redraw])
        panel.proposals = [.of(3, "ls")]
        #expect(panel.type("^n") == [.redraw])
        #expect(try PanelFixture.drawn(panel, 80, 24).contains("claude wants to run command 3"))
    }

    @Test("of somebody who asks and a command that waits, n is for what was shown last")
    func refuseWhatIsShown() throws {
        var panel = panel(.of([(2, "bob")]))
        panel.proposals = [.of(3, "ls")]
        #expect(panel.type("^n") == [.act(.refuse(bob))], "nothing was shown")
        panel.show(.news(.asked(by: "bob", answerWithin: nil)), at: .start)
        panel.show(.news(.proposed(ProposalNumber(rawValue: 3), by: "claude")), at: .start)
        #expect(panel.type("^n") == [.act(.refuse(bob))], "the other waits to be shown")
        _ = panel.passTime(to: Moment(sinceStart: NoticeQueue.duration))
        #expect(panel.type("^n") == [.redraw])
        #expect(try PanelFixture.drawn(panel, 80, 24).contains("claude wants to run command 3"))
        _ = panel.type("q")
        panel.proposals = []
        #expect(panel.type("^n") == [.act(.refuse(bob))])
    }

    @Test("the page of who is here says who waits, in which place, and the mode; and follows the queue")
    func who() throws {
        var panel = panel(.of([(3, "carol"), (2, "bob")], mode: .ask))
        _ = panel.type("^w")
        panel.show(who: try people())
        #expect(
            try PanelFixture.drawn(panel, 60, 12) == """
                 [cmdop] who: 4 here, mode ask - deploy          Esc closes
                 NAME   ROLE      DOES           FOR
                 alice  operator  steers         5m
                 bob    operator  waits, 2 of 2  5m
                 carol  lead      waits, 1 of 2  5m
                 olga   observer  watches        5m
                """)
        panel.queue = .of([(2, "bob")], mode: .led)
        let drawn = try PanelFixture.drawn(panel, 60, 12)
        #expect(drawn.contains("mode led") && drawn.contains("waits, 1 of 1") && drawn.contains("may type"))
    }
}
