import Platform
import ScreenModel
import SessionModel
import Terminal
import Wire

/// Commands that agents may have typed once a person approved them.
extension Session {
    /// Bytes of a proposed command.
    private static let commandLimit = 16 * 1_024

    var proposalNotices: [ProposalNotice] {
        proposals.all.map {
            ProposalNotice(
                number: $0.number, name: $0.name, command: $0.command,
                expiresIn: $0.deadline.sinceStart - now.sinceStart,
                approver: $0.approver)
        }
    }

    func propose(_ command: String, by id: AttachmentID, within limit: Duration, of frontEnd: FrontEnd) -> ControlAnswer
    {
        guard let attachment = attachments[id], attachment.frontEnd === frontEnd, attachment.maySteer,
            let limits = limits(of: attachment), Self.isPlain(command)
        else { return .proposal(.notAllowed, nil) }
        guard limits.approval.covers(command) else { return .proposal(.notNeeded, nil) }
        guard !isSpent(limits, of: attachment, adding: command.utf8.count) else { return .proposal(.limited, nil) }
        let name = attachment.request.who.name
        guard
            let proposal = proposals.propose(
                command, by: id, of: name, within: max(limit, Self.shortestProposal), at: now)
        else {
            return .proposal(.tooMany, nil)
        }
        record(.proposed(proposal.number, id, command))
        tellJudges(.proposed(proposal.number, by: name))
        proposalsChanged()
        return .proposal(.done, proposal.number)
    }

    /// Time for a person to read it; so many at once are a bound.
    private static let shortestProposal = Duration.seconds(5)

    /// What a prompt reads as text: control characters would be keys, but for the ends of lines.
    private static func isPlain(_ command: String) -> Bool {
        let bytes = command.utf8
        return bytes.contains { $0 > 0x20 } && bytes.count <= commandLimit
            && bytes.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x0A || $0 == 0x09 }
    }

    func decide(
        _ number: ProposalNumber, _ command: String, isApproved: Bool, by id: AttachmentID, of frontEnd: FrontEnd
    ) -> ControlAnswer {
        expireProposals()
        guard let attachment = attachments[id], attachment.frontEnd === frontEnd else {
            return .proposal(.notAllowed, number)
        }
        let who = attachment.request.who
        let proposer = proposals.all.first { $0.number == number }?.proposer
        let outcome = proposals.decide(number, command, isApproved: isApproved, by: attachment.judge)
        guard outcome == .done, let proposer else { return .proposal(outcome, number) }
        if isApproved {
            record(.approved(number, by: who))
            tell(.approved(number, by: who.name), to: proposer)
        } else {
            record(.proposalEnded(number, .rejected, by: who))
            tell(.rejected(number, by: who.name), to: proposer)
        }
        proposalsChanged()
        approvedIsDue()
        return .proposal(.done, number)
    }

    /// Looks soon whether what was approved can be typed: not from within a handover, which is to be carried out whole.
    func approvedIsDue() {
        guard !isApprovedDue, !isOver, proposals.approved != nil else { return }
        isApprovedDue = true
        loop.schedule(after: .zero) { [weak self] in
            self?.isApprovedDue = false
            self?.typeApproved()
        }
    }

    /// Types what was approved, once the prompt stands, nothing is typed there, and the turn can be had: it is free,
    /// the agent's, or the approver's, who gives it with the approval.
    private func typeApproved() {
        guard !isOver, let proposal = proposals.approved, isReadyForCommand,
            let agent = attachments[proposal.proposer], agent.maySteer
        else { return }
        // Without the marks of a paste, what moves the cursor or ends a line would be keys.
        guard screen.modes.bracketedPaste || !proposal.command.utf8.contains(where: { $0 < 0x20 }) else { return }
        // What was approved before may have spent what there was.
        if let limits = limits(of: agent), isSpent(limits, of: agent, adding: proposal.command.utf8.count) {
            proposals.remove(proposal.number)
            return end([proposal], because: .expired)
        }
        giveTurn(to: agent.id, from: proposal.approver)
        guard arbiter.holder?.id == agent.id, isReadyForCommand else { return }
        proposals.remove(proposal.number)
        record(.proposalEnded(proposal.number, .typed, by: nil))
        turnWatch.command = proposal
        watchWhetherWhole()
        // What was approved is on the record, whatever its agent asked for.
        attachments[agent.id]?.typing.hidesLine = false
        type(keys(for: .command(Array(proposal.command.utf8))), ofApproved: agent)
        proposalsChanged()
    }

    private func giveTurn(to id: AttachmentID, from approver: String?) {
        if arbiter.holder == nil { perform(arbiter.type(id, at: now).effects) }
        guard arbiter.holder?.id != id else { return }
        // In mode `led` a lead's approval is a lead's grant.
        let givers = arbiter.participants.values.filter { name(of: $0.id) == approver }
        for giver in givers where arbiter.holder?.id == giver.id || (arbiter.holder == nil && giver.isLead) {
            perform(arbiter.act(giver.id, .grant(id, atPrompt: false), at: now).effects)
        }
    }

    /// A shell without marks is ready when it has the foreground and no line was begun, as far as can be seen.
    private var isReadyForCommand: Bool {
        let shell = shellWatch.log.state
        guard shell.givesMarks else { return pty.foregroundGroup == self.shell && !line.isOpen && input.isEmpty }
        return shell.isReady && input.isEmpty
    }

    /// The command that an agent may have typed has ended: so has its turn.
    func approvedCommandEnded() {
        turnWatch.mustBeWhole = false
        guard turnWatch.command != nil, let holder = arbiter.holder else { return }
        turnWatch.command = nil
        perform(arbiter.release(holder.id, at: now))
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

    // MARK: Ends

    func expireProposals() { end(proposals.passTime(to: now), because: .expired) }

    /// An agent is gone, and what it proposed with it.
    func forgetProposals(of id: AttachmentID) { end(proposals.leave(id), because: .left) }

    /// A key may not approve any more: what it approved and was not typed is void.
    func voidApprovals(by key: Fingerprint) {
        let void = proposals.revoke(key)
        for proposal in void {
            let news = TurnNews.unapproved(proposal.number, approver: proposal.approver ?? "")
            tell(news, to: proposal.proposer)
            tellJudges(news)
        }
        end(void, because: .unapproved)
    }

    private func tellJudges(_ news: TurnNews) {
        for judge in attachments.values where judge.isJudge {
            tell(news, to: judge.id)
        }
    }

    private func end(_ gone: [Proposal], because ending: ProposalEnding) {
        guard !gone.isEmpty else { return }
        for proposal in gone { record(.proposalEnded(proposal.number, ending, by: nil)) }
        proposalsChanged()
    }

    private func proposalsChanged() {
        broadcast(.proposals(proposalNotices))
        scheduleTurnTimer()
    }
}
