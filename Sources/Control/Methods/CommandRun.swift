import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let commandRun = ControlMethod(
        "command.run", "type a command at the prompt and wait for its end",
        details: "Waits in the queue until the turn is yours, the prompt stands and nothing is typed there; holds the "
            + "turn meanwhile. What needs a person's approval is proposed, and waits for that, too. The answer is of "
            + "what the shell made of exactly that, or an error. When the time is over first, 'running' is true: go on "
            + "with command.wait and output.read.",
        scope: .session(.steer),
        parameters: [
            .init("command", .string(limit: 65_536), isRequired: true, "what the shell is to run; may have many lines"),
            .init("limit", .integer(0...1_048_576), "bytes of output in the answer at most, 65536 if not said"),
            .init("keep", .word(["start", "end"]), "which part of too much output is given; end if not said"),
            ControlCall.within,
        ],
        result: CommandResult.schema,
        failures: [
            .turnHeld, .onlyWatching, .noPrompt, .canNotType, .nothingRan, .busy, .conditionFailed, .needsApproval,
            .refused, .limited,
        ],
        verb: VerbForm(
            "run", [.session, .init("command", "COMMAND…", isRest: true)],
            status: { result in
                result["running"]?.bool == true ? 124 : Int(result["exitStatus"]?.integer ?? 125)
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
                command: command, live: try await call.live(), deadline: call.deadline(standard: 30), desk: call.desk)
            if let result = try await proposed.run(CommandOutput(call)) { return result }
        }
        var run = CommandRun(
            live: try await call.live(), isAgent: call.desk.caller.kind == .agent,
            deadline: call.deadline(standard: 30))
        do throws(ControlFailure) {
            return try await run.run(text, CommandOutput(call))
        } catch {
            // A command may end its shell.
            guard error.code == .notRunning, let typed = run.typed, let number = typed.run else { throw error }
            let ended = OwnCommands(origin: .run(number), first: typed.state.shell.command.next)
            let past = call.desk.past(call.session, .at(typed.state.lastEvent))
            guard let result = try? await ended.result(CommandOutput(call), from: past) else { throw error }
            return result
        }
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
        return try await CommandResult(commands: [now]).json(CommandOutput(call), from: live)
    }
}

/// One `command.run`: the prompt, the turn, the typing, the end.
private struct CommandRun {
    /// What was typed: what was true before, and the number by which the host knows it; `nil`: it is of an earlier
    /// version.
    struct Typed {
        let state: TerminalState
        let run: RunNumber?
        let time = ContinuousClock.now
    }

    /// How the turn is held meanwhile.
    private enum Hold {
        case acquired
        /// The turn was the caller's before, and is afterwards.
        case borrowed
    }

    let live: any LiveSession
    let isAgent: Bool
    let deadline: ContinuousClock.Instant
    private(set) var typed: Typed?
    private var hold: Hold?
    /// How long a shell may take to begin; one whose line editor waits for the rest of a command never does.
    private static let patience = Duration.seconds(10)
    /// How long is waited for it at least, however little time the caller has: an error would say less.
    private static let leastPatience = Duration.seconds(5)

    init(live: any LiveSession, isAgent: Bool, deadline: ContinuousClock.Instant) {
        self.live = live
        self.isAgent = isAgent
        self.deadline = deadline
    }

    mutating func run(_ text: [UInt8], _ output: CommandOutput) async throws(ControlFailure) -> JSONValue {
        do throws(ControlFailure) {
            let typed = try await type(text)
            self.typed = typed
            let commands = try await waitForEnd(of: typed)
            await letGo()
            return try await CommandResult(commands: commands).json(output, from: live)
        } catch {
            await letGo()
            throw error
        }
    }

    // MARK: Typing

