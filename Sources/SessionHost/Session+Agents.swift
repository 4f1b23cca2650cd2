import Platform
import SessionModel
import Wire

/// What agents may not do by themselves.
extension Session {
    /// The strictest of what the configuration and leads have for it; `nil` for a person.
    func limits(of attachment: HostAttachment) -> AgentLimits? {
        let who = attachment.request.who
        guard who.kind == .agent else { return nil }
        return attachment.limits.merged(with: limitsByLeads[who.name] ?? .none)
    }

    /// Why an agent may not type that now, so many bytes and lines; `nil` where it may, as far as its limits are
    /// concerned.
    func refusal(
        of bytes: Int, lines: Int = 0, isCommand: String? = nil, by attachment: HostAttachment
    ) -> Refusal? {
        guard let limits = limits(of: attachment) else { return nil }
        if let command = isCommand {
            if limits.approval.covers(command) { return .needsApproval }
            // What no pattern matches is not what would run.
            if limits.approval != .none, isFromHistory(command) { return .fromHistory }
        } else if limits.approval != .none {
            return .needsApproval
        }
        return isSpent(limits, of: attachment, adding: bytes, commands: lines) ? .budgetSpent : nil
    }

    /// Whether the shell would replace a part of the command, and so run another one.
    func isFromHistory(_ command: String) -> Bool {
        guard let name = ProcessTree.name(of: shell), let shell = HistoryExpansion.Shell(program: name) else {
            return false
        }
        return HistoryExpansion.isIn(command, for: shell, characters: shellWatch.log.historyCharacters)
    }

    func isSpent(
        _ limits: AgentLimits, of attachment: HostAttachment, adding bytes: Int = 0, commands: Int = 0
    ) -> Bool {
        let name = attachment.request.who.name
        return ledger.isSpent(limits.budget, of: name, at: now, adding: bytes, commands: commands)
            || heldLeft(limits, of: attachment).map { $0 <= .zero } == true
    }

    /// Counts what an agent types.
    func noteSpent(_ bytes: Int, commands: Int, by attachment: HostAttachment) {
        guard attachment.request.who.kind == .agent else { return }
        ledger.note(
            commands: UInt32(clamping: commands), bytes: UInt32(clamping: bytes), by: attachment.request.who.name,
            at: now)
    }

    /// When the holder's budget of time is spent.
    var budgetDeadline: Moment? {
        guard let holder = arbiter.holder, let attachment = attachments[holder.id],
            let limits = limits(of: attachment), let left = heldLeft(limits, of: attachment)
        else { return nil }
        return now.advanced(by: max(left, .zero))
    }

    /// The time for which it may still hold the turn within this hour, the present turn taken off.
    private func heldLeft(_ limits: AgentLimits, of attachment: HostAttachment) -> Duration? {
        guard let left = ledger.heldLeft(limits.budget, of: attachment.request.who.name, at: now) else { return nil }
        guard arbiter.holder?.id == attachment.id else { return left }
        return left - (now.sinceStart - turnWatch.began.sinceStart)
    }

    // MARK: Changes

    /// The configuration has other limits for this attachment.
    func limit(_ reference: Reference, _ limits: AgentLimits, of frontEnd: FrontEnd) {
        frontEnd.limits[reference] = limits
        guard let id = frontEnd.attachments[reference] else { return }
        attachments[id]?.limits = limits
        holdToLimits(id)
    }

    /// A lead changes the rules.
    func rule(_ change: RulesChange, by who: Operator) -> SessionRules {
        var turns = arbiter.rules
        turns.mode = change.mode ?? turns.mode
        turns.releaseAfter = change.releaseAfter ?? turns.releaseAfter
        turns.releaseLineAfter = max(plan.turns.releaseLineAfter, turns.releaseAfter)
        turns.answerWithin = change.answerWithin ?? turns.answerWithin
        if turns != arbiter.rules {
            let isOtherMode = turns.mode != arbiter.rules.mode
            record(.ruled(turns, by: who))
            perform(arbiter.change(turns, at: now))
            if isOtherMode {
                broadcast(
                    .said(by: OperatorName.server, .person, "\(who.name) set the turns to \(Self.words(turns.mode))"))
            }
        }
        if let agent = change.agent, limitsByLeads[agent.name] != agent.limits,
            agent.limits == nil || limitsByLeads.count < Self.limitedAgents
        {
            limitsByLeads[agent.name] = agent.limits
            record(.agentLimited(agent.name, agent.limits, by: who))
            for attachment in attachments.values where attachment.request.who.name == agent.name {
                holdToLimits(attachment.id)
            }
        }
        return rules
    }

    private static func words(_ mode: TurnMode) -> String {
        switch mode {
        case .open: "open: typing takes a free one, idleness ends it"
        case .ask: "ask: who has one keeps it until it is asked for"
        case .led: "led: only a lead gives one"
        }
    }

    private static let limitedAgents = 200

    var rules: SessionRules {
        SessionRules(
            turns: arbiter.rules,
            agents: limitsByLeads.sorted { $0.key < $1.key }.map { SessionRules.Agent(name: $0.key, limits: $0.value) })
    }

    /// An agent that types by itself, and may not any more, loses the turn and what it typed that is not written.
    private func holdToLimits(_ id: AttachmentID) {
        guard let attachment = attachments[id], let limits = limits(of: attachment) else { return }
        perform(arbiter.change(id, isChaperoned: limits.isChaperoned, at: now))
        if limits.approval != .none, arbiter.holder?.id == id, turnWatch.command == nil {
            perform(arbiter.release(id, at: now, because: .revoked))
        }
        scheduleTurnTimer()
    }
}
