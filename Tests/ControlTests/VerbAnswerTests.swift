import Control
import Testing

@Suite("What a verb answers")
struct VerbAnswerTests {
    @Test("is text for people and one line of JSON for programs")
    func report() {
        let outcome = Verb.Outcome.success(VerbReport(text: "one\ntwo\n", json: ["lines": ["one", "two"]]))
        #expect(VerbAnswer(outcome, asJSON: false) == VerbAnswer(text: "one\ntwo\n", complaint: "", status: 0))
        #expect(
            VerbAnswer(outcome, asJSON: true)
                == VerbAnswer(text: "{\"lines\":[\"one\",\"two\"]}\n", complaint: "", status: 0))
    }

    @Test("leaves standard output empty when something is wrong")
    func failure() {
        let outcome = Verb.Outcome.failure(VerbFailure(.notRunning, "'one' is not running"))
        #expect(
            VerbAnswer(outcome, asJSON: false)
                == VerbAnswer(text: "", complaint: "cmdop: 'one' is not running\n", status: 1))
        let error = #"{"error":{"code":"not-running","message":"'one' is not running"}}"#
        #expect(VerbAnswer(outcome, asJSON: true) == VerbAnswer(text: "", complaint: error + "\n", status: 1))
        #expect(VerbAnswer(.failure(VerbFailure(.usage, "")), asJSON: true).status == 2)
    }

    @Test("has codes that stay")
    func codes() {
        let codes = ["unknown-verb", "usage", "no-such-session", "not-allowed", "not-running"]
        #expect(VerbFailure.Code.allCases.map(\.rawValue) == codes)
    }
}
