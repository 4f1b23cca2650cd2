import Platform
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
        var entered: EnteredLines.Line?
        if case .commandBegins(let text, _) = mark { entered = shellWatch.entered.begin(text) }
        let context = CommandLog.Context(
            offset: offset, time: UnixTime.now.nanoseconds, isShellInForeground: isShellInForeground,
            authors: entered?.writers ?? [], turn: entered?.turn, approver: entered?.approver)
        let prompts = shellWatch.log.state.prompts
        for change in shellWatch.log.note(mark, context) {
            switch change {
            case .began(let start): record(.commandBegan(start))
            case .ended(let number, let end): record(.commandEnded(number, end))
            }
        }
        if shellWatch.log.state.prompts != prompts { promptStands(at: offset) }
    }

    /// What was typed ahead stands on the line soon; a program may have read it just as well.
    private func promptStands(at offset: StreamOffset) {
        shellWatch.promptOffset = offset
        if let timer = shellWatch.emptyTimer { loop.cancel(timer) }
        shellWatch.emptyTimer = nil
        guard shellWatch.mayHaveTypedAhead else { return }
        shellWatch.mayHaveTypedAhead = false
        shellWatch.log.noteTyping()
        let prompts = shellWatch.log.state.prompts
        shellWatch.emptyTimer = loop.schedule(after: ShellWatch.patience) { [weak self] in
            self?.lookWhetherLineIsEmpty(prompts)
        }
    }

    private func lookWhetherLineIsEmpty(_ prompts: UInt32) {
        shellWatch.emptyTimer = nil
        let state = shellWatch.log.state
        guard state.isAtPrompt, state.prompts == prompts, !shellWatch.mayHaveTypedAhead else { return }
        let printed = history.part(from: shellWatch.promptOffset, to: history.end).bytes
        guard PlainText.of(printed).allSatisfy({ $0 <= 0x20 }) else { return }
        shellWatch.log.noteEmptyLine()
        announceShell()
    }

    /// Something was typed for whatever has the terminal.
    func noteTyped(_ bytes: ArraySlice<UInt8>) {
        guard shellWatch.log.state.givesMarks else { return }
        if shellWatch.log.state.isAtPrompt {
            shellWatch.mayHaveTypedAhead = shellWatch.emptyTimer != nil
            shellWatch.log.noteTyping()
            announceShell()
        } else if pty.readsLines {
            shellWatch.mayHaveTypedAhead = true
        }
    }

    func announceShell() {
        guard shellWatch.log.state != shellWatch.announced else { return }
        shellWatch.announced = shellWatch.log.state
        tellFollowers(.shell(shellWatch.announced))
        // Who waits for the prompt comes before what is approved next.
        let hasEnded = shellWatch.announced.isAtPrompt && shellWatch.announced.prompts != turnWatch.prompts
        perform(arbiter.notePrompt(isReady: shellWatch.announced.isReady, at: now))
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
