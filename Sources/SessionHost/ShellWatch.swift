import Platform
import SessionModel

/// What the session knows of its shell, from the marks that the shell prints.
struct ShellWatch {
    /// How long a prompt must show nothing, where something may have been typed ahead, until its line is empty.
    static let patience = Duration.milliseconds(150)

    /// What every mark must carry; empty where the shell was told none.
    let secret: [UInt8]
    var log = CommandLog()
    /// What front-ends were told last.
    var announced = ShellState()
    /// What was entered, until the shell runs it.
    var entered = EnteredLines()
    /// What is typed while a program has the terminal, which may leave it to the shell.
    var ahead = TypedLine()
    /// Whether something was typed that no program may have read.
    var mayHaveTypedAhead = false
    /// Runs while it is waited for whether the prompt shows what was typed ahead.
    var emptyTimer: EventLoop.TimerID?
    /// Where the stream stood when the prompt did.
    var promptOffset = StreamOffset.start

    init(secret: [UInt8]) {
        self.secret = secret
    }
}
