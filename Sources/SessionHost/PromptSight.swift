import ScreenModel
import SessionModel
import Terminal

/// A prompt as the screen shows it: the cursor's row, wherever on the screen that is, with what a shell prints at its
/// right end, and nothing below.
struct PromptSight: Hashable {
    private let row: String
    private let column: Int

    /// `nil` where something stands below the cursor, or a program has the screen.
    init?(of screen: Screen) {
        let cursor = screen.cursor
        guard !screen.isAlternate, (cursor.row + 1..<screen.size.rows).allSatisfy(screen.isBlank(row:)) else {
            return nil
        }
        row = screen.text(row: cursor.row)
        column = cursor.column
    }
}
