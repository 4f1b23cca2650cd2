import Journal
import Platform
import ScreenModel
import SessionModel
import SystemPackage
import Terminal
import Wire

/// What scripts and agents ask.
extension Session {
    /// Commands, and events, of one answer.
    private static let listLimit = 500
    /// Bytes of output in one answer.
    private static let outputLimit: UInt32 = 1_024 * 1_024

    func answer(_ question: ControlQuestion, _ reference: Reference, from frontEnd: FrontEnd) {
        if question == .readiness { return tellReadiness(reference, to: frontEnd) }
        perform(arbiter.passTime(to: now))
        let answer: ControlAnswer =
            switch question {
            case .state(let id): .state(terminalState(for: id), turnNotice)
            case .look: .looked(screen.snapshot(at: offset, scrollbackRows: 0))
            case .follow(let interest): follow(interest, frontEnd)
            case .send(let id, let content, let conditions): send(content, if: conditions, by: id, of: frontEnd)
            case .acquire(let id, let lease): acquire(id, lease, of: frontEnd)
            case .output(let range): .output(output(range))
            case .commands(let from, let limit):
                .commands(commands(from: from, limit: min(Int(limit), Self.listLimit), knownTo: frontEnd))
            case .events(let from, let limit):
                .events(
                    events.entries(from: from, limit: min(Int(limit), Self.listLimit)).filter {
                        $0.record.firstProtocolVersion <= frontEnd.version
                    }, oldest: events.oldest)
            case .remove(let id, let who): .done(remove(id, by: who))
            case .signal(let id, let name): signalForeground(name, by: id, of: frontEnd)
            case .freeze(let isFrozen, let who): .done(freeze(isFrozen, by: who))
            case .act(let id, let act): self.act(act, by: id, of: frontEnd)
            case .propose(let id, let command, let limit): propose(command, by: id, within: limit, of: frontEnd)
            case .decide(let id, let number, let command, let isApproved):
                decide(number, command, isApproved: isApproved, by: id, of: frontEnd)
            case .proposals: .proposals(proposalNotices)
            case .rule(let change, let who): .rules(rule(change, by: who))
            case .rules: .rules(rules)
            case .readiness: .done(false)
            case .borrow(let id, let lease): borrow(id, lease, of: frontEnd)
            }
        frontEnd.send(.control(reference, answer))
    }

    func terminalState(for id: AttachmentID?) -> TerminalState {
        let foreground = pty.foregroundGroup
        return TerminalState(
            turn: arbiter.lastTurn, holdsTurn: id != nil && arbiter.holder?.id == id, offset: offset,
            shell: shellWatch.log.state, isEchoing: !pty.hidesInput, isPasteBracketed: screen.modes.bracketedPaste,
            foreground: foreground?.rawValue ?? 0,
            foregroundName: foreground.map(foregroundName) ?? "", shellProcess: shell.rawValue,
            isFrozen: isFrozen,
            lastEvent: journal.lastNumber)
    }

    private func attachment(_ id: AttachmentID, of frontEnd: FrontEnd) -> HostAttachment? {
        attachments[id].flatMap { $0.frontEnd === frontEnd ? $0 : nil }
    }

    // MARK: Following

    private func follow(_ interest: Interest, _ frontEnd: FrontEnd) -> ControlAnswer {
        // Whoever is shown updates already stands where the snapshot will.
        sendScreenUpdate()
        frontEnd.interest = interest
        adjustUpdates()
        if interest.contains(.events) { showTurns(to: frontEnd) }
        if interest.contains(.events), gap.isOpen { frontEnd.send(openGap) }
        guard interest.contains(.screen) else { return .state(terminalState(for: nil), turnNotice) }
        return .looked(screen.snapshot(at: offset, scrollbackRows: 0))
    }

    // MARK: Input

