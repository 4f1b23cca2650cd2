/// What has to be true for input to be typed; checked and acted on in one step. `nil` means: whatever it is.
package struct InputConditions: Hashable, Sendable {
    /// The caller holds this turn.
    package var turn: TurnNumber?
    /// Nothing was printed since.
    package var revision: StreamOffset?
    package var isAtPrompt: Bool?
    /// Whether the terminal shows what is typed, as it does not at a password prompt.
    package var isEchoing: Bool?
    package var isLineEmpty: Bool?
    /// The name or the process id of what has the terminal's foreground.
    package var foreground: String?

    package init(
        turn: TurnNumber? = nil, revision: StreamOffset? = nil, isAtPrompt: Bool? = nil, isEchoing: Bool? = nil,
        isLineEmpty: Bool? = nil, foreground: String? = nil
    ) {
        self.turn = turn
        self.revision = revision
        self.isAtPrompt = isAtPrompt
        self.isEchoing = isEchoing
        self.isLineEmpty = isLineEmpty
        self.foreground = foreground
    }

    /// The names of those that do not hold.
    package func unmet(in state: TerminalState) -> [String] {
        var names: [String] = []
        if let turn, state.turn != turn || !state.holdsTurn { names.append("turn") }
        if let revision, state.offset != revision { names.append("screenRevision") }
        if let isAtPrompt, state.shell.isAtPrompt != isAtPrompt { names.append("atPrompt") }
        if let isEchoing, state.isEchoing != isEchoing { names.append("echo") }
        if let isLineEmpty, state.isLineEmpty != isLineEmpty { names.append("lineEmpty") }
        if let foreground, foreground != state.foregroundName, foreground != "\(state.foreground)" {
            names.append("foreground")
        }
        return names
    }
}

/// What is true of a session's terminal at one moment.
package struct TerminalState: Hashable, Sendable {
    package var turn: TurnNumber
    /// Whether the turn is the asker's.
    package var holdsTurn: Bool
    package var offset: StreamOffset
    package var shell: ShellState
    package var isEchoing: Bool
    package var isPasteBracketed: Bool
    /// The foreground process group; 0 for none.
    package var foreground: Int32
    /// The name of the program that leads it.
    package var foregroundName: String
    package var shellProcess: Int32
    /// Whether the session's processes are stopped.
    package var isFrozen: Bool
    /// The number of the newest event.
    package var lastEvent: EventNumber

    package init(
        turn: TurnNumber, holdsTurn: Bool, offset: StreamOffset, shell: ShellState, isEchoing: Bool,
        isPasteBracketed: Bool, foreground: Int32, foregroundName: String, shellProcess: Int32, isFrozen: Bool,
        lastEvent: EventNumber
    ) {
        self.turn = turn
        self.holdsTurn = holdsTurn
        self.offset = offset
        self.shell = shell
        self.isEchoing = isEchoing
        self.isPasteBracketed = isPasteBracketed
        self.foreground = foreground
        self.foregroundName = foregroundName
        self.shellProcess = shellProcess
        self.isFrozen = isFrozen
        self.lastEvent = lastEvent
    }

    /// Whether the prompt stands and nothing is typed there.
    package var isLineEmpty: Bool { shell.isReady }
}
