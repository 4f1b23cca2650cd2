import CVTerm

/// libvterm's parser and state layer, writing into a ``Grid``.
///
/// libvterm 0.1.4 trusts its input: more than 16 parameters, a C1 control in UTF-8, a saved cursor or margins from
/// before a resize make it write outside its memory, REP can hang it, and its stack grows with a call's length.
/// So it is fed here only with what is known to be harmless: whole printable characters, and sequences written
/// by ``Emulator``. Nothing of a program's output reaches it unread.
final class StateLayer {
    /// libvterm keeps four bytes of stack for each byte of a call.
    private static let chunk = 4_096

    private let terminal: OpaquePointer
    private let state: OpaquePointer
    private let callbacks: UnsafeMutablePointer<VTermStateCallbacks>
    /// Where the cursor goes before libvterm is given anything else: of many movements it is told the last.
    private var pendingMove: (row: Int, column: Int)?

    /// The grid must outlive the layer.
    init(columns: Int, rows: Int, grid: Grid) {
        guard let terminal = vterm_new(CInt(rows), CInt(columns)), let state = vterm_obtain_state(terminal) else {
            preconditionFailure("there is no memory for a terminal, so for nothing else either")
        }
        self.terminal = terminal
        self.state = state
        callbacks = .allocate(capacity: 1)
        callbacks.initialize(to: Self.table)
        vterm_set_utf8(terminal, 1)
        vterm_state_set_callbacks(state, callbacks, grid.canvas)
        vterm_state_reset(state, 1)
    }

    deinit {
        vterm_free(terminal)
        callbacks.deallocate()
    }

    var cursor: (row: Int, column: Int) {
        if let pendingMove { return pendingMove }
        var position = VTermPos()
        vterm_state_get_cursorpos(state, &position)
        return (Int(position.row), Int(position.col))
    }

    /// Writes printable UTF-8, never cut within a character.
    func write(_ bytes: UnsafeRawBufferPointer) {
        var start = 0
        while start < bytes.count {
            var end = min(start + Self.chunk, bytes.count)
            while end < bytes.count, end > start + 1, bytes[end] & 0xC0 == 0x80 { end -= 1 }
            feed(bytes, start, end)
            start = end
        }
    }

    func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { write($0) } }

    func control(_ byte: UInt8) { withUnsafeBytes(of: byte) { feed($0, 0, 1) } }

    /// ESC and a final byte.
    func escape(_ final: UInt8) { withUnsafeBytes(of: (UInt8(0x1B), final)) { feed($0, 0, 2) } }

    /// The place has to be on the screen.
    func move(row: Int, column: Int) { pendingMove = (row, column) }

    /// CSI with at most two parameters, written without allocating.
    func sequence(_ first: Int, _ second: Int? = nil, leader: UInt8? = nil, final: UInt8) {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            buffer[0] = 0x1B
            buffer[1] = 0x5B
            var count = 2
            if let leader {
                buffer[2] = leader
                count = 3
            }
            count = Self.number(first, buffer, at: count)
            if let second {
                buffer[count] = 0x3B
                count = Self.number(second, buffer, at: count + 1)
            }
            buffer[count] = final
            feed(UnsafeRawBufferPointer(buffer), 0, count + 1)
        }
    }

    private static func number(_ value: Int, _ buffer: UnsafeMutableRawBufferPointer, at index: Int) -> Int {
        let next = value >= 10 ? number(value / 10, buffer, at: index) : index
        buffer[next] = 0x30 + UInt8(value % 10)
        return next + 1
    }

    /// Margins have to be gone: libvterm does not fit them to the new size.
    func resize(columns: Int, rows: Int) {
        moveNow()
        vterm_set_size(terminal, CInt(rows), CInt(columns))
    }

    private func moveNow() {
        guard let place = pendingMove else { return }
        pendingMove = nil
        sequence(place.row + 1, place.column + 1, final: 0x48)
    }

    private func feed(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
        moveNow()
        guard let base = bytes.baseAddress else { return }
        _ = vterm_input_write(terminal, (base + start).assumingMemoryBound(to: CChar.self), end - start)
    }

    // MARK: Callbacks

    private static let table: VTermStateCallbacks = {
        var table = VTermStateCallbacks()
        table.putglyph = { info, position, user in
            guard let info, let user, let scalar = info.pointee.chars?.pointee else { return 0 }
            let canvas = user.assumingMemoryBound(to: Canvas.self)
            canvas.put(
                scalar, width: Int(info.pointee.width), row: Int(position.row), column: Int(position.col))
            return 1
        }
        table.scrollrect = { rect, down, right, user in
            guard let user else { return 0 }
            let grid = user.assumingMemoryBound(to: Canvas.self).pointee.grid.takeUnretainedValue()
            grid.scroll(rows: rect.rows, columns: rect.columns, down: Int(down), right: Int(right))
            return 1
        }
        table.erase = { rect, _, user in
            guard let user else { return 0 }
            let grid = user.assumingMemoryBound(to: Canvas.self).pointee.grid.takeUnretainedValue()
            grid.erase(rows: rect.rows, columns: rect.columns)
            return 1
        }
        // Lines of double width are refused: they would halve what libvterm takes for the width.
        table.setlineinfo = { _, _, _, _ in 0 }
        return table
    }()
}

extension VTermRect {
    fileprivate var rows: Range<Int> { Int(start_row)..<max(Int(start_row), Int(end_row)) }
    fileprivate var columns: Range<Int> { Int(start_col)..<max(Int(start_col), Int(end_col)) }
}
