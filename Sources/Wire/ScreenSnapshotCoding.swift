import ScreenModel
import SessionModel

// Layout: `Formats/host-protocol.md`, "Snapshot".

extension ByteWriter {
    mutating func put(_ snapshot: ScreenSnapshot) {
        put(snapshot.size)
        put(snapshot.offset.bytes)
        put(snapshot.title)
        put(snapshot.modes)
        put(snapshot.cursor)
        put(UInt16(clamping: snapshot.region.top))
        put(UInt16(clamping: snapshot.region.bottom))
        put(snapshot.tabStops) { $0.put(UInt16(clamping: $1)) }
        put(snapshot.main)
        put(snapshot.alternate) { $0.put($1) }
        put(snapshot.scrollback) { $0.put($1) }
    }

    private mutating func put(_ screen: ScreenSnapshot.Screen) {
        put(screen.rows) { $0.put($1) }
        put(screen.saved) { $0.put($1) }
    }

    mutating func put(_ cursor: CursorState) {
        put(UInt16(clamping: cursor.position.row))
        put(UInt16(clamping: cursor.position.column))
        put(cursor.isWrapPending)
        put(cursor.style)
        put(cursor.charsets.g0.rawValue)
        put(cursor.charsets.g1.rawValue)
        put(cursor.charsets.isShifted)
        put(cursor.origin)
    }

    private mutating func put(_ style: Style) {
        put(style.foreground.rawValue)
        put(style.background.rawValue)
        put(style.attributes.rawValue)
        put(style.underline.rawValue)
    }

    mutating func put(_ modes: TerminalModes) {
        let flags = [
            modes.applicationCursorKeys, modes.applicationKeypad, modes.autowrap, modes.origin, modes.insert,
            modes.newline, modes.bracketedPaste, modes.reverseVideo, modes.focusReporting, modes.cursorVisible,
            modes.cursorBlinks,
        ]
        put(flags.reversed().reduce(UInt16(0)) { $0 << 1 | ($1 ? 1 : 0) })
        put(modes.mouse.rawValue)
        put(modes.mouseEncoding.rawValue)
        put(modes.cursorShape.rawValue)
    }

    /// Runs of one style each; blanks of the plain style at the end are only counted.
    mutating func put(_ row: Row) {
        put(row.isWrapped)
        put(row.marks) { writer, mark in
            writer.put(UInt16(clamping: mark.column))
            writer.put(mark.scalars) { $0.put($1.value) }
        }
        put(UInt16(clamping: row.cells.count))
        var end = row.cells.count
        while end > 0, row.cells[end - 1] == .blank { end -= 1 }
        put(UInt16(clamping: end))
        var start = 0
        while start < end {
            let style = row.cells[start].style
            let next = row.cells[start..<end].firstIndex { $0.style != style } ?? end
            put(style)
            put(UInt16(clamping: next - start))
            for cell in row.cells[start..<next] { put(cell.content) }
            start = next
        }
    }
}

/// Cells that one snapshot or update may still have. A blank costs no bytes on the wire, so that its length does not
/// bound them.
struct CellAllowance {
    private var remaining = 8 * 1_024 * 1_024

    mutating func take(_ count: Int) throws(WireError) {
        guard count <= remaining else { throw .invalid("snapshot size") }
        remaining -= count
    }
}

extension ByteReader {
    mutating func snapshot() throws(WireError) -> ScreenSnapshot {
        let size = try terminalSize()
        let offset = StreamOffset(bytes: try number())
        let (title, modes, cursor) = (try text(), try terminalModes(), try cursorState())
        let region = ScreenSnapshot.ScrollRegion(top: try small(), bottom: try small())
        let tabStops = try list { (reader) throws(WireError) in try reader.small() }
        var allowance = CellAllowance()
        let main = try screen(size, &allowance)
        let alternate = try optional { (reader) throws(WireError) in try reader.screen(size, &allowance) }
        let scrollback = try list { (reader) throws(WireError) in try reader.row(&allowance) }
        return ScreenSnapshot(
            size: size, main: main, alternate: alternate, cursor: cursor, modes: modes, region: region,
            tabStops: tabStops, title: title, scrollback: scrollback, offset: offset)
    }

