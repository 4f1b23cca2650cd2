import Foundation
import SessionModel
import TestKit
import Testing
import Wire

@Suite("A line that is kept out of the record by hand")
struct HiddenLineTests {
    private func team() async throws -> Team {
        try await Team(
            ["alice", "bob", "carol"], rules: ", environment: here",
            environments: #"  here: {kind: process, shell: ["/bin/bash", "--norc"], directory: "/tmp"}"#)
    }

    /// The journal without what the terminal showed: the shell's echo of a line is output.
    private func said(_ team: Team) throws -> String {
        try SessionRecord(on: team.server).entries.compactMap { entry -> String? in
            if case .output = entry.record { return nil }
            return "\(entry.record)"
        }.joined(separator: "\n")
    }

    @Test("is in no command, no event and no record, also when the shell brings it back")
    func hidden() async throws {
        let team = try await team()
        let alice = try await team.attach("alice")
        _ = try await alice.value(of: "first")
        for (line, shown) in [
            ("export TOKEN=tok-1; echo do''ne-1\r", "done-1"), ("\u{1B}[A ; echo ag''ain\r", "again"),
            ("echo 'tok-1\rtok-1' do''ne-2\r", "done-2"),
        ] {
            let before = alice.transcript.count
            if !line.hasPrefix("\u{1B}") {
                alice.panel("s")
                try await alice.untilServed()
            }
            alice.type(line)
            try await alice.waitFor("\(shown)\r\n", from: before)
        }
        #expect(try await alice.value(of: "$TOKEN") == "tok-1")
        let commands = try await team.client("bob").run("cmdop", "commands", "deploy").outputText
        #expect(commands.contains("(hidden)") && !commands.contains("tok-1"), "\(commands)")
        #expect(commands.contains("alice"), "whose it was is known")
        let log = try await team.client("bob").run("cmdop", "log", "deploy").outputText
        #expect(log.contains("(hidden)") && !log.contains("tok-1"), "\(log)")
        let record = try said(team)
        #expect(record.contains("(hidden)"), "\(record.suffix(4_000))")
        // The second line of the last command was not hidden: only its input stands there.
        let inputs = try SessionRecord(on: team.server).typed(by: "alice")
        #expect(!String(decoding: inputs, as: UTF8.self).contains("TOKEN=tok-1"))
        #expect(!record.contains("text: \"export TOKEN") && !record.contains("text: \"echo 'tok"))
    }

    @Test("is hidden as a whole where it was half typed before, and where it was typed ahead")
    func halfTyped() async throws {
        let team = try await team()
        let alice = try await team.attach("alice")
        _ = try await alice.value(of: "first")
        alice.type("export TO")
        try await alice.waitFor("export TO")
        alice.panel("s")
        try await alice.untilServed()
        alice.type("KEN=tok-1\r")
        #expect(try await alice.value(of: "$TOKEN") == "tok-1")
        alice.type("read -t 30 -N 1 key\r")
        try await alice.waitFor("read -t 30 -N 1 key")
        alice.panel("s")
        try await alice.untilServed()
        alice.type("xexport AHEAD=tok-2\r")
        #expect(try await alice.value(of: "$AHEAD") == "tok-2")
        let commands = try await team.client("bob").run("cmdop", "commands", "deploy").outputText
        #expect(!commands.contains("tok-") && !commands.contains("export TO"), "\(commands)")
    }
}
