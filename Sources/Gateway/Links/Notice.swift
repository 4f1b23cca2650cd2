import ScreenModel
import SessionModel
import Wire

/// One line for one client, over the bottom of its screen, for a moment.
struct Notice: Hashable {
    let text: String

    static func refused(_ refusal: Refusal, _ turn: TurnNotice) -> Notice {
        let holder = turn.holder.map { $0.name.stripped } ?? "somebody"
        switch refusal {
        case .onlyWatching: return Notice(text: "you only watch this session; what you type is not sent")
        case .turnHeld:
            return Notice(text: "\(holder) steers; what you type is not sent. Wait for a pause, or Ctrl-] t to take")
        case .turnReserved:
            return Notice(text: "the turn is kept for an operator who lost the connection; wait half a minute")
        }
    }

    static let help = Notice(
        text: "Ctrl-]: d detach  x let go of the turn  t take it  w who  ? this  Ctrl-] sends itself")

    /// The screen with the notice on its last row: drawn, and later undone, as any other screen is.
    func over(_ snapshot: ScreenSnapshot) -> ScreenSnapshot {
        var changed = snapshot
        var style = Style()
        style.attributes.insert(.reverse)
        let width = snapshot.size.columns
        var cells = " [cmdop] \(text.stripped) ".unicodeScalars.prefix(width).map { Cell($0, style: style) }
        cells += Array(repeating: Cell(" ", style: style), count: width - cells.count)
        let row = Row(cells: cells)
        if changed.alternate != nil {
            changed.alternate?.rows[snapshot.size.rows - 1] = row
        } else {
            changed.main.rows[snapshot.size.rows - 1] = row
        }
        return changed
    }
}

extension String {
    /// The text without what could move a cursor or end a title: printable ASCII and letters only.
    var stripped: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.filter { scalar in
                    scalar.isASCII ? (0x20...0x7E).contains(scalar.value) : scalar.properties.isAlphabetic
                }))
    }
}
