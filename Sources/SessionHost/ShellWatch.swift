import Platform
import SessionModel

/// What the session knows of its shell, from the marks that the shell prints.
struct ShellWatch {
    /// How long nothing must be typed or printed until it is looked whether a prompt's line is empty.
    static let patience = Duration.milliseconds(150)

    /// Bytes printed since the prompt stood, past which nobody looks whether they leave its line empty: that takes a
    /// millisecond for about so many, in which no key is answered.
    static let longestEmptyLine = 16 * 1_024

    /// What every mark must carry; empty where the shell was told none.
    let secret: [UInt8]
    var log = CommandLog()
    /// The newest command that a front-end typed whole.
    var lastRun = RunNumber(rawValue: 0)
    /// What front-ends were told last.
    var announced = ShellState()
    /// What was entered, until the shell runs it.
    var entered = EnteredLines()
    /// What is typed while a program has the terminal, which may leave it to the shell.
    var ahead = TypedLine()
    /// Whether something was typed that no program may have read.
    var mayHaveTypedAhead = false
    /// What was typed since the prompt stood, or since its line was empty.
    var keys = PromptKeys()
    /// What the prompt looked like when its line was empty.
    var promptSight: PromptSight?
    /// Runs while it is waited for whether the prompt's line is empty.
    var emptyTimer: EventLoop.TimerID?
    /// Where the stream stood when the prompt did.
    var promptOffset = StreamOffset.start

    init(secret: [UInt8]) {
        self.secret = secret
    }
}
