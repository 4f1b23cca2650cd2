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
        package var turn: TurnNumber?
        package var approver: String?

        package init(
            offset: StreamOffset, time: UInt64, isShellInForeground: Bool, authors: [String], turn: TurnNumber?,
            approver: String? = nil
        ) {
            self.offset = offset
            self.time = time
            self.isShellInForeground = isShellInForeground
            self.authors = authors
            self.turn = turn
            self.approver = approver
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

    package init() {}

    /// Takes a mark in; answers which commands ended or began with it.
    package mutating func note(_ mark: ShellMark, _ context: Context) -> [Change] {
        state.knowledge = context.knowledge
        switch mark {
        case .promptBegins(let directory):
            self.directory = directory
            state.phase = .prompting
        case .reads(let status):
            // A prompt that is drawn once more is the same prompt.
            guard state.phase != .prompt else { return [] }
            // Somebody took away what says how a command ended.
            let changes = status.map { end($0, context) } ?? []
            state.phase = .prompt
            state.prompts &+= 1
            state.isLineEmpty = true
            return changes
        case .continues:
            state.phase = .incomplete
        case .commandBegins(let text, let isCertain): return begin(text, isCertain, context)
        case .outputEnds:
            if isRunning, outputEnd == nil { outputEnd = context.offset }
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
        if isNewPrompt { state.prompts &+= 1 }
    }

    package func command(_ number: CommandNumber) -> CommandRecord? {
        commands.last { $0.number <= number }.flatMap { $0.number == number ? $0 : nil }
    }

    private var isRunning: Bool { commands.last.map { $0.end == nil } ?? false }

    private mutating func begin(_ text: String, _ isCertain: Bool, _ context: Context) -> [Change] {
        // Of several lines that were entered as one, the shell says only how the last ended.
        let ended = end(nil, context)
        let number = state.command.next
        let start = CommandRecord.Start(
            number: number, text: text, textKnowledge: isCertain ? context.knowledge : .weak, directory: directory,
            authors: context.authors, turn: context.turn, output: context.offset, time: context.time,
            knowledge: context.knowledge, approver: context.approver)
        if commands.count == Self.limit { commands.removeFirst(Self.limit / 10) }
        commands.append(CommandRecord(start: start))
        state.command = number
        state.phase = .running
        outputEnd = nil
        return ended + [.began(start)]
    }

    private mutating func end(_ status: UInt8?, _ context: Context) -> [Change] {
        guard isRunning else { return [] }
        let last = commands.count - 1
        let end = CommandRecord.End(
            status: status, output: outputEnd ?? context.offset, time: context.time, knowledge: context.knowledge)
        commands[last].end = end
        state.phase = .prompting
        return [.ended(commands[last].number, end)]
    }
}
