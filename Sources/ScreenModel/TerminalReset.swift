/// The bytes around an attachment's life on a client's terminal.
package enum TerminalReset {
    /// Before anything else: the client's own title is put away (XTWINOPS 22).
    package static let begin: [UInt8] = Array("\u{1B}[22;2t".utf8)

    /// Gives the terminal back as it was: main screen, cursor, modes, mouse, paste, scroll region, title.
    ///
    /// The cursor stays where it is. DECSTR does most of it; what some terminals leave out of it is said again.
    package static let end: [UInt8] = Array((modes + "\u{1B}[23;2t").utf8)

    /// The same without the title, which is put away only once: what a redraw begins with.
    package static let state: [UInt8] = Array(modes.utf8)

    /// 1049 restores a cursor whichever screen is shown; so one is saved on that screen first.
    private static let modes =
        "\u{18}\u{1B}7\u{1B}[?1049l"
        + "\u{1B}7\u{1B}[?6l\u{1B}[r\u{1B}8\u{1B}[!p"
        + "\u{1B}[0m\u{1B}(B\u{1B})B\u{0F}"
        + "\u{1B}[?9l\u{1B}[?1000l\u{1B}[?1002l\u{1B}[?1003l\u{1B}[?1004l\u{1B}[?1005l\u{1B}[?1006l\u{1B}[?1015l"
        + "\u{1B}[?1l\u{1B}>\u{1B}[?5l\u{1B}[?7h\u{1B}[4l\u{1B}[20l\u{1B}[?2004l"
        + "\u{1B}[?12l\u{1B}[0 q\u{1B}[?25h"
}
