import SessionModel
import Testing
import Wire

@testable import Gateway

@Suite("Notices")
struct PanelNoticeTests {
    private func moment(_ seconds: Double) -> Moment { Moment(sinceStart: .seconds(seconds)) }

    @Test("each lasts three seconds; others wait; the same is not shown twice")
    func order() {
        var queue = NoticeQueue()
        let (one, two) = (Notice.message("1", from: "bob"), Notice.message("2", from: "bob"))
        queue.show(one, at: moment(0))
        queue.show(one, at: moment(1))
        queue.show(two, at: moment(2))
        queue.show(two, at: moment(2))
        #expect(queue.shown == one && queue.deadline == moment(3))
        #expect(queue.passTime(to: moment(2.9)) == false)
        #expect(queue.passTime(to: moment(3)) == true)
        #expect(queue.shown == two && queue.deadline == moment(6))
        #expect(queue.passTime(to: moment(6)) == true)
        #expect(queue.shown == nil)
        #expect(queue.deadline == nil)
        #expect(queue.passTime(to: moment(60)) == false)
    }

    @Test("an answer comes at once, and what it displaced comes again")
    func answers() {
        var queue = NoticeQueue()
        let message = Notice.message("1", from: "bob")
        queue.show(message, at: moment(0))
        queue.show(.lineIsHidden, at: moment(1))
        #expect(queue.shown == .lineIsHidden && queue.deadline == moment(4))
        queue.show(.steersAgain, at: moment(2))
        queue.show(.steersAgain, at: moment(3))
        #expect(queue.shown == .steersAgain)
        #expect(queue.passTime(to: moment(5)) == false)
        #expect(queue.passTime(to: moment(6)) == true)
        #expect(queue.shown == message)
    }

    @Test("of a flood the newest few remain")
    func flood() {
        var queue = NoticeQueue()
        for index in 0..<1_000 { queue.show(.message("\(index)", from: "bob"), at: moment(0)) }
        var seen: [String] = []
        var now = 0.0
        while let shown = queue.shown {
            seen.append(shown.text)
            now += 3
            _ = queue.passTime(to: moment(now))
        }
        #expect(seen == ["bob: 0", "bob: 996", "bob: 997", "bob: 998", "bob: 999"])
    }

    private func asked(_ name: String) -> Notice {
        var notice = Notice.news(.asked(by: name, answerWithin: nil))
        notice.isAnswer = true
        return notice
    }

    @Test("who asks is shown no more, and does not come back, once that is answered, or the turn is another's")
    func answered() {
        var panel = Panel(key: .standard)
        panel.holdsTurn = true
        panel.queue = .of([(2, "bob"), (3, "carol")])
        panel.show(.news(.asked(by: "bob", answerWithin: nil)), at: moment(0))
        panel.show(asked("carol"), at: moment(0))
        #expect(panel.notices.shown == asked("carol"))
        panel.queue = .of([(2, "bob")])
        #expect(panel.notices.shown?.question == .request(by: "bob"), "it waited to be shown again")
        panel.queue = TurnQueue()
        #expect(!panel.isOpen && panel.deadline == nil)
        panel.queue = .of([(2, "bob")])
        panel.show(asked("bob"), at: moment(1))
        panel.show(.lineIsHidden, at: moment(1))
        panel.holdsTurn = false
        #expect(panel.notices.shown == .lineIsHidden)
        _ = panel.passTime(to: moment(4))
        #expect(!panel.isOpen)
        // Where a lead gives the turn, a lead is asked who does not hold it.
        panel.queue = .of([(2, "bob")], mode: .led)
        panel.show(asked("bob"), at: moment(5))
        panel.queue = .of([(2, "bob"), (3, "dave")], mode: .led)
        #expect(panel.notices.shown == asked("bob"))
    }

    @Test("a command is shown as waiting no more once it was answered")
    func proposed() {
        var panel = Panel(key: .standard)
        panel.proposals = [.of(3, "ls")]
        panel.show(.news(.proposed(ProposalNumber(rawValue: 3), by: "claude")), at: moment(0))
        panel.proposals = [.of(3, "ls"), .of(4, "ls")]
        #expect(panel.isOpen)
        panel.proposals = [.of(3, "ls", approver: "bob"), .of(4, "ls")]
        #expect(!panel.isOpen)
    }

    @Test("a turn that ends soon is told in its holder's title, until it ends or its end is off")
    func warning() {
        let turn = TurnNumber(rawValue: 3)
        let queue = TurnQueue.of([(2, "bob")])
        let warning = TurnWarning(of: turn, queue, until: moment(10))
        #expect(warning.holds(of: turn, queue, at: moment(9)))
        #expect(!warning.holds(of: turn, queue, at: moment(10)))
        #expect(!warning.holds(of: turn.next, queue, at: moment(9)))
        #expect(!warning.holds(of: turn, TurnQueue(), at: moment(9)))
    }

    @Test("a turn's change is told to whom it concerns")
    func turns() {
        func notice(_ turn: UInt64, _ holder: (UInt32, String)?) -> TurnNotice {
            TurnNotice(
                turn: TurnNumber(rawValue: turn),
                holder: holder.map { TurnHolder(attachment: AttachmentID(rawValue: $0.0), name: $0.1, kind: .person) })
        }
        let alice = notice(1, (1, "alice"))
        let bob = notice(2, (2, "bob"))
        func text(_ old: TurnNotice, _ new: TurnNotice?, _ viewer: UInt32) -> String? {
            Notice.turn(from: old, to: new, seenBy: AttachmentID(rawValue: viewer))?.text
        }
        #expect(text(alice, bob, 1) == "bob took the turn from you")
        #expect(text(alice, bob, 2) == "you steer now")
        #expect(text(alice, bob, 3) == nil)
        #expect(text(alice, notice(1, nil), 1) == nil && text(notice(1, nil), bob, 2) == nil)
        #expect(text(alice, alice, 1) == nil && text(alice, nil, 1) == nil)
        #expect(Notice.turn(from: alice, to: bob, seenBy: nil) == nil)
    }

