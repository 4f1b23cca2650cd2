import Foundation
import TestKit

/// A server whose local socket takes this test's own user for alice.
struct LocalTeam {
    let team: Team
    let socket: String
    private let mapping: String

    /// - Parameter more: further lines of the configuration.
    init(_ names: [String] = ["alice", "bob"], as operatorName: String = "alice", more: String = "") async throws {
        mapping = "local: {\"\(geteuid())\": \(operatorName)}\n"
        team = try await Team(names, access: mapping + more + Team.operators)
        socket = team.server.directory.url.appendingPathComponent(".state/local/socket").path
    }

    func arguments(_ words: [String]) throws -> [String] {
        [try BuiltProgram.cmdop.path(), "--socket", socket] + words
    }

    /// Runs `cmdop` without a terminal.
    func run(_ words: String..., input: [UInt8] = []) async throws -> CommandRun {
        try await CommandRun(try arguments(words), input: input)
    }

    /// Attaches by a shell that says on its terminal how `cmdop` ended, and notes in two files how the terminal was set
    /// before and after.
    func attach(_ address: String = "deploy", columns: UInt16 = 80, rows: UInt16 = 24) async throws -> PseudoTerminal {
        let terminal = try start(address, columns: columns, rows: rows)
        try await terminal.untilAttached()
        return terminal
    }

    func start(_ address: String, columns: UInt16 = 80, rows: UInt16 = 24) throws -> PseudoTerminal {
        let directory = team.server.directory.path
        let line = try arguments(["attach", address]).map { "'\($0)'" }.joined(separator: " ")
        let script = """
            stty -g >\(directory)/before
            \(line) & echo $! >\(directory)/pid; fg >/dev/null
            echo "[status=$?]"
            stty -g >\(directory)/after
            """
        return try PseudoTerminal(["bash", "-m", "-c", script], columns: columns, rows: rows)
    }

    /// The exit status of `cmdop`, when the shell has ended; the terminal is set as it was.
    func status(of terminal: PseudoTerminal) async throws -> String {
        let start = try await terminal.waitFor("[status=")
        let end = try await terminal.waitFor("]", from: start)
        _ = try await terminal.waitForExit()
        let (before, after) = (team.server.directory.read("before"), team.server.directory.read("after"))
        guard let before, before == after, !before.isEmpty else {
            throw TestKitError.missing("the terminal's settings", advice: "\(before ?? "") became \(after ?? "")")
        }
        return String(decoding: terminal.transcript.bytes[start..<end - 1], as: UTF8.self)
    }

    /// Takes the mapping out of the configuration of the running server.
    func unmap() throws {
        let text = team.server.directory.read("config/cmdop.yaml") ?? ""
        try team.server.directory.write(
            text.replacingOccurrences(of: mapping, with: ""), to: "config/cmdop.yaml")
    }
}