    /// Checks the conditions and types, in one step: nothing can come between.
    private func send(
        _ content: InputContent, if conditions: InputConditions, by id: AttachmentID, of frontEnd: FrontEnd
    ) -> ControlAnswer {
        var state = terminalState(for: id)
        func refuse(_ refusal: InputRefusal) -> ControlAnswer { .notTyped(refusal, state, turnNotice) }
        guard attachment(id, of: frontEnd) != nil else { return refuse(InputRefusal(refusal: .onlyWatching)) }
        let unmet = unmet(conditions, in: state) + obstacles(to: content)
        guard unmet.isEmpty else { return refuse(InputRefusal(unmet: unmet)) }
        guard input.count(from: id) + content.bytes.count + 64 <= Self.inputLimit else {
            return refuse(InputRefusal(isBusy: true))
        }
        if let attachment = attachment(id, of: frontEnd) {
            let command: String? =
                if case .command(let text) = content { ByteString(text).shown } else { nil }
            if let command, isFromHistory(command) {
                return refuse(InputRefusal(refusal: frontEnd.known(.fromHistory)))
            }
            let lines = limits(of: attachment) == nil ? 0 : lines(in: keys(for: content), of: attachment)
            if let refusal = refusal(of: content.bytes.count, lines: lines, isCommand: command, by: attachment) {
                return refuse(InputRefusal(refusal: frontEnd.known(refusal)))
            }
        }
        let (effects, decision) = arbiter.type(id, at: now)
        perform(effects)
        switch decision {
        case .refuse(let refusal): return refuse(InputRefusal(refusal: frontEnd.known(refusal)))
        case .deliver(let turn):
            state.turn = turn
            state.holdsTurn = true
        }
        let run = begin(content, by: id, of: frontEnd)
        type(keys(for: content), by: id, isAllowed: true)
        typeRest(of: id, isAllowed: true)
        return .typed(state, run)
    }

    /// What is about to be typed is a command: its record is to be known by the number.
    private func begin(_ content: InputContent, by id: AttachmentID, of frontEnd: FrontEnd) -> RunNumber? {
        guard case .command(let text) = content, let attachment = attachment(id, of: frontEnd) else { return nil }
        if let limits = limits(of: attachment), limits.approval != .none { watchWhetherWhole() }
        guard frontEnd.version >= 6 else { return nil }
        shellWatch.lastRun = shellWatch.lastRun.next
        shellWatch.log.noteTyped(text, .run(shellWatch.lastRun), in: arbiter.lastTurn)
        return shellWatch.lastRun
    }

    /// Why a command would not be typed as one, and behind nothing else.
    private func obstacles(to content: InputContent) -> [String] {
        guard case .command(let text) = content else { return [] }
        var names: [String] = []
        if !screen.modes.bracketedPaste, text.contains(where: { $0 < 0x20 }) { names.append("bracketedPaste") }
        if !input.isEmpty { names.append("lineEmpty") }
        return names
    }

    private func commands(from first: CommandNumber, limit: Int, knownTo frontEnd: FrontEnd) -> [CommandRecord] {
        let all = Array(shellWatch.log.commands.drop { $0.number < first }.prefix(limit))
        guard frontEnd.version < 6 else { return all }
        return all.map { command in
            var start = command.start
            start.origin = nil
            return CommandRecord(start: start, end: command.end)
        }
    }

    // MARK: What has the terminal

    /// The program that leads the foreground group; of one whose leader has ended, as of `seq 9 | less`, the last that
    /// the shell started of those that have not.
    private func foregroundName(of group: ProcessID) -> String {
        if let leader = ProcessTree.facts(of: group), leader.isAlive { return leader.name }
        return ProcessTree.members(of: group, below: shell).last?.name ?? ""
    }

    /// A program that has the terminal need not be the one that leads its group.
    private func unmet(_ conditions: InputConditions, in state: TerminalState) -> [String] {
        let unmet = conditions.unmet(in: state)
        guard unmet.contains("foreground"), let name = conditions.foreground, state.foreground > 0,
            ProcessTree.members(of: ProcessID(rawValue: state.foreground), below: shell).contains(where: {
                $0.name == name
            })
        else { return unmet }
        return unmet.filter { $0 != "foreground" }
    }

    /// As a terminal would send it: a paste is bracketed where the program asks for that.
    func keys(for content: InputContent) -> [UInt8] {
        switch content {
        case .keys(let bytes): return bytes
        case .paste(let text): return pasted(text)
        case .command(let text):
            let isOneLine = text.allSatisfy { $0 >= 0x20 }
            return (isOneLine ? text : pasted(text)) + [0x0D]
        }
    }

    private func pasted(_ text: [UInt8]) -> [UInt8] {
        guard screen.modes.bracketedPaste else { return text.map { $0 == 0x0A ? 0x0D : $0 } }
        return Array("\u{1B}[200~".utf8) + text + Array("\u{1B}[201~".utf8)
    }

