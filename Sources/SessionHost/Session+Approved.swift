import Platform
import ScreenModel
import SessionModel
import Terminal
import Wire

/// What the session remembers of commands that were approved and are not typed yet.
struct ApprovedWatch {
    /// Whether it is looked soon what can be typed.
    var isDue = false
    /// In which turn the session asked for the next one in an agent's name; who refuses is not asked once more in it.
    var asked: [AttachmentID: TurnNumber] = [:]
    /// Of which it was told that they wait.
    var told: Set<ProposalNumber> = []
}

/// Commands that a person approved: typed as soon as that can be.
extension Session {
    /// Looks soon whether what was approved can be typed: not from within a handover, which is to be carried out whole.
    func approvedIsDue() {
        guard !approvedWatch.isDue, !isOver, proposals.hasApproved else { return }
        approvedWatch.isDue = true
        loop.schedule(after: .zero) { [weak self] in
            self?.approvedWatch.isDue = false
            self?.typeApproved()
        }
    }

    /// One that has to wait keeps none of the others.
    private func typeApproved() {
        var isTyped = false
        for proposal in proposals.approved where !isOver {
            guard let agent = attachments[proposal.proposer], agent.maySteer else { continue }
            // What was approved before may have spent what there was, and the shell may be another by now.
            let limits = limits(of: agent) ?? .none
            if isSpent(limits, of: agent, adding: proposal.command.utf8.count) || isFromHistory(proposal.command) {
                proposals.remove(proposal.number)
                expire([proposal])
            } else if !isTyped, type(proposal, of: agent) {
                isTyped = true
            } else {
                wait(with: proposal, of: agent)
            }
        }
    }

    /// Types it if the prompt stands, nothing is typed there, and the turn can be had: it is free, the agent's, or the
    /// approver's, who gives it with the approval.
    private func type(_ proposal: Proposal, of agent: HostAttachment) -> Bool {
        guard isReadyForCommand, canBeTyped(proposal) else { return false }
        if arbiter.holder == nil { perform(arbiter.type(agent.id, at: now).effects) }
        if arbiter.holder?.id != agent.id, let giver = giver(of: proposal) {
            perform(arbiter.act(giver, .grant(agent.id, atPrompt: false), at: now).effects)
        }
        guard arbiter.holder?.id == agent.id, isReadyForCommand else { return false }
        proposals.remove(proposal.number)
        record(.proposalEnded(proposal.number, .typed, by: nil))
        turnWatch.command = proposal
        approvedEnded()
        watchWhetherWhole()
        // What was approved is on the record, whatever its agent asked for.
        attachments[agent.id]?.typing.hidesLine = false
        let text = Array(proposal.command.utf8)
        shellWatch.log.noteTyped(text, .proposal(proposal.number), in: arbiter.lastTurn)
        type(keys(for: .command(text)), ofApproved: agent)
        proposalsChanged()
        return true
    }

    /// Without the marks of a paste, what moves the cursor or ends a line would be keys.
    private func canBeTyped(_ proposal: Proposal) -> Bool {
        screen.modes.bracketedPaste || !proposal.command.utf8.contains { $0 < 0x20 }
    }

    /// Who gives the turn with the approval: the approver who has it, or who leads where nobody has it.
    private func giver(of proposal: Proposal) -> AttachmentID? {
        arbiter.participants.values.first {
            let mayGive = $0.isLead || (arbiter.rules.mode != .led && arbiter.holder?.id == $0.id)
            return mayGive && (arbiter.holder == nil || arbiter.holder?.id == $0.id)
                && name(of: $0.id) == proposal.approver
        }?.id
    }

    /// A shell without marks is ready when it has the foreground and no line was begun, as far as can be seen.
    var isReadyForCommand: Bool {
        let shell = shellWatch.log.state
        guard shell.givesMarks else { return pty.foregroundGroup == self.shell && !line.isOpen && input.isEmpty }
        return shell.isReady && input.isEmpty
    }

    // MARK: Waiting

    /// It can not be typed yet: its agent asks for the turn like everybody, and whoever approved it is told why.
    private func wait(with proposal: Proposal, of agent: HostAttachment) {
        let (reason, holder) = reason(of: proposal)
        if reason != .paste, giver(of: proposal) == nil { askForTurn(agent.id) }
        guard approvedWatch.told.insert(proposal.number).inserted else { return }
        tellConcerned(.waits(proposal.number, reason, holder: holder), of: proposal)
    }

