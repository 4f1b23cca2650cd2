import ScreenModel

/// Acts on the tokens of a program's output: what libvterm does well is handed to it, the rest is done here.
///
/// libvterm has the wrapping, and what inserts, deletes and scrolls; it always believes in absolute addressing, ASCII
/// and no insert mode. Glyphs before the margin, and what only moves or erases, do not go by it, which is faster.
/// Modes, margins, saved cursors, tab stops, character sets, colours, the alternate screen and all answers are here,
/// because 0.1.4 does not report or not limit them.
final class Emulator: TokenSink {
    private static let replyLimit = 64 * 1_024

    let grid: Grid
    let layer: StateLayer
    var modes = TerminalModes()
    var charsets = Charsets()
    var region: ScreenSnapshot.ScrollRegion
    var tabStops: [Bool]
    var titles = TitleStack()
    private(set) var replies: [UInt8] = []

    init(columns: Int, rows: Int, scrollback: Scrollback) {
        grid = Grid(columns: columns, rows: rows, scrollback: scrollback)
        layer = StateLayer(columns: columns, rows: rows, grid: grid)
        region = .init(top: 0, bottom: rows - 1)
        tabStops = Self.defaultTabStops(columns)
    }

    static func defaultTabStops(_ columns: Int) -> [Bool] { (0..<columns).map { $0 > 0 && $0 % 8 == 0 } }

    // MARK: The cursor

    /// Where the cursor is; with a wrap pending, in the last column.
    var cursor: Position {
        let place = layer.cursor
        return Position(row: place.row, column: grid.isWrapPending ? grid.columns - 1 : place.column)
    }

    var cursorState: CursorState {
        CursorState(
            position: cursor, isWrapPending: grid.isWrapPending, style: grid.style, charsets: charsets,
            origin: modes.origin)
    }

    /// Moves to a place on the screen, whatever the origin mode.
    func move(row: Int, column: Int) {
        grid.cancelWrap()
        layer.move(row: min(max(row, 0), grid.rows - 1), column: min(max(column, 0), grid.columns - 1))
    }

    /// Moves to a place as the program counts it.
    func address(row: Int, column: Int) {
        guard modes.origin else { return move(row: row, column: column) }
        move(row: min(max(row, 0) + region.top, region.bottom), column: column)
    }

    func cancelWrap() {
        guard grid.isWrapPending else { return }
        let place = cursor
        move(row: place.row, column: place.column)
    }

    func save() { grid.active.saved = cursorState }

    func restore() {
        let saved = grid.active.saved ?? CursorState()
        grid.style = saved.style
        charsets = saved.charsets
        modes.origin = saved.origin
        var row = saved.position.row
        if saved.origin { row = min(max(row, region.top), region.bottom) }
        move(row: row, column: saved.position.column)
        if saved.isWrapPending, modes.autowrap, saved.position.column == grid.columns - 1 { pendWrap() }
    }

    /// Makes libvterm wait with a wrap, which only a glyph in the last column does: a silent one.
    private func pendWrap() {
        let place = cursor
        let isHalf = grid.columns > 1 && grid.active.line(place.row)[place.column].isContinuation
        if isHalf { move(row: place.row, column: place.column - 1) }
        grid.canvas.pointee.isMuted = true
        layer.write(isHalf ? Array("中".utf8) : [0x78])
        grid.canvas.pointee.isMuted = false
    }

    func reply(_ bytes: some Collection<UInt8>) {
        guard replies.count + bytes.count <= Self.replyLimit else { return }
        replies.append(contentsOf: bytes)
    }

    func takeReplies() -> [UInt8] {
        defer { replies = [] }
        return replies
    }

    // MARK: TokenSink

    func text(_ bytes: UnsafeRawBufferPointer) {
        guard charsets.active == .ascii, modes.autowrap, grid.columns > 1 else { return carefulText(bytes) }
        guard !modes.insert else { return plainText(bytes) }
        var index = 0
        while index < bytes.count {
            let place = layer.cursor
            if !grid.isWrapPending, place.column < grid.columns - 1 {
                let run = grid.putRun(bytes, from: index, row: place.row, column: place.column)
                if run.next > index { layer.move(row: place.row, column: run.column) }
                index = run.next
            }
            // What reaches the margin, and where it goes from there, is libvterm's.
            guard index < bytes.count else { return }
            let next = Self.endOfGlyph(bytes, from: index)
            plainText(UnsafeRawBufferPointer(rebasing: bytes[index..<next]))
            index = next
        }
    }

