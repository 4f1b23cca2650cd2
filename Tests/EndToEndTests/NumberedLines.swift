import Foundation
import SessionModel
import TestKit
import Testing

/// A program in a session's terminal that prints `line 0`, `line 1` and on, so many a second, until it is told to stop.
struct NumberedLines {
    let pid: pid_t
    private let team: Team

    private static let script = """
        import os, sys, time
        stop, rate = sys.argv[1], int(sys.argv[2])
        open(stop + ".pid", "w").write(str(os.getpid()))
        begun = time.monotonic()
        number = 0
        while number % 50 or not os.path.exists(stop):
            os.write(1, b"line %d\\n" % number)
            number += 1
            time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        os.write(1, b"all printed\\n")

        """

    /// Starts it from the shell's prompt, and waits for its first lines.
    init(in terminal: PseudoTerminal, of team: Team, rate: Int = 1_000) async throws {
        self.team = team
        let script = try team.server.directory.write(Self.script, to: "lines.py")
        let stop = try team.server.directory.path("stop")
        terminal.type("python3 \(script) \(stop) \(rate)\r")
        try await terminal.waitFor("line 10\r\n")
        pid = try #require(team.server.directory.read("stop.pid").flatMap { pid_t($0) })
    }

    var isPrinting: Bool { ProcessFacts(pid: pid).isRunning }

    /// Waits until the terminal got so many lines more.
    func wait(for count: Int, on terminal: PseudoTerminal) async throws {
        var last: Int?
        try await eventually("a numbered line", seen: { terminal.transcript.tail }) {
            last = Self.numbers(in: Array(terminal.transcript.tail.utf8)).last
            return last != nil
        }
        try await terminal.waitFor("line \((last ?? 0) + count)\r\n", from: max(0, terminal.transcript.count - 4_000))
    }

    /// Stops it, and waits until all of the terminals show its end.
    func stop(shownBy terminals: [PseudoTerminal]) async throws {
        #expect(isPrinting)
        try team.server.directory.write("", to: "stop")
        for terminal in terminals { try await terminal.waitFor("all printed") }
    }

    /// The numbers in what a terminal shows and has in its scrollback. Its last line may be half there.
    static func numbers(on terminal: PseudoTerminal) throws -> [Int] {
        try ShownScreen(terminal).numbers(after: "line")
    }

    /// The numbers of the whole lines that the journal has, and of a last one that may be half there.
    func numbersOnRecord() throws -> [Int] { Self.numbers(in: try SessionRecord(on: team.server).output) }

    private static func numbers(in output: [UInt8]) -> [Int] {
        let word = Array("line ".utf8)
        return output.split { $0 == 0x0D || $0 == 0x0A }.compactMap { row in
            row.starts(with: word) ? Int(String(decoding: row.dropFirst(word.count), as: UTF8.self)) : nil
        }
    }
}
