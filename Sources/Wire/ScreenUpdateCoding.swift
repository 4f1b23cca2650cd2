import ScreenModel
import SessionModel

// Layout: `Formats/host-protocol.md`, "Screen update".

extension ByteWriter {
    mutating func put(_ update: ScreenUpdate) {
        put(update.size)
        put(update.offset.bytes)
        put(update.isAlternate)
        put(update.modes)
        put(update.cursor)
        put(update.changed) { writer, changed in
            writer.put(UInt16(clamping: changed.index))
            writer.put(changed.row)
        }
        put(UInt32(clamping: update.skippedRows))
        put(update.scrolled) { $0.put($1) }
    }
}

extension ByteReader {
    mutating func screenUpdate() throws(WireError) -> ScreenUpdate {
        let size = try terminalSize()
        let offset = StreamOffset(bytes: try number())
        let (isAlternate, modes, cursor) = (try flag(), try terminalModes(), try cursorState())
        var allowance = CellAllowance()
        let changed = try list { (reader) throws(WireError) in
            let index = Int(try reader.number(UInt16.self))
            let row = try reader.row(&allowance)
            guard index < size.rows, row.cells.count == size.columns else { throw WireError.invalid("changed row") }
            return ScreenUpdate.ChangedRow(index: index, row: row)
        }
        let skipped = Int(try number(UInt32.self))
        let scrolled = try list { (reader) throws(WireError) in try reader.row(&allowance) }
        return ScreenUpdate(
            size: size, isAlternate: isAlternate, cursor: cursor, modes: modes, offset: offset, changed: changed,
            scrolled: scrolled, skippedRows: skipped)
    }
}
