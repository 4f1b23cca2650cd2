import ScreenModel
import SessionModel
import TestKit
import Testing
import Wire

@Suite("A snapshot on the wire")
struct ScreenSnapshotCodingTests {
    @Test("has every cell of a screen, in runs of one style")
    func cells() throws {
        var numbers = SteadyNumbers(seed: 1)
        for _ in 0..<50 {
            let size = try #require(
                TerminalSize(columns: Int(numbers.next() % 40) + 1, rows: Int(numbers.next() % 10) + 1))
            var snapshot = Samples.emptySnapshot
            snapshot.size = size
            snapshot.main.rows = (0..<size.rows).map { _ in row(size.columns, &numbers) }
            snapshot.scrollback = (0..<size.rows).map { _ in row(Int(numbers.next() % 60), &numbers) }
            #expect(try returned(snapshot) == snapshot)
        }
    }

    @Test("of a blank screen is small: trailing blanks are only counted")
    func blanks() throws {
        var snapshot = Samples.emptySnapshot
        snapshot.size = Samples.largest
        snapshot.main.rows = Array(repeating: Samples.blankRow(1_000), count: 1_000)
        #expect(HostMessage.refreshed(Reference(rawValue: 0), snapshot).encoded.count < 10_000)
        #expect(try returned(snapshot) == snapshot)
    }

    @Test("must have as many rows and columns as it says")
    func wrongSize() {
        var short = Samples.snapshot
        short.main.rows.removeLast()
        var narrow = Samples.snapshot
        narrow.alternate?.rows[1].cells.removeLast()
        for snapshot in [short, narrow] {
            #expect(throws: WireError.invalid("screen size")) { try returned(snapshot) }
        }
        var long = Samples.snapshot
        long.scrollback = [Samples.blankRow(4_097)]
        #expect(throws: WireError.invalid("row length")) { try returned(long) }
    }

    @Test("can not blow up: a row of blanks costs 9 bytes, so the cells are counted")
    func blowUp() {
        var writer = ByteWriter()
        var empty = Samples.emptySnapshot
        empty.scrollback = []
        let start = HostMessage.refreshed(Reference(rawValue: 0), empty).encoded
        writer.putRaw(start[Frame.headerLength...].dropLast(4))
        writer.put(UInt32(100_000))
        for _ in 0..<100_000 { writer.putRaw([0, 0, 0, 0, 0, 0x10, 0, 0, 0]) }
        let frame = Frame(kind: 3, body: writer.bytes[...])
        #expect(throws: WireError.invalid("snapshot size")) { try HostMessage(decoding: frame) }
    }

    private func returned(_ snapshot: ScreenSnapshot) throws -> ScreenSnapshot {
        let bytes = HostMessage.refreshed(Reference(rawValue: 0), snapshot).encoded
        guard case .refreshed(_, let snapshot) = try Coding.hostMessage.decode(bytes) else {
            throw WireError.unknownKind(bytes[Frame.headerLength - 1])
        }
        return snapshot
    }

    private func row(_ columns: Int, _ numbers: inout SteadyNumbers) -> Row {
        let styles = [Style.plain, Samples.loud, Style(background: Color(index: 4))]
        let cells = (0..<columns).map { _ in
            numbers.next() % 3 == 0
                ? Cell.blank : Cell(content: UInt32(numbers.next() % 0x7F_FFFF), style: styles[Int(numbers.next() % 3)])
        }
        return Row(cells: cells, isWrapped: numbers.next() % 2 == 0)
    }
}
