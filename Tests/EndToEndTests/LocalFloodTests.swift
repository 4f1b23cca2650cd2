import Foundation
import TestKit
import Testing

/// One program of this machine that connects to a socket of the server's as often as it can.
@Suite("A flood on a local socket", .serialized)
struct LocalFloodTests {
    private func work(in terminal: PseudoTerminal) async throws {
        for round in 1...10 {
            terminal.type("echo round-\(round)-$((40 + 2))\r")
            try await terminal.waitFor("round-\(round)-42")
        }
    }

    @Test(
        "leaves those who work alone, and lets people in by ssh",
        arguments: [[], ["--say", #"{"cmdop":1,"face":"verb","line":"ls"}"#], ["--hold"]])
    func server(_ arguments: [String]) async throws {
        let local = try await LocalTeam()
        let terminal = try await local.team.attach("bob")
        let flood = try RunningCommand(try PythonScript.localFlood.line("--path", local.socket) + arguments)
        try await eventually("the flood", seen: { flood.errorTranscript.tail }) {
            flood.outputTranscript.text.contains("flooding\n")
        }
        try await work(in: terminal)
        #expect(try await local.team.client("alice").run("deploy", "echo in").outputText == "in\n")
        flood.finishInput()
        let count = Int(try await flood.waitForEnd().outputText.split(separator: "\n").last ?? "") ?? 0
        #expect(count >= 100)
        try await eventually("the local socket for others") {
            try await local.run("ls").status == .exited(0)
        }
    }

    @Test("leaves the session of a host alone", arguments: [[], ["--hold"]])
    func host(_ arguments: [String]) async throws {
        let local = try await LocalTeam()
        let terminal = try await local.team.attach("bob")
        let socket = local.team.server.directory.url.appendingPathComponent(".state/sessions/deploy/socket").path
        let flood = try RunningCommand(try PythonScript.localFlood.line("--path", socket) + arguments)
        try await eventually("the flood", seen: { flood.errorTranscript.tail }) {
            flood.outputTranscript.text.contains("flooding\n")
        }
        try await work(in: terminal)
        flood.finishInput()
        _ = try await flood.waitForEnd()
        try await eventually("front-ends from now on") {
            try await local.team.client("alice").run("deploy", "echo in").outputText == "in\n"
        }
    }
}
