import ScreenModel
import Terminal
import Testing

/// What must hold whatever a program prints.
struct SnapshotPropertyTests {
    private static let sizes = [(20, 6), (80, 24), (7, 3), (2, 2), (1, 1), (1, 4), (40, 1)]

    private func check(
        seeds: Range<Int>, tokens: Int, _ property: (TerminalFixture, [UInt8], inout StreamGenerator) throws -> String?
    ) throws {
        for seed in seeds {
            var generator = StreamGenerator(seed: UInt64(seed))
            let (columns, rows) = Self.sizes[seed % Self.sizes.count]
            let fixture = try TerminalFixture(columns: columns, rows: rows)
            let bytes = generator.stream(tokens: 1 + generator.below(tokens))
            if let difference = try property(fixture, bytes, &generator) {
                Issue.record("seed \(seed): \(difference); \(String(decoding: bytes, as: UTF8.self).debugDescription)")
                return
            }
        }
    }

    @Test("a snapshot shown on a fresh terminal gives the same snapshot")
    func roundTrip() throws {
        try check(seeds: 0..<4_000, tokens: 120) { fixture, bytes, _ in
            let before = fixture.snapshot(fixture.screen(bytes))
            return before.difference(from: fixture.snapshot(fixture.restored(before)))
        }
    }

    @Test("a terminal that joined late shows the same as one that was there from the start")
    func lateJoiner() throws {
        try check(seeds: 0..<4_000, tokens: 60) { fixture, bytes, generator in
            let rest = generator.stream(tokens: 40)
            let early = fixture.screen(bytes)
            guard early.isGround else { return nil }
            let late = fixture.restored(fixture.snapshot(early))
            early.feed(rest)
            late.feed(rest)
            return fixture.snapshot(early).difference(from: fixture.snapshot(late)).map {
                "\($0); then \(String(decoding: rest, as: UTF8.self).debugDescription)"
            }
        }
    }

    @Test("the filtered stream shows the same as the unfiltered one")
    func filteredStream() throws {
        try check(seeds: 0..<4_000, tokens: 120) { fixture, bytes, _ in
            let raw = fixture.snapshot(fixture.screen(bytes)).withoutMouse
            let filtered = fixture.screen(TerminalFixture.filtered(bytes))
            return raw.difference(from: fixture.snapshot(filtered))
        }
    }

    @Test("where the chunks end makes no difference")
    func chunks() throws {
        try check(seeds: 0..<3_000, tokens: 80) { fixture, bytes, generator in
            let pieces = (0..<5).map { _ in 1 + generator.below(7) }
            let whole = fixture.snapshot(fixture.screen(bytes))
            let cut = fixture.snapshot(fixture.screen(bytes, pieces: pieces))
            if let difference = whole.difference(from: cut) { return difference }
            let isSame = TerminalFixture.filtered(bytes) == TerminalFixture.filtered(bytes, pieces: pieces)
            return isSame ? nil : "the filter's output"
        }
    }

    @Test("20,000 inputs of noise leave a terminal that still works, and a filter that lets nothing through")
    func noise() throws {
        for seed in 0..<20_000 {
            var generator = StreamGenerator(seed: UInt64(seed) &+ 1 << 40)
            let (columns, rows) = Self.sizes[seed % Self.sizes.count]
            let fixture = try TerminalFixture(columns: columns, rows: rows)
            let bytes = generator.noise(40 + generator.below(160))
            let screen = fixture.screen(bytes, pieces: [1 + generator.below(50)])
            if seed % 4 == 0 {
                screen.resize(
                    to: try TerminalFixture(columns: 1 + generator.below(30), rows: 1 + generator.below(9)).size)
                screen.feed(generator.noise(60))
                screen.feed(Array("\u{18}\u{1B}[1;2r\u{1B}[L\u{1B}[S\u{1B}8\u{1B}[9b".utf8))
                continue
            }
            let filtered = TerminalFixture.filtered(bytes)
            #expect(filtered == TerminalFixture.filtered(filtered), "seed \(seed): filtering again changes nothing")
            let viewer = fixture.screen(filtered)
            #expect(viewer.takeReplies().isEmpty, "seed \(seed): a viewer's terminal answers nothing")
            let difference = fixture.snapshot(screen).withoutMouse.difference(from: fixture.snapshot(viewer))
            #expect(difference == nil, "seed \(seed)")
        }
    }
}
