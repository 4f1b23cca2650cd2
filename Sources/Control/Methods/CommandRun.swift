import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let commandRun = ControlMethod(
        "command.run", "type a command at the prompt and wait for its end",
        details: "Waits in the queue until the turn is yours, the prompt stands and nothing is typed there; holds the "
            + "turn meanwhile. What needs a person's approval is proposed, and waits for that, too. When the time is "
            + "over first, 'running' is true: go on with command.wait and output.read.",
        scope: .session(.steer),
        parameters: [
            .init("command", .string(limit: 65_536), isRequired: true, "what the shell is to run; may have many lines"),
            .init("limit", .integer(0...1_048_576), "bytes of output in the answer at most, 65536 if not said"),
            .init("keep", .word(["start", "end"]), "which part of too much output is given; end if not said"),
            ControlCall.within,
        ],
        result: CommandResult.schema,
        failures: [
            .turnHeld, .onlyWatching, .noPrompt, .canNotType, .busy, .conditionFailed, .needsApproval, .refused,
            .limited,
        ],
        verb: VerbForm(
            "run", [.session, .init("command", "COMMAND…", isRest: true)],
            status: { result in
                result["running"]?.bool == true ? 124 : Int(result["exitStatus"]?.integer ?? 0)
            }
        ) { result, _ in result.carried("output") }
    ) { call async throws(ControlFailure) in
        let command = call.text("command") ?? ""
        let text = try pasteable(command)
        guard !text.allSatisfy({ $0 <= 0x20 }) else {
            throw ControlFailure(.invalidParameters, "command.run has an empty 'command'")
        }
        if call.desk.caller.kind == .agent {
            let proposed = ProposedRun(
                command: command, live: try await call.live(), deadline: call.deadline(standard: 30))
            if let result = try await proposed.run(CommandOutput(call)) { return result }
        }
        var run = CommandRun(
            live: try await call.live(), isAgent: call.desk.caller.kind == .agent,
            deadline: call.deadline(standard: 30))
        return try await run.run(text, CommandOutput(call))
    }

    static let commandWait = ControlMethod(
        "command.wait", "wait for the end of a command", scope: .session(.observe), traits: [.readOnly, .idempotent],
        parameters: [
            .init("number", .integer(1...4_294_967_295), "which; without it, the newest"),
            .init("limit", .integer(0...1_048_576), "as for command.run"),
            .init("keep", .word(["start", "end"]), "as for command.run"), ControlCall.within,
        ],
        result: CommandResult.schema, failures: [.noSuchCommand, .noPrompt]
    ) { call async throws(ControlFailure) in
        let live = try await call.live()
        let command = try await live.command(call.integer("number"), in: call.session)
        _ = try await live.wait(.events, until: call.deadline(standard: 30)) {
            live.shell.command != command.number || live.shell.phase != .running ? true : nil
        }
        let now = try await live.command(Int(command.number.rawValue), in: call.session)
        return try await CommandResult(live: live, commands: [now]).json(CommandOutput(call))
    }
}

/// How much output an answer has.
struct CommandOutput {
    let limit: UInt32
    let keepsEnd: Bool

    init(_ call: ControlCall) {
        limit = UInt32(call.integer("limit") ?? 65_536)
        keepsEnd = call.text("keep") != "start"
    }
}

/// One `command.run`: the prompt, the turn, the typing, the end.
private struct CommandRun {
    let live: any LiveSession
    let isAgent: Bool
    let deadline: ContinuousClock.Instant
    var hasAcquired = false
    /// How long a shell may take to begin; one whose line editor waits for the rest of a command never does.
    private static let patience = Duration.seconds(10)

    init(live: any LiveSession, isAgent: Bool, deadline: ContinuousClock.Instant) {
        self.live = live
        self.isAgent = isAgent
        self.deadline = deadline
    }

    mutating func run(_ text: [UInt8], _ output: CommandOutput) async throws(ControlFailure) -> JSONValue {
        do throws(ControlFailure) {
            let before = try await type(text)
            try await waitForEnd(after: before)
            if hasAcquired { live.release() }
            return try await result(after: before.shell, output)
        } catch {
            if hasAcquired { live.release() }
            throw error
        }
    }

    /// Types the command as soon as that can be; answers what was true before.
    private mutating func type(_ text: [UInt8]) async throws(ControlFailure) -> TerminalState {
        let attachment = try await live.attachment()
        while true {
            try await waitForPrompt()
            try await acquire(attachment)
            let conditions = InputConditions(isAtPrompt: true, isLineEmpty: true)
            switch try await live.ask(.send(attachment, .command(text), conditions)) {
            case .typed(let state): return state
            case .notTyped(let refusal, let state, let notice):
                // Waiting changes nothing about these.
                if [.needsApproval, .budgetSpent, .onlyWatching, .fromHistory].contains(refusal.refusal) {
                    throw .notTyped(refusal, state, notice, live.queue.mode)
                }
                guard ContinuousClock.now < deadline else {
                    throw state.shell.isReady
                        ? .turnHeld(notice, live.queue.mode) : .promptIsNotReady(live.name, state.shell)
                }
            default: throw .notRunning(live.name)
            }
        }
    }

