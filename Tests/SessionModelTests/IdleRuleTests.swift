import SessionModel
import Testing

@Suite("When a session has stood idle for too long")
struct IdleRuleTests {
    private func at(_ seconds: Int) -> Moment { Moment(sinceStart: .seconds(seconds)) }

    private func sight(_ last: Int, isWorking: Bool = false, _ time: Duration? = nil) -> IdleRule.Sight {
        IdleRule.Sight(lastActivity: at(last), isWorking: isWorking, processorTime: time)
    }

    private let rule = IdleRule(IdleTerms(endAfter: .seconds(100), warn: .seconds(20)), at: .start)

    @Test("it is warned of first, and comes when it was said")
    func comes() {
        var rule = rule
        #expect(rule.look(sight(10), at: at(89)) == .wait)
        #expect(rule.look(sight(10), at: at(90)) == .warn(endsIn: .seconds(20)))
        #expect(rule.look(sight(10), at: at(109)) == .wait)
        #expect(rule.look(sight(10), at: at(110)) == .end)
    }

    @Test("a warning that comes late leaves as much time as one in time")
    func late() {
        var rule = rule
        #expect(rule.look(sight(0), at: at(5_000)) == .warn(endsIn: .seconds(20)))
        #expect(rule.look(sight(0), at: at(5_019)) == .wait)
        #expect(rule.look(sight(0), at: at(5_020)) == .end)
    }

    @Test("what happens after the warning takes it back")
    func resumes() {
        var rule = rule
        #expect(rule.look(sight(0), at: at(80)) == .warn(endsIn: .seconds(20)))
        #expect(rule.look(sight(85), at: at(90)) == .resume)
        #expect(rule.look(sight(85), at: at(164)) == .wait)
        #expect(rule.look(sight(85), at: at(165)) == .warn(endsIn: .seconds(20)))
    }

    @Test("work is activity, even where it says nothing")
    func works() {
        var rule = rule
        for second in stride(from: 0, to: 1_000, by: 30) {
            #expect(rule.look(sight(0, isWorking: true), at: at(second)) == .wait)
        }
        #expect(rule.look(sight(0), at: at(1_069)) == .wait)
        #expect(rule.look(sight(0), at: at(1_070)) == .warn(endsIn: .seconds(20)))
    }

    @Test("what runs without a sign keeps it, and is asked for only where something is due or it was there before")
    func runsOther() {
        var rule = rule
        var asked: [Int] = []
        func look(_ second: Int, _ runs: Bool) -> IdleRule.Verdict {
            rule.look(sight(0), at: at(second)) {
                asked.append(second)
                return runs
            }
        }
        for second in stride(from: 5, through: 300, by: 5) { #expect(look(second, true) == .wait) }
        // A warning is due after 80 seconds; then every 25, up to what is 60 of a longer time.
        #expect(asked == Array(stride(from: 80, through: 300, by: 25)))
        #expect(look(325, false) == .wait)
        #expect(look(404, false) == .wait && asked.last == 325)
        #expect(look(405, false) == .warn(endsIn: .seconds(20)))
        // What began since takes the warning back.
        #expect(look(425, true) == .resume)
        #expect(look(450, false) == .wait && look(530, false) == .warn(endsIn: .seconds(20)))
        #expect(look(550, false) == .end)
    }

    @Test("more than a twentieth of a processor is activity, less is none")
    func computes() {
        var (busy, resting) = (rule, rule)
        var ends: [IdleRule.Verdict] = []
        for second in stride(from: 0, to: 200, by: 10) {
            #expect(busy.look(sight(0, .milliseconds(second * 60)), at: at(second)) == .wait)
            ends.append(resting.look(sight(0, .milliseconds(second * 40)), at: at(second)))
        }
        #expect(ends.contains(.end))
    }

    @Test("it is looked at when something is due, and often enough to see work")
    func looks() {
        var rule = rule
        #expect(rule.nextLook(at: at(0)) == at(5))
        _ = rule.look(sight(0), at: at(78))
        #expect(rule.nextLook(at: at(78)) == at(80))
        _ = rule.look(sight(0), at: at(80))
        #expect(rule.nextLook(at: at(97)) == at(100))
    }
}
