import SessionModel
import Testing
import Wire

@testable import Gateway

@Suite("Notices of turns and proposals")
struct PanelTurnNoticeTests {
    private static let three = ProposalNumber(rawValue: 3)
    private static let news: [(TurnNews, String)] = [
        (
            .asked(by: "bob", answerWithin: .seconds(30)),
            "bob asks for the turn: Ctrl-] g gives it, n refuses, silence gives it"
        ),
        (.asked(by: "b\u{1B}ob", answerWithin: nil), "bob asks for the turn: Ctrl-] g gives it, n refuses"),
        (.granted(by: "alice"), "you steer now: alice gave you the turn"), (.granted(by: nil), "you steer now"),
        (.refused(by: "alice"), "alice refused to give you the turn"),
        (
            .taken(by: "alice", written: 4_096, dropped: 200),
            "alice took the turn; 4096 bytes of your paste were written, no more"
        ),
        (
            .taken(by: "alice", written: 1, dropped: 1),
            "alice took the turn; 1 byte of your paste was written, no more"
        ),
        (.taken(by: "alice", written: 9, dropped: 0), "alice took the turn from you; Ctrl-] t to ask for it"),
        (.taken(by: nil, written: 0, dropped: 0), "your turn was ended; Ctrl-] t to ask for it"),
        (.lost(TurnLoss(.displaced, next: "bob")), "bob took the turn from you; Ctrl-] t to ask for it"),
        (
            .lost(TurnLoss(.displaced, next: "bob", written: 4_096, dropped: 9)),
            "bob took the turn; 4096 bytes of your paste were written, no more"
        ),
        (
            .lost(TurnLoss(.handedOver, giver: "carol", next: "bob")),
            "carol gave the turn to bob; Ctrl-] t to ask for it"
        ),
        (
            .lost(TurnLoss(.handedOver, next: "bob")),
            "bob has the turn, as you did not answer; Ctrl-] t to ask for it"
        ),
        (
            .lost(TurnLoss(.leaseEnded)),
            "the time for which you had the turn is over; Ctrl-] t to ask for it"
        ),
        (
            .lost(TurnLoss(.noLead, obstacle: .noLead)),
            "your turn is over: no lead is here to give it; Ctrl-] t to wait"
        ),
        (
            .lost(TurnLoss(.unattended, obstacle: .needsChaperone)),
            "your turn is over: nobody is here to watch over you; wait for a person"
        ),
        (
            .lost(TurnLoss(.budgetSpent, obstacle: .budgetSpent)),
            "your turn is over: what you may use in an hour is spent; try later"
        ),
        (
            .lost(TurnLoss(.revoked, obstacle: .needsApproval)),
            "your turn is over: what you run here is approved first now; propose it"
        ),
        (
            .lost(TurnLoss(.revoked, obstacle: .onlyWatching)),
            "your turn is over: you only watch this session now"
        ),
        (.endsSoon(.seconds(10)), "your turn ends within 10s"),
        (.proposed(three, by: "claude"), "claude wants to run a command: Ctrl-] a to read it"),
        (.approved(three, by: "alice"), "alice approved command 3"),
        (.rejected(three, by: "alice"), "alice refused command 3"),
        (.waits(three, .prompt, holder: nil), "command 3 is approved, and waits for the prompt"),
        (.waits(three, .turn, holder: "bob"), "command 3 is approved, and waits for the turn, which bob has"),
        (.waits(three, .turn, holder: nil), "command 3 is approved, and waits for the turn"),
        (.waits(three, .lead, holder: nil), "command 3 is approved, and waits for a lead to give the turn"),
        (.waits(three, .paste, holder: nil), "command 3 is approved, and waits for a program that takes pastes"),
        (.expired(three, of: "r2", approver: "bob"), "r2's command 3, approved by bob, was not typed in time"),
        (.expired(three, of: "r2", approver: nil), "r2's command 3 was not approved in time"),
    ]

    @Test("each says what happened and what to press, in one line of 80 columns", arguments: news)
    func told(_ news: TurnNews, _ text: String) {
        let notice = Notice.news(news)
        #expect(notice.line(key: .standard) == " [cmdop] " + text)
        #expect(notice.line(key: .standard).count < 80 || text.contains("4096") || text.contains("1 byte"))
        #expect(!notice.isAnswer)
    }

    private static let ask = TurnAct.request(lease: nil, atPrompt: false)
    private static let bob = AttachmentID(rawValue: 2)

    private static let answers: [(TurnOutcome, TurnAct, SessionModel.TurnMode, String)] = [
        (.waits, ask, .ask, "bob steers; you are second in the queue"),
        (.waits, ask, .led, "only a lead gives the turn here; you are second in the queue"),
        (.waits, .grant(bob, atPrompt: true), .open, "the turn goes over once the prompt stands"),
        (.waits, .take(atPrompt: true), .open, "the turn is yours once the prompt stands"),
        (.onlyWatching, ask, .open, "you only watch this session"),
        (
            .turnHeld, .take(atPrompt: false), .open,
            "bob steers, and you may not take the turn; wait, or Ctrl-] t to ask"
        ),
        (.already, ask, .open, "you have asked already; you are second in the queue"),
        (.notYours, .grant(nil, atPrompt: false), .open, "only who steers, or a lead, gives or refuses the turn here"),
        (.notYours, .refuse(nil), .led, "only a lead gives or refuses the turn here"),
        (.nobodyThere, .grant(nil, atPrompt: false), .open, "nobody waits for the turn"),
        (.nobodyThere, .grant(bob, atPrompt: false), .open, "who you mean is no longer here, or may not steer"),
        (.nobodyThere, .refuse(nil), .open, "nobody waits for the turn"),
        (.nobodyThere, .refuse(bob), .open, "who you mean no longer asks for the turn"),
        (.nobodyThere, .withdraw, .open, "you did not ask for the turn"),
        (.noLead, ask, .led, "no lead is here to give the turn; you are second in the queue"),
        (.limited, ask, .open, "not now: nobody is here to watch over you, or your hour's budget is spent"),
    ]

