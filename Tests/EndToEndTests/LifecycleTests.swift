import JSONText
import TestKit
import Testing

@Suite("The life of a session")
struct LifecycleTests {
    private func team(_ idle: String) async throws -> Team {
        try await Team(["alice", "carol"], rules: ", idle: {\(idle)}")
    }

    private func state(_ team: Team) async throws -> String? {
        let run = try await team.client("carol").run("cmdop", "get", "deploy", "--json")
        // Just while it ends there is no answer.
        return try? JSONValue(parsing: run.output)["state"]?.string
    }

    @Test("one that nobody uses ends; who is attached is told before, and a key keeps it")
    func idle() async throws {
        let team = try await team("end-after: 12s, warn: 10s, attached: end")
        let alice = try await team.attach("alice")
        _ = try await alice.waitFor("nothing happens here: the session ends in")
        alice.type("\r")
        try await eventually("what was warned of to be taken back") {
            let log = try await team.client("carol").run("cmdop", "log", "deploy", "--json").outputText
            return log.contains("idleWarned") && log.contains("idleOver")
        }
        _ = try await alice.waitForExit()
        #expect(alice.transcript.text.contains("the idle rule"), "\(alice.transcript.text)")
        try await eventually("the end", seen: { "" }) { try await state(team) == "ended" }
    }

    @Test("work and whoever is attached keep it, and once both are gone it ends")
    func kept() async throws {
        let team = try await team("end-after: 2s, warn: 1s")
        let alice = try await team.attach("alice")
        alice.type("sleep 3; echo wo''rked\r")
        alice.type([0x1D, UInt8(ascii: "d")])
        _ = try await alice.waitForExit()
        try await eventually("the end", seen: { "" }) { try await state(team) == "ended" }
        let again = try await team.attach("alice", to: "other")
        #expect(try await again.value(of: "$(sleep 3; echo 1)") == "1")
        let control = try ControlClient(team.client("carol"), "other")
        #expect(try await control.call("screen.wait", ["text": "nothing happens", "within": 3])["matched"] == false)
        #expect(try await again.value(of: "$((1 + 1))") == "2")
    }

    @Test("it is starting, live, frozen, live again, and ended, for everybody who asks")
    func states() async throws {
        let team = try await Team(["alice", "carol"])
        _ = try await team.attach("alice")
        let carol = try team.client("carol")
        #expect(try await state(team) == "live")
        _ = try await carol.run("cmdop", "freeze", "deploy")
        #expect(try await state(team) == "frozen")
        #expect(try await carol.run("cmdop", "ls").outputText.contains(#/deploy +frozen/#))
        _ = try await carol.run("cmdop", "thaw", "deploy")
        #expect(try await state(team) == "live")
        _ = try await carol.run("cmdop", "end", "deploy")
        #expect(try await state(team) == "ended")
    }
}
