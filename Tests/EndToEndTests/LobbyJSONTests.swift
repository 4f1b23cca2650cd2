import Foundation
import TestKit
import Testing

@Suite("The lobby's verbs with --json")
struct LobbyJSONTests {
    /// Standard output as JSON, by a reader that is not ours; there is nothing on the other stream.
    private func document(_ run: CommandRun) throws -> [String: Any] {
        #expect(run.status == .exited(0) && run.errors.isEmpty, "\(run.errorText)")
        #expect(run.output.last == 0x0A && run.output.count(where: { $0 == 0x0A }) == 1)
        return try #require(try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
    }

    @Test("say what there is as one document on standard output")
    func reports() async throws {
        let team = try await Team(["alice", "carol"])
        let client = try team.client("alice")
        let empty = try document(try await client.run("cmdop", "ls", "--json"))
        #expect((empty["sessions"] as? [Any])?.isEmpty == true)
        let alice = try await team.attach("alice", to: "one")
        alice.type("echo here-$((40 + 2))\r")
        try await alice.waitFor("here-42")
        _ = try await team.client("carol").run("two", "true")
        _ = try await team.client("carol").run("cmdop", "end two")
        try await eventually("the end of two") { team.server.hostPIDs()["two"] == nil }

        let ls = try document(try await client.run("cmdop", "--", "--json"))
        let sessions = try #require(ls["sessions"] as? [[String: Any]])
        #expect(sessions.map { $0["name"] as? String } == ["one", "two"])
        let (one, two) = (try #require(sessions.first), try #require(sessions.last))
        #expect(one["state"] as? String == "live" && one["steers"] as? String == "alice", "\(one)")
        #expect(one["attached"] as? Int == 1 && one["columns"] as? Int == 80 && one["exitStatus"] is NSNull)
        #expect(one["upSeconds"] is Int && one["idleSeconds"] is Int && one["role"] as? String == "operator")
        #expect(two["state"] as? String == "ended" && two["exitStatus"] as? Int == 129, "\(two)")
        #expect(Set(one.keys) == Set(two.keys) && two["attached"] is NSNull)

        let who = try document(try await client.run("cmdop", "who --json"))
        let present = try #require((who["attachments"] as? [[String: Any]])?.first)
        #expect(present["session"] as? String == "one" && present["operator"] as? String == "alice")
        #expect(present["steers"] as? Bool == true && present["key"] as? String == team.keys["alice"]?.fingerprint)
        let whoami = try document(try await client.run("cmdop", "whoami --json"))
        #expect(whoami["operator"] as? String == "alice" && whoami["kind"] as? String == "person")
        let help = try document(try await client.run("cmdop", "help --json"))
        let verbs = try #require(help["verbs"] as? [[String: Any]])
        #expect(Set(verbs.compactMap { $0["name"] as? String }).isSuperset(of: ["ls", "new", "who", "whoami", "end"]))
    }

    @Test("say what is wrong as one document on standard error, and nothing on standard output")
    func failures() async throws {
        let team = try await Team()
        for (line, code, status) in [
            ("end nothing --json", "not-allowed", 1), ("end NOTHING --json", "no-such-session", 1),
            ("--json dance", "unknown-verb", 2), ("end --json", "usage", 2), ("ls --jason --json", "usage", 2),
        ] as [(String, String, Int32)] {
            let run = try await team.client("alice").run("cmdop", "--", line)
            #expect(run.output.isEmpty && run.status == .exited(status), "\(line)")
            let object = try JSONSerialization.jsonObject(with: Data(run.errors)) as? [String: [String: Any]]
            #expect(object?["error"]?["code"] as? String == code, "\(line): \(run.errorText)")
            #expect((object?["error"]?["message"] as? String)?.isEmpty == false)
        }
        let refused = try await team.client("alice").run("cmdop", "ls", "--jason")
        #expect(refused.errorText == "cmdop: there is no option '--jason'; there is --json\n")
    }
}
