import SessionModel

/// Turns a snapshot into the bytes that make a terminal of the same size show it. A pure function of state.
///
/// Nothing is assumed of the terminal but that it understands xterm's sequences; its palette, size and title
/// stack are left alone. It answers nothing to what is sent.
package struct SnapshotRenderer {
    let snapshot: ScreenSnapshot
    var out = EscapeWriter()

    /// The bytes for `snapshot`.
    ///
    /// - Parameters:
    ///   - scrollbackRows: how many of the snapshot's scrollback rows go into the terminal's own scrollback.
    ///   - keepsOldScreen: whether what the terminal showed before goes there too, as on a first attach.
    ///   - includesMouse: whether the terminal is to report mouse and focus, which only the holder's does.
    package static func bytes(
        for snapshot: ScreenSnapshot, scrollbackRows: Int, keepsOldScreen: Bool = false, includesMouse: Bool = false
    ) -> [UInt8] {
        var renderer = SnapshotRenderer(snapshot: snapshot)
        renderer.clear(keepsOldScreen: keepsOldScreen)
        renderer.screens(scrollback: Array(snapshot.scrollback.suffix(max(scrollbackRows, 0))))
        renderer.tabStops()
        renderer.margins()
        renderer.modes()
        renderer.cursor()
        if includesMouse { Self.mouse(snapshot.modes, into: &renderer.out) }
        return TerminalReset.state + renderer.out.bytes
    }

    /// Only the mouse and focus reporting of `modes`, for the terminal of whoever takes the turn.
    package static func mouseBytes(for modes: TerminalModes) -> [UInt8] {
        var out = EscapeWriter()
        for mode in [9, 1_000, 1_002, 1_003, 1_004, 1_005, 1_006, 1_015] { out.privateMode(mode, false) }
        mouse(modes, into: &out)
        return out.bytes
    }

    private static func mouse(_ modes: TerminalModes, into out: inout EscapeWriter) {
        if modes.mouse != .none { out.privateMode(Int(modes.mouse.rawValue), true) }
        if modes.mouseEncoding != .plain { out.privateMode(Int(modes.mouseEncoding.rawValue), true) }
        if modes.focusReporting { out.privateMode(1_004, true) }
    }

    // MARK: The parts, in the order in which they do not disturb each other

    private mutating func clear(keepsOldScreen: Bool) {
        if keepsOldScreen {
            out.move(to: Position(row: snapshot.size.rows - 1, column: 0))
            for _ in 0..<snapshot.size.rows { out.raw("\n") }
        }
        clearRows()
    }

    /// Row by row: some terminals keep a screen that is erased at once in their scrollback.
    private mutating func clearRows() {
        for row in 0..<snapshot.size.rows {
            out.move(to: Position(row: row, column: 0))
            out.raw("\u{1B}[K")
        }
        out.raw("\u{1B}[H")
    }

    /// Everything that scrolls is printed in order from the top, so that rows that were one line stay one.
    private mutating func screens(scrollback: [Row]) {
        print(scrollback + snapshot.main.rows)
        guard let alternate = snapshot.alternate else { return save(snapshot.main) }
        // 1049 saves the cursor on its way.
        if let saved = snapshot.main.saved { place(saved, on: snapshot.main, firstRow: 0) }
        out.privateMode(snapshot.main.saved == nil ? 1_047 : 1_049, true)
        plainState()
        out.raw("\u{1B}[H\u{1B}[2J")
        print(alternate.rows)
        save(alternate)
    }

    private mutating func tabStops() {
        out.raw("\u{1B}[3g")
        for column in snapshot.tabStops {
            out.move(to: Position(row: 0, column: column))
            out.escape("H")
        }
    }

    private mutating func margins() {
        let region = snapshot.region
        guard region.top > 0 || region.bottom < snapshot.size.rows - 1 else { return }
        out.sequence([region.top + 1, region.bottom + 1], "r")
    }

    private mutating func modes() {
        let modes = snapshot.modes
        out.privateMode(1, modes.applicationCursorKeys)
        out.escape(modes.applicationKeypad ? "=" : ">")
        if modes.reverseVideo { out.privateMode(5, true) }
        out.privateMode(2_004, modes.bracketedPaste)
        out.sequence([20], modes.newline ? "h" : "l")
        if modes.cursorShape != .default {
            out.sequence([Int(modes.cursorShape.rawValue) + (modes.cursorBlinks ? 0 : 1)], " q")
        }
        out.privateMode(12, modes.cursorBlinks)
        out.privateMode(25, modes.cursorVisible)
    }

    /// Last of all, because nearly everything else moves the cursor or depends on what it turns on.
    private mutating func cursor() {
        place(snapshot.cursor, on: snapshot.shown, firstRow: snapshot.cursor.origin ? snapshot.region.top : 0)
        if snapshot.modes.insert { out.sequence([4], "h") }
        if !snapshot.modes.autowrap { out.privateMode(7, false) }
    }

    // MARK: Cursors

    private mutating func save(_ screen: ScreenSnapshot.Screen) {
        if let saved = screen.saved {
            place(saved, on: screen, firstRow: 0)
            out.escape("7")
        }
        plainState()
    }

    /// Makes the terminal's cursor, style, character sets and origin mode those of `state`.
    ///
    /// The only way to leave a wrap pending is to write the last column again.
    private mutating func place(_ state: CursorState, on screen: ScreenSnapshot.Screen, firstRow: Int) {
        var target = Position(row: state.position.row - firstRow, column: state.position.column)
        let row = screen.rows.indices.contains(state.position.row) ? screen.rows[state.position.row] : Row(cells: [])
        if state.isWrapPending, row.cells.last?.isContinuation ?? false { target.column -= 1 }
        out.privateMode(6, state.origin)
        out.move(to: target)
        if state.isWrapPending { print(row, columns: target.column..<snapshot.size.columns) }
        out.set(state.style)
        out.escape("(", state.charsets.g0.rawValue)
        out.escape(")", state.charsets.g1.rawValue)
        out.raw(state.charsets.isShifted ? "\u{0E}" : "\u{0F}")
    }

    private mutating func plainState() {
        out.resetStyle()
        out.raw("\u{1B}(B\u{1B})B\u{0F}\u{1B}[?6l")
    }
}
