import ScreenModel
import SessionModel
import TestKit
import Testing

/// A tmux of its own with two panes: one is fed a recording, the other its snapshots.
struct TmuxJudge {
    private struct Pane {
        let feed: RunningCommand
        let answers: RunningCommand

        init(_ name: String, in directory: TemporaryDirectory) throws {
            feed = try RunningCommand(["sh", "-c", "exec cat >\(directory.path)/\(name)-feed"])
            answers = try RunningCommand(["cat", "\(directory.path)/\(name)-answers"])
        }

        /// Shows bytes and waits until tmux has read them, which it says when it is asked for its status.
        func show(_ bytes: [UInt8]) async throws {
            let asked = answers.outputTranscript.bytes.count
            feed.write(bytes + Array("\u{1B}[5n".utf8))
            try await eventually("tmux has read what the pane was fed") {
                answers.outputTranscript.firstRange(of: "\u{1B}[0n", from: asked) != nil
            }
        }
    }

    private let directory: TemporaryDirectory
    private let control: RunningCommand
    private let panes: [Pane]
    private let size: TerminalSize

    init(size: TerminalSize) async throws {
        self.size = size
        directory = try TemporaryDirectory()
        let path = directory.path
        let names = ["recording", "snapshot"]
        let pipes = names.flatMap { ["\(path)/\($0)-feed", "\(path)/\($0)-answers"] }
        try await CommandRun.succeed(["mkfifo"] + pipes)
        let programs = names.map { "stty raw -echo; cat \(path)/\($0)-feed & exec cat >\(path)/\($0)-answers" }
        let dimensions = ["-x", String(size.columns), "-y", String(size.rows)]
        control = try RunningCommand(
            ["tmux", "-u", "-C", "-S", "\(path)/socket", "-f", "/dev/null", "new-session", "-s", "s", "-n", names[0]]
                + dimensions + [programs[0], ";", "refresh-client", "-f", "no-output", ";"]
                + ["new-window", "-d", "-t", "s:", "-n", names[1], programs[1]],
            environment: ["LC_ALL": "C.UTF-8", "TMUX": "", "TERM": "xterm-256color", "SHELL": "/bin/sh"])
        panes = try names.map { [directory] in try Pane($0, in: directory) }
        for pane in panes { try await pane.show([]) }
    }

    /// Shows more of the recording in one pane and a snapshot in the other; answers what tmux then says of them.
    func show(
        _ piece: [UInt8], _ snapshot: [UInt8]
    ) async throws -> (recording: TmuxScreen, snapshot: TmuxScreen) {
        try await panes[0].show(piece)
        try await panes[1].show(Array("\u{1B}c".utf8) + snapshot)
        return (try await screen("recording"), try await screen("snapshot"))
    }

    private func screen(_ name: String) async throws -> TmuxScreen {
        let start = control.outputTranscript.bytes.count
        let format = TmuxScreen.format.map { "#{\($0)}" }.joined(separator: " ")
        let line =
            "display-message -p -t s:\(name) '\(format)' ; capture-pane -p -e -N -t s:\(name) ; "
            + "capture-pane -p -e -N -a -q -t s:\(name) ; display-message -p the-end\n"
        control.write(Array(line.utf8))
        try await eventually("tmux tells what it shows", seen: { control.outputTranscript.tail }) {
            control.outputTranscript.firstRange(of: "the-end\n%end", from: start) != nil
        }
        let answer = String(decoding: control.outputTranscript.bytes[start...], as: UTF8.self)
        let blocks = Self.blocks(answer)
        try #require(blocks.count >= 4, "\(answer)")
        return TmuxScreen(facts: blocks[0].first ?? "", captured: blocks[1], hidden: blocks[2], size: size)
    }

    /// What stands between %begin and %end, by line.
    private static func blocks(_ answer: String) -> [[String]] {
        var blocks: [[String]] = []
        var isInside = false
        for line in answer.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("%begin ") {
                isInside = true
                blocks.append([])
            } else if line.hasPrefix("%end ") || line.hasPrefix("%error ") {
                isInside = false
            } else if isInside {
                blocks[blocks.count - 1].append(String(line))
            }
        }
        return blocks
    }

    func end() async throws {
        control.write(Array("kill-server\n".utf8))
        _ = try await control.waitForEnd()
    }
}
