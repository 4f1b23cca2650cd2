import Foundation
import ScreenModel
import SessionModel
import Terminal
import TestKit
import Testing

/// What a program printed to a terminal of 80x24, kept in Tests/Fixtures/Recordings.
struct Recording: CustomStringConvertible, Sendable {
    static let judged = [
        "vim", "less", "top", "htop", "tmux", "mc", "shell", "build", "moves", "wraps", "margins", "editing",
        "sets-and-styles", "screens", "scripts", "mixed",
    ].map(Recording.init)
    /// With what tmux does otherwise than xterm, and widths that terminals disagree about.
    static let all = judged + [Recording(name: "disputed"), Recording(name: "joined")]

    let name: String

    var description: String { name }

    func bytes() throws -> [UInt8] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/Recordings/\(name).bin")
        return try [UInt8](Data(contentsOf: file))
    }

    /// Steady numbers of bytes, in order, after which no character and no sequence is half-fed.
    static func points(in bytes: [UInt8], count: Int = 200) throws -> [Int] {
        let screen = try TerminalFixture(columns: 80, rows: 24).screen()
        var ground = [0]
        for index in bytes.indices {
            screen.feed([bytes[index]])
            if screen.isGround { ground.append(index + 1) }
        }
        var numbers = SteadyNumbers(seed: UInt64(bytes.count))
        var points = Set<Int>([ground.last ?? 0])
        while points.count < min(count, ground.count) {
            points.insert(ground[Int.random(in: ground.indices, using: &numbers)])
        }
        return points.sorted()
    }

    /// The bytes, with something put before what tmux does otherwise than xterm, so that they do the same.
    ///
    /// Mostly it is the cursor, put into the last column where a wrap is pending. xterm (util.c, cursor.c) counts from
    /// the last column, erases it too, forgets the wrap, and saves it with the cursor; tmux counts from one column
    /// more, has nothing to erase there, and saves no wrap. Turning wrapping off forgets the wrap on DEC's terminals
    /// and here, not in tmux.
    func judgedBytes() throws -> [UInt8] {
        let bytes = try bytes()
        let fixture = try TerminalFixture(columns: 80, rows: 24)
        let screen = fixture.screen()
        var judged: [UInt8] = []
        var token: [UInt8] = []
        // Says where a token ends; the other screen is fed whole tokens.
        let cutter = fixture.screen()
        for byte in bytes {
            token.append(byte)
            cutter.feed([byte])
            guard cutter.isGround else { continue }
            if screen.cursor.column == 79, Self.isDisputed(token), fixture.snapshot(screen).cursor.isWrapPending {
                token = Array("\u{1B}[80G".utf8) + token
            }
            if token == Array("\u{1B}8".utf8), Self.isSavedOutside(fixture.snapshot(screen)) {
                token = Array("\u{1B}[r".utf8) + token
            }
            // New margins put xterm's cursor where the origin mode says, tmux's always at the top.
            if token.starts(with: [0x1B, 0x5B]), token.last == 0x72, screen.modes.origin {
                token = Array("\u{1B}[?6l".utf8) + token + Array("\u{1B}[?6h".utf8)
            }
            token = Self.erasure(before: token, column: screen.cursor.column) + token
            screen.feed(token)
            judged += token
            token = []
        }
        return judged + token
    }

    /// What takes away before inserting what goes off the row by it: tmux (grid-view.c) leaves some of that standing
    /// where more is inserted than is moved.
    private static func erasure(before token: [UInt8], column: Int) -> [UInt8] {
        guard token.starts(with: [0x1B, 0x5B]), token.last == 0x40 else { return [] }
        let count = max(Int(String(decoding: token.dropFirst(2).dropLast(), as: UTF8.self)) ?? 1, 1)
        let kept = max(80 - column - count, 0)
        guard count > kept, column < 79 else { return [] }
        return Array("\u{1B}[\(column + kept + 1)G\u{1B}[\(count - kept)X\u{1B}[\(column + 1)G".utf8)
    }

    /// Whether what is saved is to be restored outside of the margins in origin mode; xterm stays inside.
    private static func isSavedOutside(_ snapshot: ScreenSnapshot) -> Bool {
        guard let saved = snapshot.shown.saved, saved.origin else { return false }
        return !(snapshot.region.top...snapshot.region.bottom).contains(saved.position.row)
    }

    /// Whether REP comes next: tmux repeats nothing after the question that it is asked at a point.
    static func isRepetition(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parameters = bytes.dropFirst(2).prefix { (0x30...0x39).contains($0) }
        return bytes.starts(with: [0x1B, 0x5B]) && bytes[parameters.endIndex...].first == 0x62
    }

    /// Whether a token counts from the cursor's column, or acts there.
    private static func isDisputed(_ token: [UInt8]) -> Bool {
        if token.count == 1 { return [0x08, 0x0A, 0x0B, 0x0C].contains(token[0]) }
        guard let final = token.last, token[0] == 0x1B else { return false }
        if token.count == 2 { return "78DEHM".utf8.contains(final) }
        if token == Array("\u{1B}[?7l".utf8) { return true }
        return token[1] == 0x5B && "@ABCDEFJKLMPSTXZadegjk".utf8.contains(final)
    }
}
