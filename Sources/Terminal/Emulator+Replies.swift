import ScreenModel

/// The answers to what programs ask their terminal: the session's own, whoever watches.
///
/// No answer contains anything that the program sent, so that none can be made to say what was not meant.
extension Emulator {
    func answer(_ sequence: ControlSequence) {
        let first = sequence.value(0, default: 0)
        switch sequence.kind {
        case ControlSequence.kind(0x63): if first == 0 { answerAttributes() }
        // What libvterm answers, by which vim knows that mouse reports may be SGR.
        case ControlSequence.kind(0x63, leader: 0x3E): if first == 0 { send("\u{1B}[>0;100;0c") }
        case ControlSequence.kind(0x63, leader: 0x3D): if first == 0 { send("\u{1B}P!|00000000\u{1B}\\") }
        case ControlSequence.kind(0x6E): answerStatus(first, mark: "")
        case ControlSequence.kind(0x6E, leader: 0x3F): answerStatus(first, mark: "?")
        case ControlSequence.kind(0x70, leader: 0x3F, intermediate: 0x24): answerPrivateMode(first)
        case ControlSequence.kind(0x70, intermediate: 0x24): answerMode(first)
        case ControlSequence.kind(0x71, leader: 0x3E): if first == 0 { send("\u{1B}P>|cmdop\u{1B}\\") }
        case ControlSequence.kind(0x74): if first == 18 { send("\u{1B}[8;\(grid.rows);\(grid.columns)t") }
        default: break
        }
    }

    private func send(_ text: String) { reply(text.utf8) }

    /// DA1: a VT220 with colours.
    func answerAttributes() { send("\u{1B}[?62;22c") }

    private func answerStatus(_ what: Int, mark: String) {
        switch what {
        case 5 where mark.isEmpty: send("\u{1B}[0n")
        case 6:
            let place = cursor
            let row = place.row - (modes.origin ? region.top : 0)
            send("\u{1B}[\(mark)\(row + 1);\(place.column + 1)R")
        default: break
        }
    }

    private func answerMode(_ mode: Int) {
        let state: Bool? =
            switch mode {
            case 4: modes.insert
            case 20: modes.newline
            default: nil
            }
        send("\u{1B}[\(mode);\(Self.report(state))$y")
    }

    private func answerPrivateMode(_ mode: Int) {
        send("\u{1B}[?\(mode);\(Self.report(privateMode(mode)))$y")
    }

    /// DECRPM: 1 is set, 2 is reset, 0 is a mode that is not known.
    private static func report(_ state: Bool?) -> Int { state.map { $0 ? 1 : 2 } ?? 0 }

    private func privateMode(_ mode: Int) -> Bool? {
        switch mode {
        case 1: modes.applicationCursorKeys
        case 5: modes.reverseVideo
        case 6: modes.origin
        case 7: modes.autowrap
        case 12: modes.cursorBlinks
        case 25: modes.cursorVisible
        case 47, 1_047, 1_049: grid.alternate != nil
        case 9, 1_000, 1_002, 1_003: Int(modes.mouse.rawValue) == mode
        case 1_004: modes.focusReporting
        case 1_005, 1_006, 1_015: Int(modes.mouseEncoding.rawValue) == mode
        case 2_004: modes.bracketedPaste
        default: nil
        }
    }

    /// DECRQSS.
    func answerSetting(_ request: some Collection<UInt8>) {
        switch String(decoding: request, as: UTF8.self) {
        case "m":
            var writer = EscapeWriter()
            writer.set(grid.style)
            // Without CSI and m; a plain style writes nothing.
            let style = String(decoding: writer.bytes.dropFirst(2).dropLast(), as: UTF8.self)
            send("\u{1B}P1$r\(style.isEmpty ? "0" : style)m\u{1B}\\")
        case "r":
            send("\u{1B}P1$r\(region.top + 1);\(region.bottom + 1)r\u{1B}\\")
        case " q":
            let shape = modes.cursorShape == .default ? 1 : Int(modes.cursorShape.rawValue)
            send("\u{1B}P1$r\(shape + (modes.cursorBlinks ? 0 : 1)) q\u{1B}\\")
        default:
            send("\u{1B}P0$r\u{1B}\\")
        }
    }

    /// OSC 10, 11 and 12 with `?`: light on dark, as nobody's terminal in particular.
    func answerColor(_ payload: [UInt8]) {
        switch String(decoding: payload, as: UTF8.self) {
        case "10;?": send("\u{1B}]10;rgb:e5e5/e5e5/e5e5\u{1B}\\")
        case "11;?": send("\u{1B}]11;rgb:0000/0000/0000\u{1B}\\")
        case "12;?": send("\u{1B}]12;rgb:e5e5/e5e5/e5e5\u{1B}\\")
        default: break
        }
    }
}