    private func waitForPrompt() async throws(ControlFailure) {
        if !live.shell.givesMarks { try await live.waitForMarks(until: deadline) }
        let isReady: Bool? = try await live.wait(.events, until: deadline) { [live] in
            live.shell.isReady ? true : nil
        }
        if isReady == nil { throw .promptIsNotReady(live.name, live.shell) }
    }

    /// As `turn.acquire` does, and only while the prompt stands; a host of an earlier version gives it at once.
    private mutating func acquire(_ attachment: AttachmentID) async throws(ControlFailure) {
        if case .state(let state, _) = try await live.ask(.state(attachment)), state.holdsTurn { return }
        let lease = max(deadline - ContinuousClock.now, .zero) + .seconds(2)
        do throws(ControlFailure) {
            _ = try await live.acquireTurn(lease: lease, atPrompt: true, until: deadline)
        } catch {
            guard error.code == .notSupported else { throw error }
            _ = try await live.acquireTurn(lease: lease, atPrompt: false, until: deadline)
        }
        hasAcquired = true
    }

    /// The prompt that stands next means that all of it has run: more than one command may have been in it.
    private func waitForEnd(after state: TerminalState) async throws(ControlFailure) {
        let before = state.shell
        let latest = ContinuousClock.now.advanced(by: Self.patience)
        let begun: Bool? = try await live.wait(.events, until: min(deadline, latest)) { [live] in
            live.shell.prompts != before.prompts || live.shell.phase != .prompt ? true : nil
        }
        // The caller's time is over before it can be told: a shell may be slow.
        if begun == nil, deadline < latest { return }
        let end: ShellState.Phase? =
            begun == nil
            ? .incomplete
            : try await live.wait(.events, until: deadline) { [live] in
                let shell = live.shell
                guard shell.prompts != before.prompts || shell.phase == .incomplete else { return nil }
                return shell.isAtPrompt || shell.phase == .incomplete ? shell.phase : nil
            }
        guard end == .incomplete else {
            // An agent who may not press keys has its line dropped by the session, which is over soon.
            guard isAgent, try await live.hasDroppedLine(after: state.lastEvent, in: state.turn, until: .now) else {
                return
            }
            throw .isNotWhole(.session)
        }
        throw .isNotWhole(try await interrupt(onlyAtPrompt: begun == nil, after: state))
    }

    /// Presses `Ctrl-C`, where the caller may; says who did.
    private func interrupt(
        onlyAtPrompt: Bool, after state: TerminalState
    ) async throws(ControlFailure) -> ControlFailure.Interrupter? {
        // Only what still waits is interrupted: a command that began meanwhile is not.
        let conditions = onlyAtPrompt ? InputConditions(isAtPrompt: true) : InputConditions()
        let question = ControlQuestion.send(try await live.attachment(), .keys([0x03]), conditions)
        if case .typed = try await live.ask(question) {
            try await repeatUnlessEnded(question, after: state)
            return .caller
        }
        guard isAgent else { return nil }
        let soon = ContinuousClock.now.advanced(by: .seconds(2))
        return try await live.hasDroppedLine(after: state.lastEvent, in: state.turn, until: soon) ? .session : nil
    }

    /// A line editor that is about to read may miss it, and would read on.
    private func repeatUnlessEnded(
        _ question: ControlQuestion, after state: TerminalState
    ) async throws(ControlFailure) {
        for _ in 0..<2 {
            let isOver: Bool? = try await live.wait(.events, until: .now.advanced(by: .milliseconds(500))) { [live] in
                live.shell.isAtPrompt && live.shell.prompts != state.shell.prompts ? true : nil
            }
            if isOver != nil { return }
            _ = try await live.ask(question)
        }
    }

    private func result(
        after before: ShellState, _ output: CommandOutput
    ) async throws(ControlFailure) -> JSONValue {
        let question = ControlQuestion.commands(from: before.command.next, limit: 500)
        guard case .commands(let commands) = try await live.ask(question) else { throw .notRunning(live.name) }
        return try await CommandResult(live: live, commands: commands).json(output)
    }
}

/// What became of commands that were typed as one.
struct CommandResult {
    let live: any LiveSession
    let commands: [CommandRecord]

