import Platform
import ScreenModel
import SessionModel
import Terminal
import Wire

/// What the shell says of itself: where commands begin and end, and when it reads a line.
extension Session {
    /// Takes in the marks of a piece of output that began at `start`.
    func note(_ marks: [(position: Int, payload: [UInt8])], from start: StreamOffset) {
        guard !shellWatch.secret.isEmpty else { return }
        let known = marks.compactMap { position, payload in
            ShellMark(payload: payload, secret: shellWatch.secret).map { (start.advanced(by: position), $0) }
        }
        guard !known.isEmpty else { return }
        let isForeground = pty.foregroundGroup == shell
        for (index, (offset, mark)) in known.enumerated() {
            // A command that began later in the same piece may have taken the foreground by now.
            let beginsLater = known[index...].contains { if case .commandBegins = $0.1 { true } else { false } }
            note(mark, at: offset, isShellInForeground: isForeground || beginsLater)
        }
        announceShell()
    }

    private func note(_ mark: ShellMark, at offset: StreamOffset, isShellInForeground: Bool) {
        var context = CommandLog.Context(
            offset: offset, time: UnixTime.now.nanoseconds, isShellInForeground: isShellInForeground, authors: [],
            turn: nil)
        if case .commandBegins(let text, _) = mark {
            if let entered = shellWatch.entered.begin(text) {
                context.authors = entered.line.writers
                context.turn = entered.line.turn
                context.approver = entered.line.approver
                context.isTurnCertain = entered.isCertain
                context.isTurnMixed = entered.isMixed
            }
            context.isHidden = shellWatch.entered.isHidden
        }
        let before = shellWatch.log.state
        for change in shellWatch.log.note(mark, context) {
            switch change {
            case .began(let start): record(.commandBegan(start))
            case .ended(let number, let end): record(.commandEnded(number, end))
            }
        }
        if shellWatch.log.state.prompts != before.prompts {
            promptStands(at: offset)
        } else if case .reads = mark, before.isAtPrompt {
            // A line that the shell did not run leaves no other mark.
            shellWatch.promptOffset = offset
            shellWatch.keys.notePrompt()
        }
    }

    private func promptStands(at offset: StreamOffset) {
        shellWatch.promptOffset = offset
        shellWatch.promptSight = nil
        // What was typed ahead stands on the line soon; a program may have read it just as well.
        let isTypedAhead = shellWatch.mayHaveTypedAhead || pty.unread.map { $0 > 0 } == true
        // Until it was looked at: of several lines, each may be read behind another prompt.
        shellWatch.mayHaveTypedAhead = isTypedAhead
        shellWatch.keys = PromptKeys(isTypedAhead: isTypedAhead)
        if isTypedAhead {
            shellWatch.log.noteTyping()
        } else if shellWatch.log.state.prompts > 1 {
            // Before the first prompt nobody knows whether a line was typed for the shell: it keeps its author.
            shellWatch.entered.forget()
        }
    }

    /// The shell has ended, and what it ran last ended with it: `exit 3` has a status like every command.
    func noteShellEnd(_ exit: ChildExit) {
        let context = CommandLog.Context(
            offset: offset, time: UnixTime.now.nanoseconds, isShellInForeground: exit.signal == 0, authors: [],
            turn: nil)
        for case .ended(let number, let end) in shellWatch.log.noteShellEnd(UInt8(clamping: exit.status), context) {
            record(.commandEnded(number, end))
        }
    }

    /// Something was typed for whatever has the terminal.
    ///
    /// - Parameter readsLines: whether the terminal collected lines when it was.
    func noteTyped(_ bytes: ArraySlice<UInt8>, isPaste: Bool, readsLines: Bool) {
        let state = shellWatch.log.state
        guard state.givesMarks else { return }
        if bytes.contains(0x03) { shellWatch.log.noteInterrupt() }
        if state.isAtPrompt {
            // The shell has not answered yet: the screen shows the prompt with nothing behind it.
            if state.isLineEmpty { shellWatch.promptSight = PromptSight(of: screen) }
            shellWatch.mayHaveTypedAhead = shellWatch.keys.line == .typedAhead
            shellWatch.keys.note(bytes, isPaste: isPaste)
            if shellWatch.keys.hasTypedAhead { shellWatch.mayHaveTypedAhead = true }
            shellWatch.log.noteTyping()
            announceShell()
            lookForEmptyLine()
        } else if readsLines {
            shellWatch.mayHaveTypedAhead = true
        }
    }

