import SessionModel
import Testing

@Suite("What agents spent")
struct AgentLedgerTests {
    private func at(_ seconds: Int64) -> Moment { Moment(sinceStart: .seconds(seconds)) }

    @Test("what was spent is summed by name")
    func sums() {
        var ledger = AgentLedger()
        ledger.note(commands: 1, bytes: 10, by: "claude", at: at(0))
        ledger.note(commands: 2, bytes: 5, by: "claude", at: at(90))
        ledger.noteHeld(.seconds(7), by: "claude", at: at(91))
        ledger.note(commands: 0, bytes: 3, by: "codex", at: at(91))
        let claude = ledger.spent(by: "claude", at: at(100))
        #expect(claude.commands == 3 && claude.bytes == 15 && claude.held == .seconds(7))
        #expect(ledger.spent(by: "codex", at: at(100)).bytes == 3)
        let nobody = ledger.spent(by: "nobody", at: at(100))
        #expect(nobody.commands == 0 && nobody.bytes == 0 && nobody.held == .zero)
    }

    @Test("it comes back after an hour, and not before the end of the minute before that")
    func hour() {
        var ledger = AgentLedger()
        ledger.note(commands: 1, bytes: 1, by: "claude", at: at(59))
        ledger.note(commands: 1, bytes: 1, by: "claude", at: at(60))
        #expect(ledger.spent(by: "claude", at: at(3_599)).commands == 2)
        #expect(ledger.spent(by: "claude", at: at(3_600)).commands == 1)
        #expect(ledger.spent(by: "claude", at: at(3_659)).commands == 1)
        #expect(ledger.spent(by: "claude", at: at(3_660)).commands == 0)
    }

    @Test("a budget is spent when one of its bounds is reached")
    func budgets() {
        var ledger = AgentLedger()
        func isSpent(_ budget: AgentBudget, adding bytes: Int = 0) -> Bool {
            ledger.isSpent(budget, of: "claude", at: at(10), adding: bytes)
        }
        #expect(!isSpent(AgentBudget(commands: 1, heldSeconds: 1, bytes: 1), adding: 1))
        #expect(isSpent(AgentBudget(bytes: 1), adding: 2))
        ledger.note(commands: 3, bytes: 100, by: "claude", at: at(0))
        ledger.noteHeld(.milliseconds(4_500), by: "claude", at: at(0))
        #expect(isSpent(AgentBudget(commands: 3)) && !isSpent(AgentBudget(commands: 4)))
        for (commands, isTooMany) in [(0, false), (2, false), (3, true)] {
            #expect(
                ledger.isSpent(AgentBudget(commands: 5), of: "claude", at: at(10), commands: commands) == isTooMany)
        }
        #expect(isSpent(AgentBudget(heldSeconds: 4)) && !isSpent(AgentBudget(heldSeconds: 5)))
        #expect(isSpent(AgentBudget(bytes: 100)) && !isSpent(AgentBudget(bytes: 101)))
        #expect(!isSpent(AgentBudget(bytes: 110), adding: 10) && isSpent(AgentBudget(bytes: 110), adding: 11))
        #expect(isSpent(AgentBudget(commands: 99, heldSeconds: 99, bytes: 100)))
        #expect(!isSpent(AgentBudget(), adding: .max) && isSpent(AgentBudget(bytes: .max), adding: .max))
    }

    @Test("the time left to hold the turn shrinks to nothing, and is nil without a bound")
    func heldLeft() {
        var ledger = AgentLedger()
        let minute = AgentBudget(heldSeconds: 60)
        #expect(ledger.heldLeft(AgentBudget(commands: 1), of: "claude", at: at(0)) == nil)
        #expect(ledger.heldLeft(minute, of: "claude", at: at(0)) == .seconds(60))
        ledger.noteHeld(.seconds(45), by: "claude", at: at(50))
        ledger.noteHeld(.seconds(-5), by: "claude", at: at(50))
        #expect(ledger.heldLeft(minute, of: "claude", at: at(50)) == .seconds(15))
        ledger.noteHeld(.seconds(45), by: "claude", at: at(100))
        #expect(ledger.heldLeft(minute, of: "claude", at: at(100)) == .zero)
        #expect(ledger.heldLeft(minute, of: "claude", at: at(3_600)) == .seconds(15))
    }

    @Test("sums stop at their largest number")
    func saturates() {
        var ledger = AgentLedger()
        for time in [0, 0, 60, 61] as [Int64] {
            ledger.note(commands: .max, bytes: .max - 1, by: "claude", at: at(time))
            ledger.noteHeld(.seconds(Int64.max), by: "claude", at: at(time))
        }
        let spent = ledger.spent(by: "claude", at: at(61))
        #expect(spent.commands == .max && spent.bytes == .max && spent.held >= .seconds(3_600))
        #expect(ledger.isSpent(AgentBudget(bytes: .max), of: "claude", at: at(61)))
        #expect(ledger.heldLeft(AgentBudget(heldSeconds: .max), of: "claude", at: at(61)) != nil)
    }

    @Test("past a thousand names the one idle for longest is forgotten, and never the one that typed last")
    func forgets() {
        var ledger = AgentLedger()
        for number in 0..<1_000 {
            ledger.note(commands: 1, bytes: 0, by: "z\(number)", at: at(number == 500 ? 0 : 60))
        }
        ledger.note(commands: 1, bytes: 0, by: "a", at: at(60))
        #expect(ledger.spent(by: "a", at: at(60)).commands == 1)
        #expect(ledger.spent(by: "z500", at: at(60)).commands == 0)
        let rest = (0..<1_000).count { ledger.spent(by: "z\($0)", at: at(60)).commands == 1 }
        #expect(rest == 999)
        ledger.note(commands: 1, bytes: 0, by: "b", at: at(60))
        #expect(ledger.spent(by: "b", at: at(60)).commands == 1)
        let kept = (["a", "b"] + (0..<1_000).map { "z\($0)" }).count {
            ledger.spent(by: $0, at: at(60)).commands == 1
        }
        #expect(kept == 1_000)
    }

    @Test("a clock that goes back loses nothing")
    func backwards() {
        var ledger = AgentLedger()
        for step in 0..<500 as Range<Int64> {
            ledger.note(commands: 1, bytes: 1, by: "claude", at: at(step.isMultiple(of: 2) ? 6_000 : 30))
        }
        #expect(ledger.spent(by: "claude", at: at(6_000)).commands == 500)
        #expect(ledger.spent(by: "claude", at: at(6_000 + 3_600)).commands == 0)
    }
}