    @Test(
        "what others wrote can not steer a terminal",
        arguments: [
            ("plain text, 100% ~!", "plain text, 100% ~!"), ("né 漢字 😀 → ✓ £ ½ “q”", "né 漢字 😀 → ✓ £ ½ “q”"),
            ("a\u{1B}[2Jb\r\nc\u{9B}d\u{7F}\0", "a[2Jbcd"), ("a\u{202E}b\u{2066}c\u{200F}d\u{061C}", "abcd"),
            ("a\u{200B}\u{200D}\u{FEFF}\u{AD}\u{2060}\u{115F}\u{3164}\u{E0041}b", "ab"),
            ("a\u{2028}b\u{2029}\u{A0}c\u{3000}d", "ab c d"), ("\u{E000}\u{378}x", "x"),
            ("\u{301}e\u{301}", "e\u{301}"),
            ("e" + String(repeating: "\u{301}", count: 50), "e\u{301}\u{301}\u{301}\u{301}"),
        ])
    func stripped(_ text: String, _ expected: String) {
        #expect(Array(text.stripped.unicodeScalars) == Array(expected.unicodeScalars))
        #expect(
            Notice.message(text, from: "b\u{1B}ob").text.unicodeScalars.elementsEqual(
                "bob: \(text)".stripped.unicodeScalars))
    }

    @Test("the key that a notice names is the configured one")
    func key() throws {
        let turn = TurnNotice(
            turn: TurnNumber(rawValue: 1),
            holder: TurnHolder(attachment: AttachmentID(rawValue: 1), name: "alice", kind: .person))
        let line = Notice.refused(.turnHeld, turn).line(key: try #require(PanelKey(name: "ctrl-a")))
        #expect(line == " [cmdop] alice steers; what you type is not sent. Wait, or Ctrl-A t to ask")
        #expect(line.count < 80)
    }
}

@Suite("Joins and leaves")
struct PanelPresenceTests {
    private func moment(_ seconds: Double) -> Moment { Moment(sinceStart: .seconds(seconds)) }

    private func presence(_ change: Presence.Change, _ name: String, attached: Int = 3) -> Presence {
        Presence(change, name: name, kind: .person, attached: attached)
    }

    @Test("the first is told at once, those of the next second together")
    func together() {
        var comings = JoinsAndLeaves()
        #expect(comings.deadline == nil)
        #expect(comings.told(at: moment(0)) == nil)
        comings = JoinsAndLeaves()
        comings.note(presence(.joined, "bob"), at: moment(1))
        #expect(comings.deadline == moment(1))
        let first = comings.take(at: moment(1))
        #expect(first?.text == "bob joined" && first?.about == ["bob"] && comings.deadline == nil)
        for name in ["carol", "dave", "erin"] { comings.note(presence(.joined, name), at: moment(1.5)) }
        comings.note(presence(.left, "bob"), at: moment(1.6))
        #expect(comings.deadline == moment(2))
        #expect(comings.told(at: moment(2)) == "3 joined, 1 left")
        comings.note(presence(.left, "carol"), at: moment(9))
        comings.note(presence(.joined, "frank"), at: moment(9))
        #expect(comings.deadline == moment(9) && comings.told(at: moment(9)) == "frank joined, carol left")
    }

    @Test("who comes back within the second was not away")
    func back() {
        var comings = JoinsAndLeaves()
        comings.note(presence(.left, "bob"), at: moment(1))
        comings.note(presence(.joined, "bob"), at: moment(1.2))
        #expect(comings.deadline != nil)
        #expect(comings.told(at: moment(1.2)) == nil)
    }

    @Test("while much is printed nothing is told, and again when that is over")
    func busy() {
        var comings = JoinsAndLeaves()
        for tenth in 0..<30 { comings.noteOutput(1_000, at: moment(Double(tenth) / 10)) }
        comings.note(presence(.joined, "bob"), at: moment(3))
        #expect(comings.deadline == moment(3))
        #expect(comings.told(at: moment(3)) == nil)
        comings.noteOutput(100, at: moment(5.5))
        comings.note(presence(.joined, "carol"), at: moment(5.5))
        #expect(comings.told(at: moment(5.5)) == "carol joined")
    }

    @Test("of more than ten, and of who comes and goes again and again, nothing is told")
    func quiet() {
        var comings = JoinsAndLeaves()
        comings.note(presence(.joined, "bob", attached: 11), at: moment(0))
        #expect(comings.deadline == moment(0))
        #expect(comings.told(at: moment(0)) == nil)
        var told = 0
        for round in 0..<100 {
            let time = moment(20 + Double(round) * 2)
            comings.note(presence(round.isMultiple(of: 2) ? .joined : .left, "flap"), at: time)
            if comings.take(at: time) != nil { told += 1 }
        }
        #expect(told == 2)
        comings.note(presence(.joined, "bob"), at: moment(220))
        #expect(comings.told(at: moment(220)) == "bob joined")
        comings.note(presence(.joined, "flap"), at: moment(240))
        #expect(comings.told(at: moment(240)) == "flap joined")
    }
}

extension JoinsAndLeaves {
    fileprivate mutating func told(at now: Moment) -> String? { take(at: now)?.text }
}
