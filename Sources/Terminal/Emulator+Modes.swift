import ScreenModel

extension Emulator {
    func ansiModes(_ sequence: ControlSequence, _ isSet: Bool) {
        for index in sequence.parameters.indices {
            switch sequence.value(index, default: 0) {
            case 4:
                modes.insert = isSet
                grid.canvas.pointee.isInserting = isSet
            case 20:
                modes.newline = isSet
                layer.sequence(20, final: isSet ? 0x68 : 0x6C)
            default: break
            }
        }
    }

    func privateModes(_ sequence: ControlSequence, _ isSet: Bool) {
        for index in sequence.parameters.indices { privateMode(sequence.value(index, default: 0), isSet) }
    }

    private func privateMode(_ mode: Int, _ isSet: Bool) {
        switch mode {
        case 1: modes.applicationCursorKeys = isSet
        case 5: modes.reverseVideo = isSet
        case 6:
            modes.origin = isSet
            address(row: 0, column: 0)
        case 7: autowrap(isSet)
        case 12: modes.cursorBlinks = isSet
        case 25: modes.cursorVisible = isSet
        case 9, 1_000, 1_002, 1_003:
            modes.mouse = isSet ? TerminalModes.Mouse(rawValue: UInt16(mode)) ?? .none : .none
        case 1_004: modes.focusReporting = isSet
        case 1_005, 1_006, 1_015:
            modes.mouseEncoding = isSet ? TerminalModes.MouseEncoding(rawValue: UInt16(mode)) ?? .plain : .plain
        case 2_004: modes.bracketedPaste = isSet
        case 1_048: if isSet { save() } else { restore() }
        case 47, 1_047: isSet ? showAlternate() : showMain()
        case 1_049:
            if isSet {
                save()
                showAlternate()
                cancelWrap()
                grid.active.eraseAll(style: grid.style)
            } else {
                showMain()
                restore()
            }
        default: break
        }
    }

    private func autowrap(_ isSet: Bool) {
        cancelWrap()
        modes.autowrap = isSet
        grid.canvas.pointee.autowrap = isSet
        layer.sequence(7, leader: 0x3F, final: isSet ? 0x68 : 0x6C)
    }

    private func showAlternate() {
        cancelWrap()
        grid.showAlternate()
    }

    private func showMain() {
        cancelWrap()
        grid.showMain()
    }

    /// DECSCUSR: odd numbers blink; 0 is whatever the terminal has by itself.
    func cursorShape(_ shape: Int) {
        switch shape {
        case 0: (modes.cursorShape, modes.cursorBlinks) = (.default, false)
        case 1...6:
            modes.cursorShape = TerminalModes.CursorShape(rawValue: UInt8(shape - (shape + 1) % 2)) ?? .default
            modes.cursorBlinks = shape % 2 == 1
        default: break
        }
    }

    /// DECSTR: back to where a program expects to begin, with the screen and the cursor as they are.
    func softReset() {
        cancelWrap()
        let place = cursor
        modes.applicationCursorKeys = false
        modes.applicationKeypad = false
        modes.origin = false
        modes.insert = false
        modes.cursorVisible = true
        grid.canvas.pointee.isInserting = false
        if !modes.autowrap { autowrap(true) }
        grid.style = .plain
        charsets = Charsets()
        grid.active.saved = nil
        setRegion(top: 0, bottom: grid.rows - 1)
        move(row: place.row, column: place.column)
    }

    /// RIS: everything but the scrollback and the title.
    func reset() {
        grid.showMain()
        grid.cancelWrap()
        grid.style = .plain
        grid.canvas.pointee.isInserting = false
        grid.canvas.pointee.autowrap = true
        grid.main.saved = nil
        modes = TerminalModes()
        charsets = Charsets()
        region = .init(top: 0, bottom: grid.rows - 1)
        tabStops = Self.defaultTabStops(grid.columns)
        layer.escape(0x63)
    }

    /// A new window: margins go, tab stops stay where there are any.
    func resize(columns: Int, rows: Int) {
        cancelWrap()
        let place = cursor
        setRegion(top: 0, bottom: grid.rows - 1)
        let lost = grid.resize(columns: columns, rows: rows, cursorRow: place.row)
        region = .init(top: 0, bottom: rows - 1)
        let defaults = Self.defaultTabStops(columns)
        tabStops = (0..<columns).map { $0 < tabStops.count ? tabStops[$0] : defaults[$0] }
        layer.resize(columns: columns, rows: rows)
        move(row: place.row - lost, column: place.column)
    }
}