    private func reason(of proposal: Proposal) -> (ApprovalWait, holder: String?) {
        guard !isReadyForCommand || canBeTyped(proposal) else { return (.paste, nil) }
        guard giver(of: proposal) == nil else { return (.prompt, nil) }
        if let holder = arbiter.holder, holder.id != proposal.proposer { return (.turn, name(of: holder.id)) }
        return (arbiter.holder == nil && arbiter.rules.mode == .led ? .lead : .prompt, nil)
    }

    /// Once in each turn: whoever refuses is not asked again and again.
    private func askForTurn(_ agent: AttachmentID) {
        guard arbiter.holder?.id != agent, arbiter.place(of: agent) == nil,
            approvedWatch.asked[agent] != arbiter.lastTurn
        else { return }
        let atPrompt = shellWatch.log.state.givesMarks
        // A free turn would be its own at once, and end before a prompt that nobody sees coming.
        guard atPrompt || arbiter.holder != nil || arbiter.rules.mode == .led else { return }
        let (effects, outcome) = arbiter.act(agent, .request(lease: nil, atPrompt: atPrompt), at: now)
        if outcome != .limited { approvedWatch.asked[agent] = arbiter.lastTurn }
        perform(effects)
    }

    /// Something is approved no more: who has nothing else to wait for gives up the place, or the turn, that was asked
    /// for in their name.
    func approvedEnded() {
        approvedWatch.told.formIntersection(proposals.all.map(\.number))
        let waiting = Set(proposals.approved.map(\.proposer))
        for agent in approvedWatch.asked.keys where !waiting.contains(agent) {
            approvedWatch.asked[agent] = nil
            let holdsForNothing = arbiter.holder?.id == agent && turnWatch.command == nil
            guard holdsForNothing || arbiter.place(of: agent) != nil else { continue }
            perform(arbiter.release(agent, at: now))
        }
    }

    /// The command that an agent may have typed has ended: so has its turn.
    func approvedCommandEnded() {
        turnWatch.mustBeWhole = false
        guard turnWatch.command != nil, let holder = arbiter.holder else { return }
        turnWatch.command = nil
        carryOutTurns(arbiter.release(holder.id, at: now))
    }

    // MARK: Commands that are not whole

    /// A command is typed for an agent who may not type more: if the shell waits for the rest, the session drops it.
    func watchWhetherWhole() {
        let turn = arbiter.lastTurn
        let prompts = shellWatch.log.state.prompts
        turnWatch.mustBeWhole = true
        turnWatch.prompts = prompts
        // A line editor that waits for the rest itself stays at its prompt, and says nothing.
        loop.schedule(after: Self.patience) { [weak self] in
            guard let self, arbiter.lastTurn == turn, shellWatch.log.state.prompts == prompts,
                shellWatch.log.state.isAtPrompt
            else { return }
            dropUnfinished()
        }
    }

    /// How long a shell may take to begin a command.
    private static let patience = Duration.seconds(8)

    /// Ends the line that nobody may end: the session's own act, and recorded so.
    func dropUnfinished() {
        guard turnWatch.mustBeWhole, !isOver, arbiter.holder != nil else { return }
        turnWatch.mustBeWhole = false
        record(.lineDropped(arbiter.lastTurn))
        if let proposal = turnWatch.command {
            let news = TurnNews.interrupted(proposal.number, of: proposal.name)
            tell(news, to: proposal.proposer)
            tellJudges(news)
        }
        interruptLine(of: arbiter.lastTurn, times: 3)
    }

    /// A line editor that is about to read may miss it, and would read on: it is typed again if the line still stands.
    private func interruptLine(of turn: TurnNumber, times: Int) {
        input.append([0x03], from: .closing(turn))
        writeInput()
        let before = shellWatch.log.state
        guard times > 1 else { return }
        loop.schedule(after: .milliseconds(500)) { [weak self] in
            guard let self, !isOver, arbiter.lastTurn == turn,
                shellWatch.log.state.prompts == before.prompts, shellWatch.log.state.phase == before.phase
            else { return }
            interruptLine(of: turn, times: times - 1)
        }
    }
}
