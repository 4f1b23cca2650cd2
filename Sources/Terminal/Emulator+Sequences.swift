import ScreenModel

extension Emulator {
    func escape(_ intermediate: UInt8, _ final: UInt8) {
        switch (intermediate, final) {
        case (0x28, _): if let charset = Charset(rawValue: final) { charsets.g0 = charset }
        case (0x29, _): if let charset = Charset(rawValue: final) { charsets.g1 = charset }
        case (0x23, 0x38): align()
        case (0, 0x37): save()
        case (0, 0x38): restore()
        case (0, 0x3D): modes.applicationKeypad = true
        case (0, 0x3E): modes.applicationKeypad = false
        case (0, 0x44), (0, 0x45), (0, 0x4D):
            cancelWrap()
            layer.escape(final)
        case (0, 0x48): tabStops[cursor.column] = true
        case (0, 0x5A): answerAttributes()
        case (0, 0x63): reset()
        default: break
        }
    }

    func sequence(_ sequence: ControlSequence) {
        if sequence.leader == 0, sequence.intermediate == 0 {
            if !moves(sequence), !edits(sequence) { plain(sequence) }
            return
        }
        switch sequence.kind {
        case ControlSequence.kind(0x68, leader: 0x3F): privateModes(sequence, true)
        case ControlSequence.kind(0x6C, leader: 0x3F): privateModes(sequence, false)
        case ControlSequence.kind(0x71, intermediate: 0x20): cursorShape(sequence.value(0, default: 0))
        case ControlSequence.kind(0x70, intermediate: 0x21): softReset()
        default: answer(sequence)
        }
    }

    /// What only moves the cursor.
    private func moves(_ sequence: ControlSequence) -> Bool {
        let place = cursor
        let count = sequence.count()
        switch sequence.final {
        case 0x41, 0x6B: move(row: above(place.row, count), column: place.column)
        case 0x42, 0x65: move(row: below(place.row, count), column: place.column)
        case 0x43, 0x61: move(row: place.row, column: place.column + count)
        case 0x44, 0x6A: move(row: place.row, column: place.column - count)
        case 0x45: move(row: below(place.row, count), column: 0)
        case 0x46: move(row: above(place.row, count), column: 0)
        case 0x47, 0x60: move(row: place.row, column: count - 1)
        case 0x48, 0x66: address(row: count - 1, column: sequence.count(1) - 1)
        case 0x64: address(row: count - 1, column: place.column)
        case 0x49: tab(count)
        case 0x5A: tab(-count)
        default: return false
        }
        return true
    }

    /// The margins stop what starts inside of them.
    private func above(_ row: Int, _ count: Int) -> Int { max(row - count, row >= region.top ? region.top : 0) }

    private func below(_ row: Int, _ count: Int) -> Int {
        min(row + count, row <= region.bottom ? region.bottom : grid.rows - 1)
    }

    /// A wrap stays pending: there is no stop behind the last column (xterm's tabs.c).
    func tab(_ count: Int) {
        if count > 0, grid.isWrapPending { return }
        let place = cursor
        var column = place.column
        var left = abs(count)
        while left > 0, count > 0 ? column < grid.columns - 1 : column > 0 {
            column += count.signum()
            if tabStops[column] { left -= 1 }
        }
        move(row: place.row, column: column)
    }

    /// What libvterm does to the cells.
    private func edits(_ sequence: ControlSequence) -> Bool {
        let count = sequence.count()
        switch sequence.final {
        case 0x4A, 0x4B:
            let what = sequence.value(0, default: 0)
            if sequence.final == 0x4A, what == 3 {
                grid.clearScrollback()
            } else if what <= 2 {
                erase(what, wholeRows: sequence.final == 0x4A)
            }
        case 0x58:
            cancelWrap()
            let place = cursor
            grid.erase(rows: place.row..<place.row + 1, columns: place.column..<place.column + count)
        case 0x40, 0x50:
            // Outside of the vertical margins, too, where libvterm does nothing.
            cancelWrap()
            let place = cursor
            let distance = sequence.final == 0x50 ? count : -count
            grid.scroll(
                rows: place.row..<place.row + 1, columns: place.column..<grid.columns, down: 0, right: distance)
        case 0x4C, 0x4D:
            cancelWrap()
            grid.keepsScrolled = false
            layer.sequence(min(count, grid.rows), final: sequence.final)
            grid.keepsScrolled = true
        case 0x53:
            cancelWrap()
            layer.sequence(min(count, grid.rows), final: 0x53)
        case 0x54:
            guard sequence.parameters.count < 2 else { return true }
            cancelWrap()
            layer.sequence(min(count, grid.rows), final: 0x54)
        default: return false
        }
        return true
    }

    /// EL, and ED with what is below or above: 0 is from the cursor on, 1 is up to and with it, 2 is all.
    private func erase(_ what: Int, wholeRows: Bool) {
        cancelWrap()
        let place = cursor
        let columns = what == 0 ? place.column..<grid.columns : what == 1 ? 0..<place.column + 1 : 0..<grid.columns
        grid.erase(rows: place.row..<place.row + 1, columns: columns)
        guard wholeRows else { return }
        if what != 1 { grid.erase(rows: place.row + 1..<grid.rows, columns: 0..<grid.columns) }
        if what != 0 { grid.erase(rows: 0..<place.row, columns: 0..<grid.columns) }
    }

    private func plain(_ sequence: ControlSequence) {
        switch sequence.final {
        case 0x6D: grid.style.apply(sequence)
        case 0x62: repeatGlyph(sequence.count())
        case 0x67: clearTabs(sequence.value(0, default: 0))
        case 0x68: ansiModes(sequence, true)
        case 0x6C: ansiModes(sequence, false)
        case 0x72: setRegion(sequence)
        case 0x73: if sequence.parameters.isEmpty { save() }
        case 0x75: if sequence.parameters.isEmpty { restore() }
        case 0x74: if !titles.operate(sequence) { answer(sequence) }
        default: answer(sequence)
        }
    }

    private func clearTabs(_ what: Int) {
        if what == 0 { tabStops[cursor.column] = false }
        if what == 3 { tabStops = Array(repeating: false, count: grid.columns) }
    }

    private func setRegion(_ sequence: ControlSequence) {
        let top = sequence.count(0) - 1
        let last = sequence.value(1, default: 0)
        let bottom = min(last == 0 ? grid.rows : last, grid.rows) - 1
        guard top < bottom else { return }
        setRegion(top: top, bottom: bottom)
        address(row: 0, column: 0)
    }

    func setRegion(top: Int, bottom: Int) {
        region = .init(top: top, bottom: bottom)
        let place = cursor
        grid.cancelWrap()
        layer.sequence(top + 1, bottom + 1, final: 0x72)
        layer.move(row: place.row, column: place.column)
    }

    /// DECALN.
    private func align() {
        setRegion(top: 0, bottom: grid.rows - 1)
        move(row: 0, column: 0)
        grid.active.eraseAll(style: .plain)
        for row in 0..<grid.rows {
            for column in 0..<grid.columns {
                grid.active.put(0x45, width: 1, row: row, column: column, style: .plain)
            }
        }
    }
}