    private mutating func small() throws(WireError) -> Int { Int(try number(UInt16.self)) }

    private mutating func screen(
        _ size: TerminalSize, _ allowance: inout CellAllowance
    ) throws(WireError) -> ScreenSnapshot.Screen {
        let rows = try list { (reader) throws(WireError) in try reader.row(&allowance) }
        guard rows.count == size.rows, rows.allSatisfy({ $0.cells.count == size.columns }) else {
            throw .invalid("screen size")
        }
        return ScreenSnapshot.Screen(
            rows: rows, saved: try optional { (reader) throws(WireError) in try reader.cursorState() })
    }

    mutating func cursorState() throws(WireError) -> CursorState {
        var cursor = CursorState(position: Position(row: try small(), column: try small()))
        cursor.isWrapPending = try flag()
        cursor.style = try style()
        guard let g0 = Charset(rawValue: try number()), let g1 = Charset(rawValue: try number()) else {
            throw .invalid("character set")
        }
        (cursor.charsets.g0, cursor.charsets.g1) = (g0, g1)
        cursor.charsets.isShifted = try flag()
        cursor.origin = try flag()
        return cursor
    }

    private mutating func style() throws(WireError) -> Style {
        let (foreground, background) = (Color(rawValue: try number()), Color(rawValue: try number()))
        let attributes = Style.Attributes(rawValue: try number())
        guard let underline = Style.Underline(rawValue: try number()) else { throw .invalid("underline") }
        return Style(foreground: foreground, background: background, attributes: attributes, underline: underline)
    }

    mutating func terminalModes() throws(WireError) -> TerminalModes {
        let flags = try number(UInt16.self)
        var modes = TerminalModes()
        modes.applicationCursorKeys = flags & 1 << 0 != 0
        modes.applicationKeypad = flags & 1 << 1 != 0
        modes.autowrap = flags & 1 << 2 != 0
        modes.origin = flags & 1 << 3 != 0
        modes.insert = flags & 1 << 4 != 0
        modes.newline = flags & 1 << 5 != 0
        modes.bracketedPaste = flags & 1 << 6 != 0
        modes.reverseVideo = flags & 1 << 7 != 0
        modes.focusReporting = flags & 1 << 8 != 0
        modes.cursorVisible = flags & 1 << 9 != 0
        modes.cursorBlinks = flags & 1 << 10 != 0
        guard let mouse = TerminalModes.Mouse(rawValue: try number()),
            let encoding = TerminalModes.MouseEncoding(rawValue: try number()),
            let shape = TerminalModes.CursorShape(rawValue: try number())
        else { throw .invalid("terminal mode") }
        (modes.mouse, modes.mouseEncoding, modes.cursorShape) = (mouse, encoding, shape)
        return modes
    }

    mutating func row(_ allowance: inout CellAllowance) throws(WireError) -> Row {
        let isWrapped = try flag()
        let marks = try list { (reader) throws(WireError) in try reader.mark() }
        let count = try small()
        let end = try small()
        guard count <= 4_096, end <= count else { throw .invalid("row length") }
        try allowance.take(count)
        var cells: [Cell] = []
        cells.reserveCapacity(count)
        while cells.count < end {
            let style = try style()
            let run = try small()
            guard run > 0, cells.count + run <= end else { throw .invalid("run length") }
            for _ in 0..<run { cells.append(Cell(content: try number(), style: style)) }
        }
        cells += repeatElement(.blank, count: count - end)
        return Row(cells: cells, marks: marks, isWrapped: isWrapped)
    }

    private mutating func mark() throws(WireError) -> Row.Mark {
        let column = try small()
        let scalars = try list { (reader) throws(WireError) in
            guard let scalar = Unicode.Scalar(try reader.number(UInt32.self)) else {
                throw WireError.invalid("scalar")
            }
            return scalar
        }
        return Row.Mark(column: column, scalars: scalars)
    }
}