    /// Types the command as soon as that can be.
    private mutating func type(_ text: [UInt8]) async throws(ControlFailure) -> Typed {
        let attachment = try await live.attachment()
        while true {
            try await waitForPrompt()
            try await acquire(attachment)
            let conditions = InputConditions(isAtPrompt: true, isLineEmpty: true)
            switch try await live.ask(.send(attachment, .command(text), conditions)) {
            case .typed(let state, let run): return Typed(state: state, run: run)
            case .notTyped(let refusal, let state, let notice):
                // Waiting changes nothing about these.
                if [.needsApproval, .budgetSpent, .onlyWatching, .fromHistory].contains(refusal.refusal) {
                    throw .notTyped(refusal, state, notice, live.queue.mode)
                }
                guard ContinuousClock.now < deadline else {
                    if refusal.unmet == ["bracketedPaste"] { throw .takesNoPastes }
                    throw state.shell.isReady
                        ? .turnHeld(notice, live.queue.mode) : .promptIsNotReady(live.name, state.shell)
                }
                let soon = min(deadline, .now.advanced(by: .milliseconds(50)))
                _ = try await live.wait(.events, until: soon) { nil as Bool? }
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

    // MARK: The turn

    /// As `turn.acquire` does, and only while the prompt stands; a host of an earlier version gives it at once. A turn
    /// that is the caller's stays so until the end of the command.
    private mutating func acquire(_ attachment: AttachmentID) async throws(ControlFailure) {
        let lease = max(deadline - ContinuousClock.now, .zero) + Self.patience + .seconds(2)
        if try await keep(attachment, for: lease) { return }
        do throws(ControlFailure) {
            _ = try await live.acquireTurn(lease: lease, atPrompt: true, until: deadline)
        } catch {
            guard error.code == .notSupported else { throw error }
            _ = try await live.acquireTurn(lease: lease, atPrompt: false, until: deadline)
        }
        hold = .acquired
    }

    /// Keeps a turn that is the caller's; `false` where it is not.
    private mutating func keep(_ attachment: AttachmentID, for lease: Duration) async throws(ControlFailure) -> Bool {
        guard case .state(let state, _) = try await live.ask(.state(attachment)), state.holdsTurn else { return false }
        if hold == .acquired { return true }
        do throws(ControlFailure) {
            guard case .acquired(true, _, _) = try await live.ask(.borrow(attachment, lease: lease)) else {
                return false
            }
            hold = .borrowed
        } catch {
            guard error.code == .notSupported else { throw error }
        }
        return true
    }

    private mutating func letGo() async {
        switch hold {
        case .acquired: live.release()
        case .borrowed:
            if let attachment = try? await live.attachment() {
                _ = try? await live.ask(.borrow(attachment, lease: .zero))
            }
        case nil: break
        }
        hold = nil
    }

    // MARK: The end

    /// What the shell made of what was typed: commands that have ended, or the last of which still runs.
    private func waitForEnd(of typed: Typed) async throws(ControlFailure) -> [CommandRecord] {
        let before = typed.state.shell
        let own = OwnCommands(typed)
        while true {
            // Asked before the commands: a line whose next prompt stood by then is over.
            let shell = live.shell
            let isOver = shell.prompts != before.prompts
            let commands = try await own.all(in: live)
            if isOver {
                try await throwIfDropped(typed)
                guard !commands.isEmpty else { throw try await nothingRan(typed) }
                return commands
            }
            if shell.phase == .incomplete { throw .isNotWhole(try await interrupt(typed, onlyAtPrompt: false)) }
            let now = ContinuousClock.now
            guard let limit = limit(typed, hasBegun: !commands.isEmpty) else { return commands }
            guard now < limit else {
                if now - typed.time < Self.patience { throw .hasNotBegun }
                throw .isNotWhole(try await interrupt(typed, onlyAtPrompt: true))
            }
            _ = try await live.wait(.events, until: limit) { [live] in live.shell != shell ? true : nil }
        }
    }

    /// Until when the shell may take for its next step; `nil`: the caller's time is over, and the command runs.
    private func limit(_ typed: Typed, hasBegun: Bool) -> ContinuousClock.Instant? {
        if hasBegun { return ContinuousClock.now < deadline ? deadline : nil }
        let least = typed.time.advanced(by: Self.leastPatience)
        return min(max(deadline, least), typed.time.advanced(by: Self.patience))
    }

    /// An agent who may not press keys has its line dropped by the session.
    private func throwIfDropped(_ typed: Typed) async throws(ControlFailure) {
        guard isAgent, try await live.hasDroppedLine(after: typed.state.lastEvent, in: typed.state.turn, until: .now)
        else { return }
        throw .isNotWhole(.session)
    }

    private func nothingRan(_ typed: Typed) async throws(ControlFailure) -> ControlFailure {
        let range = OutputRange(from: typed.state.offset, to: nil, limit: 2_000, keepsEnd: false, isPlain: true)
        guard case .output(let part) = try await live.ask(.output(range)) else { throw .notRunning(live.name) }
        return .nothingRan(printed: String(decoding: part.bytes, as: UTF8.self))
    }

    /// Presses `Ctrl-C`, where the caller may; says who did.
    private func interrupt(
        _ typed: Typed, onlyAtPrompt: Bool
    ) async throws(ControlFailure) -> ControlFailure.Interrupter? {
        // Only what still waits is interrupted, and nobody else's: in another turn it may be something else.
        let conditions = InputConditions(turn: typed.state.turn, isAtPrompt: onlyAtPrompt)
        let question = ControlQuestion.send(try await live.attachment(), .keys([0x03]), conditions)
        if case .typed = try await live.ask(question) {
            try await repeatUnlessEnded(question, after: typed.state)
            return .caller
        }
        guard isAgent else { return nil }
        let soon = ContinuousClock.now.advanced(by: .seconds(2))
        let isDropped = try await live.hasDroppedLine(after: typed.state.lastEvent, in: typed.state.turn, until: soon)
        return isDropped ? .session : nil
    }

    /// A line editor that is about to read may miss it, and would read on.
    private func repeatUnlessEnded(
        _ question: ControlQuestion, after state: TerminalState
    ) async throws(ControlFailure) {
        for _ in 0..<2 {
            let isOver: Bool? = try await live.wait(.events, until: .now.advanced(by: .milliseconds(500))) { [live] in
                live.shell.prompts != state.shell.prompts ? true : nil
            }
            if isOver != nil { return }
            _ = try await live.ask(question)
        }
    }
}

extension OwnCommands {
    fileprivate init(_ typed: CommandRun.Typed) {
        self.init(
            origin: typed.run.map(CommandOrigin.run), first: typed.state.shell.command.next, turn: typed.state.turn)
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

    /// The next prompt stands, and no command began.
    static func nothingRan(printed: String) -> ControlFailure {
        ControlFailure(
            .nothingRan,
            "the shell ran nothing of it: it found a fault in it, or it is a comment, or somebody changed the line "
                + "first; 'data.printed' has what the shell said",
            data: ["over": true, "printed": .string(printed)])
    }

    /// It may yet.
    static var hasNotBegun: ControlFailure {
        ControlFailure(
            .nothingRan,
            "the command was typed, and the shell has not begun it in the time given; do not send it once more: "
                + "command.list tells what became of it", data: ["over": false])
    }

    fileprivate static var takesNoPastes: ControlFailure {
        ControlFailure(
            .canNotType,
            "the shell takes no pastes now, so it would run each line by itself; send one line at a time")
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

extension SessionAnswers {
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
