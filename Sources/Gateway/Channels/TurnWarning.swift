import SessionModel
import Wire

/// That its holder was told that the turn ends soon.
struct TurnWarning: Hashable {
    private let turn: TurnNumber
    private let until: Moment
    private let asks: AttachmentID?

    init(of turn: TurnNumber, _ queue: TurnQueue, until: Moment) {
        self.turn = turn
        self.until = until
        asks = queue.waiting.first?.who.attachment
    }

    /// Whether that still is so: it is another turn, another asks, or the time went by without an end.
    func holds(of turn: TurnNumber, _ queue: TurnQueue, at now: Moment) -> Bool {
        turn == self.turn && now < until && queue.waiting.first?.who.attachment == asks
    }
}
