/// The commands of one incarnation, read from the marks of its shell. Bounded: the oldest go.
package struct CommandLog: Hashable, Sendable {
    package static let limit = 1_000

    /// What the session knows at the moment of a mark.
    package struct Context: Hashable, Sendable {
        package var offset: StreamOffset
        /// Nanoseconds since 1970.
        package var time: UInt64
        package var isShellInForeground: Bool
        package var authors: [String]
        /// The turn in which the line that runs was entered.
        package var turn: TurnNumber?
        package var approver: String?
        /// Whether it is that line for certain.
        package var isTurnCertain: Bool
        /// Whether it may be a line of another turn just as well.
        package var isTurnMixed: Bool
        /// Whether the command's text stays out of its record.
        package var isHidden = false

        package init(
            offset: StreamOffset, time: UInt64, isShellInForeground: Bool, authors: [String], turn: TurnNumber?,
            approver: String? = nil, isTurnCertain: Bool = false, isTurnMixed: Bool = false
        ) {
            self.offset = offset
            self.time = time
            self.isShellInForeground = isShellInForeground
            self.authors = authors
            self.turn = turn
            self.approver = approver
            self.isTurnCertain = isTurnCertain
            self.isTurnMixed = isTurnMixed
        }

        fileprivate var knowledge: Knowledge { isShellInForeground ? .exact : .strong }
    }

    package enum Change: Hashable, Sendable {
        case began(CommandRecord.Start)
        case ended(CommandNumber, CommandRecord.End)
    }

    package private(set) var commands: [CommandRecord] = []
    package private(set) var state = ShellState()
    private var directory = ""
    /// Where the output of the running command ended, if the shell said so before it said the status.
    private var outputEnd: StreamOffset?
    /// The status that it said with that.
    private var outputStatus: UInt8?
    /// What was typed whole at the prompt that stands, or stood when the command that runs was typed.
    private var typed: TypedCommand?
    /// Whether `Ctrl-C` was typed since the last prompt.
    private var isInterrupted = false
    /// By which characters the shell replaces parts of a line from its history; empty where it does not, `nil` where it
    /// is not known.
    package private(set) var historyCharacters: [UInt8]?

    package init() {}

    /// Takes a mark in; answers which commands ended or began with it.
    package mutating func note(_ mark: ShellMark, _ context: Context) -> [Change] {
        state.knowledge = context.knowledge
        switch mark {
        case .promptBegins(let directory):
            self.directory = directory
            state.phase = .prompting
        case .reads(let status, let history):
            historyCharacters = history
            // A prompt that is drawn once more is the same prompt.
            guard state.phase != .prompt else { return [] }
            let changes = endUnsaid(status, context)
            typed = nil
            isInterrupted = false
            state.phase = .prompt
            state.prompts &+= 1
            state.isLineEmpty = true
            return changes
        case .continues:
            state.phase = .incomplete
            // Whoever types the rest makes another command of it.
            typed = nil
        case .commandBegins(let text, let isCertain): return begin(text, isCertain, context)
        case .outputEnds(let status):
            if isRunning, outputEnd == nil { (outputEnd, outputStatus) = (context.offset, status) }
        case .commandEnds(let status): return end(status, context)
        }
        return []
    }

    /// Something was typed, while the shell read a line or before.
    package mutating func noteTyping() { state.isLineEmpty = false }

    /// What was typed is not there any more.
    ///
    /// - Parameter isNewPrompt: whether the shell did not run what was entered, and a prompt of which it said no more
    ///   stands there instead.
    package mutating func noteEmptyLine(isNewPrompt: Bool = false) {
        guard state.isAtPrompt else { return }
        state.isLineEmpty = true
        guard isNewPrompt else { return }
        state.prompts &+= 1
        typed = nil
    }

    /// A command was typed whole at the prompt, where nothing stood: all that begins before the next prompt is it.
    package mutating func noteTyped(_ text: [UInt8], _ origin: CommandOrigin, in turn: TurnNumber) {
        typed = TypedCommand(text, origin: origin, turn: turn)
    }

    /// Somebody typed `Ctrl-C`.
    package mutating func noteInterrupt() {
        typed?.isInterrupted = true
        isInterrupted = true
    }

    /// The turn ended before all that was typed in it was written: the line is no command of its own any more.
    package mutating func noteCut(of turn: TurnNumber) {
        if typed?.turn == turn { typed = nil }
    }

    /// The shell has ended, and with it the command that it ran.
    package mutating func noteShellEnd(_ status: UInt8, _ context: Context) -> [Change] { end(status, context) }

    package func command(_ number: CommandNumber) -> CommandRecord? {
        commands.last { $0.number <= number }.flatMap { $0.number == number ? $0 : nil }
    }

    private var isRunning: Bool { commands.last.map { $0.end == nil } ?? false }

    private mutating func begin(_ text: String, _ isCertain: Bool, _ context: Context) -> [Change] {
        // Of several lines that were entered as one, the shell says only how the last ended.
        let ended = end(nil, context)
        let number = state.command.next
        let isKnown = isCertain && !context.isHidden
        let start = CommandRecord.Start(
            number: number, text: context.isHidden ? CommandRecord.hiddenText : text,
            textKnowledge: isKnown ? context.knowledge : .weak, directory: directory,
            authors: context.authors, turn: context.turn, output: context.offset, time: context.time,
            knowledge: context.knowledge, approver: context.approver, origin: origin(of: text, context))
        if commands.count == Self.limit { commands.removeFirst(Self.limit / 10) }
        commands.append(CommandRecord(start: start))
        state.command = number
        state.phase = .running
        (outputEnd, outputStatus) = (nil, nil)
        return ended + [.began(start)]
    }

    private mutating func origin(of text: String, _ context: Context) -> CommandOrigin? {
        guard let typed, self.typed?.begins(text) == true else { return nil }
        // The same line may be somebody else's, and of one without a text the order tells, where it can.
        if context.isTurnCertain { return context.turn == typed.turn ? typed.origin : nil }
        return text.isEmpty && context.isTurnMixed ? nil : typed.origin
    }

    /// A prompt stands, and what says how a command ended was taken away: the prompt may be in what is taken for its
    /// output.
    private mutating func endUnsaid(_ status: UInt8?, _ context: Context) -> [Change] {
        end(status ?? outputStatus, context, outputEnd == nil ? .weak : nil)
    }

    /// A shell that is interrupted before it runs a line may say what the line before it ended with.
    private func isStatusOld(_ status: UInt8?) -> Bool {
        isInterrupted && status.map { $0 >= 128 && $0 != 130 } == true
    }

    private mutating func end(_ status: UInt8?, _ context: Context, _ knowledge: Knowledge? = nil) -> [Change] {
        guard isRunning else { return [] }
        let last = commands.count - 1
        let end = CommandRecord.End(
            status: status, output: outputEnd ?? context.offset, time: context.time,
            knowledge: knowledge ?? (isStatusOld(status) ? .weak : context.knowledge))
        commands[last].end = end
        state.phase = .prompting
        return [.ended(commands[last].number, end)]
    }
}
