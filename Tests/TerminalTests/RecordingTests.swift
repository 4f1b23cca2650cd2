import ScreenModel
import SessionModel
import Terminal
import Testing

/// What real programs print, at 200 points of each recording.
struct RecordingTests {
    /// How much of the rest is shown to both terminals; all of it at some of the points.
    private static let rest = 4_096

    @Test("a terminal that joins a recording anywhere has the same state, then and later", arguments: Recording.all)
    func joiningLate(recording: Recording) throws {
        let bytes = try recording.bytes()
        let fixture = try TerminalFixture(columns: 80, rows: 24)
        for (number, point) in try Recording.points(in: bytes).enumerated() {
            let early = fixture.screen(Array(bytes[..<point]))
            let before = fixture.snapshot(early)
            let late = fixture.restored(before)
            if let difference = before.difference(from: fixture.snapshot(late)) {
                Issue.record("\(recording) at \(point): \(difference)")
                return
            }
            let rest = Array(bytes[point...].prefix(number % 20 == 0 ? bytes.count : Self.rest))
            early.feed(rest)
            late.feed(rest)
            if let difference = fixture.snapshot(early).difference(from: fixture.snapshot(late)) {
                Issue.record("\(recording) after \(point): \(difference)")
                return
            }
        }
    }

    @Test("tmux shows a recording and its snapshots as this terminal does", arguments: Recording.judged)
    func judgedByTmux(recording: Recording) async throws {
        let bytes = try recording.judgedBytes()
        let fixture = try TerminalFixture(columns: 80, rows: 24)
        let judge = try await TmuxJudge(size: fixture.size)
        let screen = fixture.screen()
        var fed = 0
        var problems: [String] = []
        for point in try Recording.points(in: bytes) where !Recording.isRepetition(bytes[point...]) {
            let piece = Array(bytes[fed..<point])
            screen.feed(piece)
            fed = point
            let snapshot = fixture.snapshot(screen)
            let shown = try await judge.show(piece, SnapshotRenderer.bytes(for: snapshot, scrollbackRows: 0))
            let problem =
                shown.recording.difference(from: TmuxScreen(snapshot)).map { "tmux / this: \($0)" }
                ?? shown.snapshot.difference(from: shown.recording).map { "snapshot / tmux: \($0)" }
            if let problem {
                let last = String(decoding: piece.suffix(200), as: UTF8.self).debugDescription
                problems.append("\(recording) at \(point), after \(last): \(problem)")
            }
        }
        try await judge.end()
        #expect(problems.isEmpty, "\(problems.count): \(problems.prefix(2).joined(separator: "\n"))")
    }
}
