import Foundation
import TestKit
import Testing

@Suite("Starting a session")
struct StartTests {
    @Test("that can not be started leaves no name behind, and says why")
    func failed() async throws {
        let team = try await Team(
            ["alice"], environments: "  broken: {kind: process, shell: [\"/no/such\"], directory: \"/tmp\"}")
        let alice = try team.client("alice")
        let new = try await alice.run("cmdop", "new deploy --environment broken")
        #expect(new.errorText.contains("can not run /no/such"), "\(new.errorText)")
        #expect(try await !alice.run("cmdop", "ls").outputText.contains("deploy"))
        let state = try team.server.directory.path(".state/sessions")
        #expect(try FileManager.default.contentsOfDirectory(atPath: state).isEmpty)
        #expect(try await alice.run("deploy", "echo on").outputText == "on\n")
    }

    @Test("that ended and can not be started anew leaves it as one that ended")
    func failedAgain() async throws {
        let team = try await Team(
            ["alice"], environments: "  broken: {kind: process, shell: [\"/no/such\"], directory: \"/tmp\"}")
        let alice = try team.client("alice")
        let terminal = try await team.attach("alice")
        terminal.type("exit 7\r")
        #expect(try await terminal.waitForExit() == .exited(7))
        let new = try await alice.run("cmdop", "new deploy --environment broken")
        #expect(new.errorText.contains("can not run /no/such"), "\(new.errorText)")
        #expect(try await alice.run("cmdop", "ls").outputText.contains("ended (7)"))
    }

    @Test("that somebody has just ended waits for the end, and starts it anew")
    func endedJustNow() async throws {
        let team = try await Team(["carol"])
        let carol = try team.client("carol")
        let terminal = try await team.attach("carol")
        terminal.type("trap '' HUP; echo set-$((40 + 2))\r")
        try await terminal.waitFor("set-42")
        #expect(try await carol.run("cmdop", "end deploy --within 0").outputText == "'deploy' is ending.\n")
        let new = try await carol.run("cmdop", "new", "deploy")
        #expect(new.outputText.contains("'deploy' is started"), "\(new.outputText)\(new.errorText)")
        #expect(team.server.directory.read(".state/sessions/deploy/incarnation") == "2\n")
    }
}
