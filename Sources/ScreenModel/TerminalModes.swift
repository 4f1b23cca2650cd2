/// The switches of a terminal, as xterm names them.
package struct TerminalModes: Hashable, Sendable {
    /// Which mouse events are reported; the raw value is the private mode's number.
    package enum Mouse: UInt16, Hashable, Sendable {
        case none = 0
        case pressOnly = 9
        case click = 1_000
        case drag = 1_002
        case motion = 1_003
    }

    /// How mouse events are written; the raw value is the private mode's number.
    package enum MouseEncoding: UInt16, Hashable, Sendable {
        case plain = 0
        case utf8 = 1_005
        case sgr = 1_006
        case urxvt = 1_015
    }

    package enum CursorShape: UInt8, Hashable, Sendable {
        /// Whatever the client's terminal has by itself.
        case `default` = 0
        case block = 1
        case underline = 3
        case bar = 5
    }

    package var applicationCursorKeys = false
    package var applicationKeypad = false
    package var autowrap = true
    package var origin = false
    package var insert = false
    package var newline = false
    package var bracketedPaste = false
    package var reverseVideo = false
    package var focusReporting = false
    package var mouse = Mouse.none
    package var mouseEncoding = MouseEncoding.plain
    package var cursorVisible = true
    package var cursorBlinks = false
    package var cursorShape = CursorShape.default

    package init() {}
}