    @Test("an act that did not do what was wanted is answered", arguments: answers)
    func answered(_ outcome: TurnOutcome, _ act: TurnAct, _ mode: SessionModel.TurnMode, _ text: String) {
        let turn = TurnNotice(
            turn: TurnNumber(rawValue: 1), holder: TurnHolder(attachment: Self.bob, name: "bob", kind: .person))
        let queue = TurnQueue.of([(3, "carol"), (1, "alice")], mode: mode)
        let own = AttachmentID(rawValue: 1)
        let notice = Notice.answer(outcome, to: act, turn: turn, queue: queue, own: own)
        #expect(notice?.line(key: .standard) == " [cmdop] " + text)
        #expect(notice?.isAnswer == true)
        #expect(Notice.answer(.done, to: act, turn: turn, queue: queue, own: own) == nil)
    }

    @Test("without a place in the queue, or a holder, it says what is known")
    func unknown() {
        let nobody = TurnNotice(turn: TurnNumber(rawValue: 1), holder: nil)
        func text(_ outcome: TurnOutcome, _ turn: TurnNotice, _ queue: TurnQueue) -> String? {
            Notice.answer(outcome, to: Self.ask, turn: turn, queue: queue, own: Self.bob)?.text
        }
        let sixth = TurnQueue.of([(9, "a"), (8, "b"), (7, "c"), (6, "d"), (5, "e"), (2, "bob")])
        #expect(text(.waits, nobody, TurnQueue()) == "nobody steers yet; you wait for the turn")
        #expect(text(.waits, nobody, sixth) == "nobody steers yet; you are number 6 in the queue")
        let bob = TurnNotice(
            turn: TurnNumber(rawValue: 1), holder: TurnHolder(attachment: Self.bob, name: "bob", kind: .person))
        #expect(text(.already, bob, TurnQueue()) == "you steer already")
        #expect(text(.turnHeld, nobody, TurnQueue()) == "somebody steers, and you may not take the turn; wait, or")
    }

    @Test("where only a lead gives the turn, who types is not told to wait for who holds it")
    func refusedInModeLed() {
        let holder = TurnHolder(attachment: AttachmentID(rawValue: 1), name: "alice", kind: .person)
        let notice = Notice.refused(.turnHeld, TurnNotice(turn: TurnNumber(rawValue: 1), holder: holder), .led)
        #expect(notice.text == "alice steers, and only a lead gives the turn here; this is not sent:")
    }

    @Test("a lead who types while another steers is told to take the turn", arguments: SessionModel.TurnMode.allCases)
    func refusedLead(_ mode: SessionModel.TurnMode) {
        let holder = TurnHolder(attachment: AttachmentID(rawValue: 1), name: "alice", kind: .person)
        let turn = TurnNotice(turn: TurnNumber(rawValue: 1), holder: holder)
        let notice = Notice.refused(.turnHeld, turn, mode, isLead: true)
        let text = " [cmdop] alice steers; what you type is not sent: Ctrl-] t to take or ask"
        #expect(notice.line(key: .standard) == text)
    }

    @Test("for whom a turn is kept, and what to press, is told to who types and to who asks")
    func kept() {
        let holder = TurnHolder(kept: "bob", .person)
        let turn = TurnNotice(turn: TurnNumber(rawValue: 1), holder: holder)
        let text = " [cmdop] the turn is kept for bob, who lost the connection; Ctrl-] t"
        #expect(Notice.refused(.turnReserved, turn).line(key: .standard) == text + " to ask")
        #expect(Notice.refused(.turnReserved, turn, isLead: true).line(key: .standard) == text + " to take or ask")
        let queue = TurnQueue.of([(3, "carol")])
        let answer = Notice.answer(.waits, to: Self.ask, turn: turn, queue: queue, own: AttachmentID(rawValue: 3))
        #expect(answer?.text == "the turn is kept for bob; you are first in the queue")
    }

    @Test(
        "typing that is refused is answered with why",
        arguments: [
            (.fromHistory, "the shell would replace a part of that from its history; it is not sent"),
            (Refusal.mustAsk, "only a lead gives the turn here; what you type is not sent: Ctrl-] t to ask"),
            (.needsApproval, "what you run here is approved first: use command.run, or propose it; this is not sent"),
            (.budgetSpent, "what you may use in an hour is spent; what you type is not sent"),
            (.needsChaperone, "nobody is here to watch over you; what you type is not sent"),
            (.noLead, "only a lead gives the turn here, and none is attached; what you type is not sent"),
        ])
    func refused(_ refusal: Refusal, _ text: String) {
        let notice = Notice.refused(refusal, TurnNotice(turn: TurnNumber(rawValue: 1), holder: nil))
        #expect(notice.line(key: .standard) == " [cmdop] " + text)
        #expect(notice.isAnswer)
    }
}
