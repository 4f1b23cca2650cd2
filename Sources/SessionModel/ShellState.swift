/// Where a session's shell stands, as far as it is known.
package struct ShellState: Hashable, Sendable {
    /// The raw value is on the wire.
    package enum Phase: UInt8, Hashable, Sendable {
        /// The shell gives no marks, or has not given one yet.
        case unknown = 0
        /// It is about to print a prompt, or prints it.
        case prompting = 1
        /// The prompt stands, and the shell reads a line.
        case prompt = 2
        /// It waits for the rest of a command.
        case incomplete = 3
        /// A command runs.
        case running = 4
    }

    package var phase: Phase
    /// How many times a prompt stood and the shell read a line.
    package var prompts: UInt32
    /// The newest command; 0 before the first.
    package var command: CommandNumber
    /// Whether nothing was typed since the prompt stood there.
    package var isLineEmpty: Bool
    package var knowledge: Knowledge

    package init(
        phase: Phase = .unknown, prompts: UInt32 = 0, command: CommandNumber = CommandNumber(rawValue: 0),
        isLineEmpty: Bool = false, knowledge: Knowledge = .weak
    ) {
        self.phase = phase
        self.prompts = prompts
        self.command = command
        self.isLineEmpty = isLineEmpty
        self.knowledge = knowledge
    }

    package var givesMarks: Bool { phase != .unknown }
    package var isAtPrompt: Bool { phase == .prompt }
    /// Whether a command may be typed there as a whole.
    package var isReady: Bool { isAtPrompt && isLineEmpty }
}
