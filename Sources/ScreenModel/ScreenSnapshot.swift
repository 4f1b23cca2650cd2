package import SessionModel

/// Everything a terminal knows at one offset of its session's output.
///
/// - Invariant: a screen has `size.rows` rows of `size.columns` cells; scrollback rows may be shorter.
package struct ScreenSnapshot: Hashable, Sendable {
    /// Rows that scrolling leaves alone are outside; both ends count, from 0.
    package struct ScrollRegion: Hashable, Sendable {
        package var top: Int
        package var bottom: Int

        package init(top: Int, bottom: Int) {
            self.top = top
            self.bottom = bottom
        }
    }

    /// One of a terminal's two screens.
    package struct Screen: Hashable, Sendable {
        package var rows: [Row]
        /// What DECSC saved on it, if anything.
        package var saved: CursorState?

        package init(rows: [Row], saved: CursorState? = nil) {
            self.rows = rows
            self.saved = saved
        }
    }

    package var size: TerminalSize
    package var main: Screen
    /// The alternate screen, while it is shown: leaving it forgets it.
    package var alternate: Screen?
    /// The active cursor; its `origin` is the mode.
    package var cursor: CursorState
    package var modes: TerminalModes
    package var region: ScrollRegion
    /// The columns, from 0, in order.
    package var tabStops: [Int]
    package var title: String
    /// What scrolled off the main screen, oldest first.
    package var scrollback: [Row]
    package var offset: StreamOffset

    package init(
        size: TerminalSize, main: Screen, alternate: Screen?, cursor: CursorState, modes: TerminalModes,
        region: ScrollRegion, tabStops: [Int], title: String, scrollback: [Row], offset: StreamOffset
    ) {
        self.size = size
        self.main = main
        self.alternate = alternate
        self.cursor = cursor
        self.modes = modes
        self.region = region
        self.tabStops = tabStops
        self.title = title
        self.scrollback = scrollback
        self.offset = offset
    }

    package var isAlternate: Bool { alternate != nil }
    /// The screen that is shown.
    package var shown: Screen { alternate ?? main }
}
