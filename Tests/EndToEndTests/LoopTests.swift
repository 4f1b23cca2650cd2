import TestKit
import Testing

@Suite("A session that would be shown inside itself")
struct LoopTests {
    private static let sentence = "would be shown inside itself"

    private func command(_ client: SSHClient, _ user: String) -> String {
        client.arguments(user, flags: ["-tt"]).map { "'\($0)'" }.joined(separator: " ")
    }

    @Test(
        "is not: who attaches from inside it is told, and the session goes on", arguments: ["deploy", "deploy+observe"])
    func itself(user: String) async throws {
        let team = try await Team()
        let alice = try await team.attach("alice")
        _ = try await alice.value(of: "first")
        alice.type(command(try team.client("alice"), user) + "; echo en''ded-$?\r")
        let end = try await alice.waitFor("ended-")
        #expect(alice.transcript.text.contains(Self.sentence))
        try await alice.waitFor("254", from: end - 1)
        #expect(try await alice.value(of: "$((40 + 2))") == "42")
    }

    @Test("is not by way of another one either: the newer of the two ends, and the older goes on")
    func throughAnother() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice", to: "one")
        let bob = try await team.attach("bob", to: "two")
        _ = try await bob.value(of: "first")
        alice.type(command(try team.client("alice"), "two+observe") + "\r")
        try await alice.waitFor("session two on")
        bob.type(command(try team.client("bob"), "one+observe") + "; echo en''ded-$?\r")
        try await bob.waitFor("ended-254")
        #expect(bob.transcript.text.contains(Self.sentence))
        #expect(try await bob.value(of: "$((40 + 2))") == "42")
        try await alice.waitFor("=42]")
    }

    @Test("may show others, and others may show it, where nothing goes round")
    func noLoop() async throws {
        let team = try await Team()
        let alice = try await team.attach("alice", to: "one")
        let bob = try await team.attach("bob", to: "two")
        _ = try await bob.value(of: "first")
        alice.type(command(try team.client("alice"), "two+observe") + "\r")
        try await alice.waitFor("session two on")
        let watcher = try await team.attach("bob", to: "one")
        #expect(try await bob.value(of: "$((40 + 2))") == "42")
        for terminal in [alice, watcher] { try await terminal.waitFor("=42]") }
        #expect(!alice.transcript.text.contains(Self.sentence) && !watcher.transcript.text.contains(Self.sentence))
    }
}
