import Platform
import SessionModel

/// What one attachment is typing.
struct AttachmentTyping {
    var classifier = InputClassifier()
    /// Runs while the classifier waits for the rest of something.
    var timer: EventLoop.TimerID?
    /// The turn in which the last paste began; what is left of a paste never reaches another turn.
    var pasteTurn: TurnNumber?
    /// Whether what is typed up to the end of the line is recorded as a count only.
    var hidesLine = false
}