    private static func endOfGlyph(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start + 1
        while index < bytes.count, bytes[index] & 0xC0 == 0x80 { index += 1 }
        return index
    }

    private func plainText(_ bytes: UnsafeRawBufferPointer) {
        grid.beginText(at: cursor.column)
        layer.write(bytes)
    }

    func wide(_ scalar: Unicode.Scalar) {
        guard grid.columns > 1 else { return narrow(0xFFFD) }
        if !modes.autowrap, cursor.column > grid.columns - 2 { return }
        grid.beginText(at: cursor.column)
        grid.canvas.pointee.substitute = scalar.value
        layer.write(Array("中".utf8))
        grid.canvas.pointee.substitute = nil
    }

    /// A mark goes to the glyph before the cursor, whoever wrote it; in the first column it is lost.
    func mark(_ scalar: Unicode.Scalar) {
        let place = cursor
        var column = grid.isWrapPending ? place.column : place.column - 1
        guard column >= 0 else { return }
        if grid.active.line(place.row)[column].isContinuation { column -= 1 }
        grid.addMark(scalar, row: place.row, column: max(column, 0))
    }

    func control(_ byte: UInt8) {
        switch byte {
        case 0x08:
            let place = cursor
            move(row: place.row, column: place.column - 1)
        case 0x09:
            tab(1)
        case 0x0A, 0x0B, 0x0C: lineFeed(byte)
        case 0x0D:
            grid.cancelWrap()
            layer.move(row: layer.cursor.row, column: 0)
        case 0x0E: charsets.isShifted = true
        case 0x0F: charsets.isShifted = false
        default: break
        }
    }

    /// What scrolls is libvterm's.
    private func lineFeed(_ byte: UInt8) {
        let place = cursor
        if place.row != region.bottom, place.row < grid.rows - 1 {
            return move(row: place.row + 1, column: modes.newline ? 0 : place.column)
        }
        cancelWrap()
        layer.control(byte)
    }

    func string(_ kind: ControlString, _ payload: [UInt8]) {
        switch kind {
        case .osc:
            if let title = TitleStack.title(in: payload) { titles.set(title) } else { answerColor(payload) }
        case .dcs:
            if payload.starts(with: [0x24, 0x71]) { answerSetting(payload.dropFirst(2)) }
        }
    }

    // MARK: Text that libvterm is not trusted with

    /// Character sets other than ASCII, no wrapping at the margin, or a screen too narrow for a wide character.
    private func carefulText(_ bytes: UnsafeRawBufferPointer) {
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if GlyphWidth.isWide(scalar.value) {
                if grid.columns == 1 {
                    narrow(0xFFFD)
                    continue
                }
                if !modes.autowrap, cursor.column > grid.columns - 2 { continue }
            }
            narrow(charsets.active.translate(scalar.value))
        }
    }

    private func narrow(_ value: UInt32) {
        guard let scalar = Unicode.Scalar(value) else { return }
        grid.beginText(at: cursor.column)
        layer.write(Array(String(scalar).utf8))
    }

    /// REP: the glyph before the cursor again, at most a screen full of it.
    func repeatGlyph(_ count: Int) {
        let place = cursor
        var column = grid.isWrapPending ? place.column : place.column - 1
        guard column >= 0 else { return }
        if column > 0, grid.active.line(place.row)[column].isContinuation { column -= 1 }
        let scalar = grid.active.line(place.row)[column].scalar
        let shifted = charsets
        charsets = Charsets()
        for _ in 0..<min(count, grid.columns * grid.rows) {
            if GlyphWidth.isNewWide(scalar.value) {
                wide(scalar)
            } else {
                Array(String(scalar).utf8).withUnsafeBytes { text($0) }
            }
        }
        charsets = shifted
    }
}

extension Charset {
    /// From U+005F to U+007E: DEC Special Graphics.
    private static let drawing =
        Array("\u{A0}◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·".unicodeScalars).map(\.value)

    fileprivate func translate(_ value: UInt32) -> UInt32 {
        switch self {
        case .ascii: value
        case .british: value == 0x23 ? 0xA3 : value
        case .lineDrawing: (0x5F...0x7E).contains(value) ? Self.drawing[Int(value - 0x5F)] : value
        }
    }
}