    // MARK: An empty line

    /// Something was typed or printed: when it is quiet, what stands at the prompt is looked at.
    func lookForEmptyLine() {
        if let timer = shellWatch.emptyTimer { loop.cancel(timer) }
        shellWatch.emptyTimer = nil
        let state = shellWatch.log.state
        guard state.isAtPrompt, !state.isLineEmpty, shellWatch.keys.mayBeEmpty else { return }
        shellWatch.emptyTimer = loop.schedule(after: ShellWatch.patience) { [weak self] in
            guard let self else { return }
            shellWatch.emptyTimer = nil
            // One that was not given the time yet has not shown what it read.
            guard ProcessTree.facts(of: shell)?.state != "R" else { return lookForEmptyLine() }
            if showsEmptyLine { lineIsEmpty() }
        }
    }

    /// Whether nothing stands at the prompt, by the keys that were typed and by the screen.
    private var showsEmptyLine: Bool {
        // What the shell has not read yet is not shown.
        guard input.isEmpty, pty.unread == 0 else { return false }
        let isAsBefore = shellWatch.promptSight.map { $0 == PromptSight(of: screen) } ?? false
        switch shellWatch.keys.line {
        case .characters: return isAsBefore
        // Of a shell behind another terminal it is not known what it has read.
        case .edited: return place == nil && (isAsBefore || printsNothing(andStays: true))
        case .drawnAnew, .typedAhead: return isAsBefore || printsNothing(andStays: false)
        case .entered, .unknown: return false
        }
    }

    /// Whether what was printed since the prompt stood leaves nothing on a screen, and the cursor where it was.
    private func printsNothing(andStays: Bool) -> Bool {
        let bytes = history.part(from: shellWatch.promptOffset, to: history.end).bytes
        guard bytes.count <= ShellWatch.longestEmptyLine else { return false }
        let printed = Screen(size: size, scrollbackLimit: 0)
        printed.feed(Array(bytes))
        return (0..<size.rows).allSatisfy(printed.isBlank(row:))
            && (!andStays || printed.cursor == Position(row: 0, column: 0))
    }

    private func lineIsEmpty() {
        shellWatch.log.noteEmptyLine(isNewPrompt: shellWatch.keys.line == .drawnAnew)
        shellWatch.keys = PromptKeys()
        shellWatch.mayHaveTypedAhead = false
        shellWatch.entered.forget()
        if line.isOpen {
            line.clear()
            arbiter.noteLine(isOpen: false, at: now)
        }
        announceShell()
    }

    /// A step of its own; whoever changed something calls ``announceShell()``.
    func announceShellState() {
        guard shellWatch.log.state != shellWatch.announced else { return }
        shellWatch.announced = shellWatch.log.state
        tellFollowers(.shell(shellWatch.announced))
        // Who waits for the prompt comes before what is approved next.
        let hasEnded = shellWatch.announced.isAtPrompt && shellWatch.announced.prompts != turnWatch.prompts
        carryOutTurns(arbiter.notePrompt(isReady: shellWatch.announced.isReady, at: now))
        if hasEnded { approvedCommandEnded() }
        if shellWatch.announced.phase == .incomplete { dropUnfinished() }
        approvedIsDue()
    }

    func tellFollowers(_ message: HostMessage) {
        let followers = frontEnds.values.filter { $0.interest.contains(.events) }
        guard !followers.isEmpty else { return }
        let frame = message.encoded
        let version =
            if case .happened(let entry) = message { entry.record.firstProtocolVersion } else { message.firstVersion }
        for frontEnd in followers where frontEnd.version >= version { frontEnd.append(frame) }
    }
}