    static let schema: [Schema.Property] = [
        .init("command", .optional(.count), isRequired: true, "the number of the last command of it"),
        .init("commands", .count, isRequired: true, "how many commands the shell made of it"),
        .init("running", .boolean, isRequired: true, "whether it has not ended"),
        .init("exitStatus", .optional(.count), isRequired: true, "of the last command; null while it runs"),
        .init("output", .string(limit: 4_194_304), "what was printed, without escape sequences"),
        .init("outputBase64", .string(limit: 4_194_304), "the same in base64, where it is not UTF-8"),
        .init("outputStart", .count, isRequired: true, "the stream offset of the first byte given"),
        .init("next", .count, isRequired: true, "the stream offset to go on with"),
        .init("truncated", .boolean, isRequired: true, "whether some of the output is not in it"),
        .init("seconds", .optional(.number), isRequired: true, "how long it ran"),
        JSONValue.knownSchema,
    ]

    func json(_ output: CommandOutput) async throws(ControlFailure) -> JSONValue {
        guard let first = commands.first, let last = commands.last else { return await notBegun() }
        let range = OutputRange(
            from: first.start.output, to: last.end?.output, limit: output.limit, keepsEnd: output.keepsEnd,
            isPlain: true)
        guard case .output(let part) = try await live.ask(.output(range)) else { throw .notRunning(live.name) }
        let end = last.end?.output ?? part.newest
        let known = commands.flatMap { [$0.start.knowledge, $0.end?.knowledge ?? .exact] }.min() ?? .weak
        var json = JSONObject([JSONValue.bytes(part.bytes, named: "output")])
        json["command"] = .count(last.number.rawValue)
        json["commands"] = .count(commands.count)
        json["running"] = .bool(last.end == nil)
        json["exitStatus"] = JSONValue(last.end?.status) { .count($0) }
        json["outputStart"] = .count(part.start.bytes)
        json["next"] = .count(part.end.bytes)
        json["truncated"] = .bool(part.start > first.start.output || part.end < end)
        json["seconds"] = JSONValue(last.end) { .number(Double(($0.time - first.start.time) / 1_000_000) / 1_000) }
        json["known"] = .string(known.name)
        return .object(json)
    }

    /// It was typed, and the shell made nothing of it yet: a comment, or a builtin that never ends.
    private func notBegun() async -> JSONValue {
        [
            "command": nil, "commands": 0, "running": .bool(!live.shell.isAtPrompt), "exitStatus": nil, "output": "",
            "outputStart": 0, "next": 0, "truncated": false, "seconds": nil,
            "known": .string(live.shell.knowledge.name),
        ]
    }
}

extension ControlFailure {
    /// Who ended a line that was not whole.
    enum Interrupter {
        case caller
        case session
    }

    /// The shell waited for the rest of a command; `nil`: and still does.
    static func isNotWhole(_ interrupter: Interrupter?) -> ControlFailure {
        let end =
            switch interrupter {
            case .caller: "Ctrl-C was pressed in your name"
            case .session: "the session pressed Ctrl-C"
            case nil: "still waits, for nobody could press Ctrl-C; ask a person to"
            }
        return ControlFailure(
            .canNotType,
            "the command is not whole: the shell waited for the rest of it, and \(end). Close all quotes and blocks")
    }

    static func promptIsNotReady(_ session: SessionName, _ shell: ShellState) -> ControlFailure {
        let data = JSONObject([("shell", JSONValue.shell(shell))])
        switch shell.phase {
        case .unknown:
            return ControlFailure(
                .noPrompt,
                "the shell of '\(session)' gives no marks, so nobody knows when its prompt stands; use input.send and "
                    + "screen.wait, or exec.run beside the terminal", data: data)
        case .prompt:
            return ControlFailure(
                .conditionFailed,
                "something is typed at the prompt of '\(session)' already; whoever typed it has to enter or clear it",
                data: data)
        case .prompting, .incomplete, .running:
            return ControlFailure(
                .noPrompt, "'\(session)' is not at its prompt: a command runs; wait for it with command.wait",
                data: data)
        }
    }
}

extension LiveSession {
    /// One command's record; the newest where no number is said.
    func command(_ number: Int?, in session: SessionName) async throws(ControlFailure) -> CommandRecord {
        guard case .state(let state, _) = try await ask(.state(nil)) else { throw .notRunning(session) }
        let wanted = number.map { CommandNumber(rawValue: UInt32(clamping: $0)) } ?? state.shell.command
        guard case .commands(let found) = try await ask(.commands(from: wanted, limit: 1)),
            let command = found.first, command.number == wanted
        else {
            throw ControlFailure(
                .noSuchCommand,
                number.map { "there is no command \($0) in this incarnation of '\(session)'; command.list has them" }
                    ?? "no command was run at the prompt of '\(session)' yet",
                data: ["shell": .shell(state.shell)])
        }
        return command
    }
}