    private func acquire(_ id: AttachmentID, _ lease: Duration, of frontEnd: FrontEnd) -> ControlAnswer {
        guard let attachment = attachment(id, of: frontEnd) else { return .acquired(false, turnNotice) }
        if let limits = limits(of: attachment), isSpent(limits, of: attachment) {
            return .notTyped(
                InputRefusal(refusal: frontEnd.known(.budgetSpent)), terminalState(for: id), turnNotice)
        }
        let (effects, isHeld, isRenewed) = arbiter.acquire(id, lease: lease, at: now)
        perform(effects)
        scheduleTurnTimer()
        guard frontEnd.version >= 5 else { return .acquired(isHeld, turnNotice) }
        let endsIn = isHeld ? arbiter.leaseEnd.map { $0.sinceStart - now.sinceStart } : nil
        return .acquired(isHeld, turnNotice, LeaseNotice(isRenewed: isRenewed, endsIn: endsIn))
    }

    private func borrow(_ id: AttachmentID, _ lease: Duration, of frontEnd: FrontEnd) -> ControlAnswer {
        guard attachment(id, of: frontEnd) != nil else { return .acquired(false, turnNotice) }
        let (effects, isHeld) =
            lease > .zero
            ? arbiter.borrow(id, for: lease, at: now) : (arbiter.giveBack(id, at: now), arbiter.holder?.id == id)
        perform(effects)
        scheduleTurnTimer()
        return .acquired(isHeld, turnNotice)
    }

    private func act(_ act: TurnAct, by id: AttachmentID, of frontEnd: FrontEnd) -> ControlAnswer {
        func answer(_ outcome: TurnOutcome) -> ControlAnswer {
            .acted(outcome, place: arbiter.place(of: id).map { UInt32(clamping: $0) }, turnNotice, turnQueue)
        }
        guard let attachment = attachment(id, of: frontEnd) else { return answer(.onlyWatching) }
        return answer(self.act(act, by: attachment))
    }

    /// An act on the turn, whichever way it was asked for.
    func act(_ act: TurnAct, by attachment: HostAttachment) -> TurnOutcome {
        if let limits = limits(of: attachment), isSpent(limits, of: attachment) {
            switch act {
            case .request, .take: return .limited
            case .withdraw, .grant, .refuse: break
            }
        }
        typeRest(of: attachment.id)
        let (effects, outcome) = arbiter.act(attachment.id, act, at: now)
        perform(effects)
        return outcome
    }

    // MARK: Output

    private func output(_ range: OutputRange) -> OutputPart {
        let (start, all) = history.part(from: range.from, to: range.to ?? history.end)
        let limit = Int(min(range.limit, Self.outputLimit))
        let kept = range.keepsEnd ? all.suffix(limit) : all.prefix(limit)
        let first = start.advanced(by: kept.startIndex - all.startIndex)
        return OutputPart(
            start: first, end: first.advanced(by: kept.count), oldest: history.start, newest: history.end,
            bytes: range.isPlain ? PlainText.of(kept) : Array(kept))
    }

    // MARK: Acts

    private func remove(_ id: AttachmentID, by who: Operator) -> Bool {
        guard let gone = attachments[id] else { return removeChannel(id, by: who) }
        guard gone.frontEnd.version >= 3 else { return false }
        gone.frontEnd.forgetKept(gone.reference)
        record(.removed(id, by: who))
        gone.frontEnd.send(.removed(gone.reference, by: who.name))
        voidApprovals(by: gone.request.who.key.fingerprint)
        perform(arbiter.detach(id, at: now, because: .revoked))
        forget(id)
        return true
    }

    private func signalForeground(_ name: String, by id: AttachmentID, of frontEnd: FrontEnd) -> ControlAnswer {
        guard let attachment = attachment(id, of: frontEnd) else { return .done(false) }
        switch signal(name, from: attachment) {
        case .sent(let isSent): return .done(isSent)
        case .refused(let refusal):
            return .notTyped(InputRefusal(refusal: frontEnd.known(refusal)), terminalState(for: id), turnNotice)
        }
    }

    enum SignalOutcome {
        /// False where nothing has the terminal, or the signal has no such name.
        case sent(Bool)
        case refused(Refusal)
    }

    /// A signal for the terminal's foreground follows the turn as a key does, whichever way it comes: it takes a free
    /// one, and is refused while somebody else steers.
    func signal(_ name: String, from attachment: HostAttachment) -> SignalOutcome {
        guard let number = SignalName.number(of: name), pty.foregroundGroup != nil else { return .sent(false) }
        if let refusal = refusal(of: 0, by: attachment) { return .refused(refusal) }
        let (effects, decision) = arbiter.type(attachment.id, at: now)
        perform(effects)
        if case .refuse(let refusal) = decision { return .refused(refusal) }
        record(.signalled(name, by: attachment.request.who))
        return .sent(pty.signalForeground(number))
    }
}
