import TestKit

/// A window of a tmux of its own, with a program in it: an independent terminal, which says what it shows.
struct TmuxWindow {
    private let directory: TemporaryDirectory
    private let server: RunningCommand

    init(columns: Int, rows: Int, _ command: [String]) async throws {
        directory = try TemporaryDirectory()
        let words = command.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
        server = try RunningCommand(
            [
                "tmux", "-u", "-C", "-S", "\(directory.path)/socket", "-f", "/dev/null", "new-session", "-s", "s", "-x",
                String(columns), "-y", String(rows), words, ";", "refresh-client", "-f", "no-output",
            ], environment: ["LC_ALL": "C.UTF-8", "TMUX": "", "TERM": "xterm-256color", "SHELL": "/bin/sh"])
        try await eventually("tmux to be there", seen: { server.errorTranscript.tail }) {
            try await tmux("has-session", "-t", "s").status == .exited(0)
        }
    }

    /// The rows that are shown, without the blanks at their ends.
    func rows() async throws -> [String] {
        let run = try await tmux("capture-pane", "-p", "-t", "s")
        return run.outputText.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    func type(_ text: String) async throws { _ = try await tmux("send-keys", "-t", "s", "-l", text) }

    func press(_ key: String) async throws { _ = try await tmux("send-keys", "-t", "s", key) }

    func resize(columns: Int, rows: Int) async throws {
        _ = try await tmux("resize-window", "-t", "s", "-x", String(columns), "-y", String(rows))
    }

    /// Waits until a row has the text.
    func untilShown(_ text: String) async throws {
        var seen: [String] = []
        try await eventually("\(text) in the window", seen: { seen.joined(separator: "\n") }) {
            seen = try await rows()
            return seen.contains { $0.contains(text) }
        }
    }

    func end() async throws { _ = try await tmux("kill-server") }

    private func tmux(_ words: String...) async throws -> CommandRun {
        try await CommandRun(["tmux", "-S", "\(directory.path)/socket"] + words)
    }
}
