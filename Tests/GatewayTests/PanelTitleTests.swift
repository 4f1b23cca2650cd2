import Platform
import ScreenModel
import SessionModel
import Testing
import Wire

@testable import Gateway

@Suite("The title and the greeting")
struct PanelTitleTests {
    private func intent(isSteering: Bool = true, panelKey: PanelKey = .standard) throws -> AttachIntent {
        let key = OfferedKey(blob: [], fingerprint: Fingerprint(text: "SHA256:f"))
        return AttachIntent(
            session: try #require(SessionName("deploy")),
            who: Operator(name: "bob", kind: .person, key: VerifiedKey(key, proof: SignatureProof())),
            role: .operator, isSteering: isSteering, transport: "ssh", size: nil,
            terminal: ClientTerminal(name: "xterm"), panelKey: panelKey)
    }

    private let alice = TurnHolder(attachment: AttachmentID(rawValue: 1), name: "alice", kind: .person)

    private func greeting(_ intent: AttachIntent, _ turn: TurnHolder?, _ absence: Absence?) -> String {
        String(
            decoding: Screens.greeting(intent, turn: turn, absence: absence).dropFirst(TerminalReset.begin.count),
            as: UTF8.self)
    }

    @Test("the title says session, host, who steers, who or how many wait and watch, and what runs")
    func title() throws {
        let intent = try intent()
        let begin = "deploy@\(Machine.name): "
        func title(_ turn: TurnHolder?, _ watchers: Int, _ program: String) -> String {
            Screens.title(intent, turn: turn, watchers: watchers, programTitle: program)
        }
        #expect(title(alice, 3, "vim main.swift") == begin + "alice steers, 3 watch - vim main.swift")
        #expect(title(alice, 1, "") == begin + "alice steers, 1 watches")
        #expect(title(TurnHolder(kept: "alice", .person), 0, "") == begin + "the turn is kept for alice")
        let ending = Screens.title(
            intent, turn: alice, isEnding: true, queue: .of([(2, "bob")]), watchers: 1, programTitle: "")
        #expect(ending == begin + "alice steers, soon no more, bob waits")
        func waiting(_ waiting: [(UInt32, String)]) -> String {
            Screens.title(intent, turn: alice, queue: .of(waiting), watchers: 3, programTitle: "")
        }
        #expect(waiting([(2, "b\u{1B}ob")]) == begin + "alice steers, bob waits, 2 watch")
        #expect(waiting([(2, "bob"), (3, "carol")]) == begin + "alice steers, 2 wait, 1 watches")
        #expect(waiting([(2, "bob"), (3, "carol"), (4, "dave")]) == begin + "alice steers, 3 wait")
        #expect(title(nil, 0, "\u{1B}\\\u{7}\u{9C}\u{202E}") == begin + "nobody steers - \\")
        #expect(title(alice, 3, String(repeating: "漢\n", count: 1_000)).unicodeScalars.count == 80)
    }

    @Test("the greeting says what was missed, in one line")
    func greeting() throws {
        let intent = try intent()
        let begin = "[cmdop] session deploy on \(Machine.name): "
        #expect(greeting(intent, nil, nil) == begin + "nobody steers; Ctrl-] d detaches\r\n")
        let new = Absence(duration: nil, turns: [], attached: 1)
        #expect(greeting(intent, alice, new) == begin + "alice steers; Ctrl-] d detaches\r\n")
        let turns = [Absence.Turns(name: "claude", count: 12), Absence.Turns(name: "bob", count: 1)]
        let away = Absence(duration: .seconds(7_300), turns: turns, attached: 1)
        #expect(
            greeting(intent, nil, away) == begin
                + "nobody steers; since you were here 2h ago: claude 12 turns, bob 1 turn; Ctrl-] d detaches\r\n")
        let idle = Absence(duration: .seconds(300), turns: [], attached: 1)
        #expect(
            greeting(intent, nil, idle) == begin
                + "nobody steers; nobody steered since you were here 5m ago; Ctrl-] d detaches\r\n")
        let watching = try self.intent(isSteering: false, panelKey: try #require(PanelKey(name: "ctrl-a")))
        #expect(greeting(watching, nil, nil) == begin + "nobody steers, you watch; Ctrl-A d detaches\r\n")
    }

    @Test("the greeting stays one short line, whoever was here")
    func longGreeting() throws {
        let turns = (0..<100).map {
            Absence.Turns(name: "\u{1B}[2J\r\n\(String(repeating: "n", count: 60))\($0)", count: 1)
        }
        let text = greeting(try intent(), alice, Absence(duration: .seconds(1), turns: turns, attached: 1))
        #expect(text.unicodeScalars.count == 302 && text.hasSuffix("…; Ctrl-] d detaches\r\n"))
        #expect(text.unicodeScalars.filter { $0.value < 0x20 }.count == 2)
    }
}
