import Control
import Foundation
import JSONText
import SessionModel
import Synchronization
import TestKit
import Testing

/// Three agents and a person at one prompt, and a server that is stopped and goes on at random. `make commands` sends
/// ten thousand.
@Suite("Commands of several at once", .timeLimit(.minutes(120)))
struct StoppedServerTests {
    private static let agents = ["claude", "codex", "gemini"]
    private static let count = ProcessInfo.processInfo.environment["CMDOP_COMMANDS"].flatMap { Int($0) } ?? 120

    /// What is sent, and what only its own answer may be.
    private struct Command {
        var text: String
        var token: String
        /// `nil`: nothing runs.
        var status: Int64?
    }

    /// What became of all that was sent.
    private struct Tally: Sendable {
        var answered = 0
        var errors: [String: Int] = [:]
        var stops = 0
        var typedAhead = 0
    }

    private final class Progress: Sendable {
        let tally = Mutex(Tally())
        let isOver = Atomic(false)
    }

    @Test("each answer is its own command's, with its status, or an error", arguments: ["bash", "zsh"])
    func answers(shell: String) async throws {
        let program = shell == "bash" ? "[\"/bin/bash\", \"--noprofile\", \"--norc\"]" : "[\"/usr/bin/zsh\"]"
        let team = try await Team(
            ["alice"], agents: Self.agents,
            environments: "  it: {kind: process, shell: \(program), directory: \"/tmp\"}")
        let starter = try ControlClient(team.client("alice"), "deploy")
        _ = try await starter.call("session.create", ["environment": "it"])
        let alice = try await team.attach("alice")
        let progress = Progress()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Self.typeAhead(alice, progress) }
            group.addTask { try await Self.stop(team, progress) }
            try await withThrowingTaskGroup(of: Void.self) { agents in
                for (index, name) in Self.agents.enumerated() {
                    let client = try ControlClient(team.client(name), "deploy")
                    agents.addTask { try await Self.send(client, name, seed: UInt64(index), progress) }
                }
                defer { progress.isOver.store(true, ordering: .relaxed) }
                try await agents.waitForAll()
            }
            try await group.waitForAll()
        }
        let done = progress.tally.withLock { $0 }
        print("\(shell): \(done)")
        #expect(done.answered * 2 > Self.count / 2, "most are answered: \(done)")
    }

    private static func send(
        _ client: ControlClient, _ name: String, seed: UInt64, _ progress: Progress
    ) async throws {
        var numbers = SteadyNumbers(seed: seed)
        for number in 0..<count / (2 * agents.count) {
            let command = command("\(name)-\(number)", &numbers)
            let answer = try await client.ask("command.run", ["command": .string(command.text), "within": 45])
            guard let result = answer["result"] else {
                let code = answer["error"]?["data"]?["code"]?.string ?? answer.text
                progress.tally.withLock { $0.errors[code, default: 0] += 1 }
                continue
            }
            check(result, of: command)
            progress.tally.withLock { $0.answered += 1 }
        }
    }

    private static func check(_ result: JSONValue, of command: Command) {
        let output = result["output"]?.string ?? ""
        // What is typed ahead is echoed, with the quotes; what others' commands print never stands there.
        let printed = Set(output.matches(of: /out:[a-z]+-[0-9]+/).map { String($0.output) })
        #expect(printed.isSubset(of: [command.token]) && command.status != nil, "\(command.text): \(result.text)")
        guard result["running"] == false else { return }
        // The person presses Ctrl-C now and then.
        let status = result["exitStatus"]?.integer
        let isInterrupted =
            status == 130 || output.contains("^C") || result["known"] == "weak"
            || printed.isEmpty && status == command.status
        let isWhole = printed == [command.token] && status == command.status
        #expect(isWhole || isInterrupted, "\(command.text): \(result.text)")
    }

    private static func command(_ name: String, _ numbers: inout SteadyNumbers) -> Command {
        let status = Int64(numbers.next() % 256)
        let (token, echo) = ("out:\(name)", "echo out'':\(name)")
        func command(_ text: String, _ status: Int64?) -> Command { Command(text: text, token: token, status: status) }
        switch numbers.next() % 8 {
        case 0: return command("sleep 0.0\(numbers.next() % 9); \(echo); sh -c 'exit \(status)'", status)
        case 1: return command("\(echo)\nsh -c 'exit \(status)'", status)
        case 2: return command("for i in 1 2 3; do\n    \(echo)\ndone; sh -c 'exit \(status)'", status)
        case 3: return command("seq 1 \(1 + numbers.next() % 2_000); \(echo); false", 1)
        case 4 where numbers.next() % 4 == 0: return command("\(echo) )", nil)
        case 5: return command("cat <<'END'\nout:\(name)\nEND\nsh -c 'exit \(status)'", status)
        case 6: return command(" \(echo)", 0)
        default: return command("\(echo); sh -c 'exit \(status)'", status)
        }
    }

    /// A person types whole lines, whoever steers and whatever runs, and lets go.
    private static func typeAhead(
        _ alice: PseudoTerminal, _ progress: Progress
    ) async throws {
        var numbers = SteadyNumbers(seed: 99)
        var number = 0
        while !progress.isOver.load(ordering: .relaxed) {
            for _ in 0...numbers.next() % 2 {
                number += 1
                alice.type("echo out'':alice-\(number); sh -c 'exit \(numbers.next() % 256)'\r")
            }
            if numbers.next() % 5 == 0 { alice.type("\u{03}") }
            try await pass(numbers.next() % 50)
            alice.panel("x")
            try await pass(100 + numbers.next() % 500)
        }
        progress.tally.withLock { $0.typedAhead = number }
    }

    private static func stop(
        _ team: Team, _ progress: Progress
    ) async throws {
        var numbers = SteadyNumbers(seed: 7)
        let server = try #require(team.server.process)
        while !progress.isOver.load(ordering: .relaxed) {
            try await pass(numbers.next() % 400)
            server.kill(SIGSTOP)
            defer { server.kill(SIGCONT) }
            try await pass(numbers.next() % 250)
            progress.tally.withLock { $0.stops += 1 }
        }
    }

    /// Lets some milliseconds pass: when something happens is what is tried here.
    private static func pass(_ milliseconds: UInt64) async throws {
        var looks = milliseconds / 4
        try await eventually("the next moment") {
            looks -= min(looks, 1)
            return looks == 0
        }
    }
}
