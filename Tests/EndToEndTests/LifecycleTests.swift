import Foundation
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
        // On a busy machine its processes may take longer than somebody waits for.
        try await eventually("the end") {
            let state = try await state(team)
            #expect(state != "live" && state != "frozen")
            return state == "ended"
        }
    }

    @Test("a silent job in the background is work: a session does not end before it, and ends once it is done")
    func background() async throws {
        let team = try await team("end-after: 2s, warn: 1s")
        let alice = try await team.attach("alice")
        let file = try team.server.directory.path("done")
        // Long enough for the rule to act several times, were nothing running.
        alice.type("(sleep 7; echo fin >\(file)) &\r")
        #expect(try await alice.value(of: "$((40 + 2))") == "42")
        alice.type([0x1D, UInt8(ascii: "d")])
        _ = try await alice.waitForExit()
        try await eventually(within: .seconds(60), "the end") { try await state(team) == "ended" }
        #expect(team.server.directory.read("done") == "fin\n")
    }

    @Test("a program that the rule names is no work")
    func ignored() async throws {
        let team = try await team("end-after: 2s, warn: 1s, ignore: [sleep]")
        let alice = try await team.attach("alice")
        alice.type("sleep 100000 &\r")
        let pid = try await alice.value(of: "$!")
        alice.type([0x1D, UInt8(ascii: "d")])
        _ = try await alice.waitForExit()
        try await eventually(within: .seconds(60), "the end") { try await state(team) == "ended" }
        #expect(!team.isRunning(pid))
    }

    @Test("it has ended only when its last process is gone, also one that heeds no signal; until then it is ending")
    func lastProcess() async throws {
        let team = try await Team(["alice", "carol"])
        let alice = try await team.attach("alice")
        alice.type("(trap '' HUP TERM; while :; do sleep 0.1; done) &\r")
        let pid = try await alice.value(of: "$!")
        func file() -> String? { team.server.directory.read(".state/sessions/deploy/ended") }
        alice.type("exit 3\r")
        #expect(try await alice.waitForExit() == .exited(3))
        try await eventually("the end") {
            // Asked in this order: it may end between the questions.
            let isSaid = file() == "3\n"
            if isSaid { #expect(!team.isRunning(pid)) }
            return isSaid
        }
        #expect(try await team.client("carol").run("cmdop", "ls").outputText.contains(#/deploy +ended \(3\)/#))
    }

    @Test("end comes back when the last process is gone")
    func endWaits() async throws {
        let team = try await Team(["alice", "carol"])
        let alice = try await team.attach("alice")
        alice.type("(trap '' HUP TERM; while :; do sleep 0.1; done) &\r")
        let pid = try await alice.value(of: "$!")
        let end = try await team.client("carol").run("cmdop", "end", "deploy", "--within", "50")
        #expect(end.outputText == "'deploy' is ended.\n" && end.status == .exited(0), "\(end.errorText)")
        #expect(!team.isRunning(pid))
        #expect(try await state(team) == "ended")
    }
}
