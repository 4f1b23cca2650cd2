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
        guard !isFromHistory(command) else {
            return .proposal(frontEnd.version < 5 ? .notAllowed : .fromHistory, nil)
        }
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
        let proposal = proposals.all.first { $0.number == number }
        let outcome = proposals.decide(number, command, isApproved: isApproved, by: attachment.judge)
        guard outcome == .done, let proposal else { return .proposal(outcome, number) }
        if isApproved {
            record(.approved(number, by: who))
            tell(.approved(number, by: who.name), to: proposal.proposer)
        } else {
            let isOwn = who.name == proposal.name
            record(.proposalEnded(number, isOwn ? .withdrawn : .rejected, by: who))
            if !isOwn {
                tellConcerned(.rejected(number, by: who.name), of: proposal)
            } else if let approver = proposal.approver {
                tellJudges(.expired(number, of: proposal.name, approver: approver))
            }
            approvedEnded()
        }
        proposalsChanged()
        approvedIsDue()
        return .proposal(.done, number)
    }

    // MARK: Ends

    func expireProposals() { expire(proposals.passTime(to: now)) }

    /// These are of no use any more; what was approved was to be run, and everybody hears that it is not.
    func expire(_ old: [Proposal]) {
        for proposal in old {
            let news = TurnNews.expired(proposal.number, of: proposal.name, approver: proposal.approver)
            tell(news, to: proposal.proposer)
            if proposal.approver != nil { tellJudges(news) }
        }
        end(old, because: .expired)
    }

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

    func tellJudges(_ news: TurnNews) {
        for judge in attachments.values where judge.isJudge {
            tell(news, to: judge.id)
        }
    }

    /// Its agent, and who approved it.
    func tellConcerned(_ news: TurnNews, of proposal: Proposal) {
        tell(news, to: proposal.proposer)
        for judge in attachments.values where judge.isJudge && judge.request.who.name == proposal.approver {
            tell(news, to: judge.id)
        }
    }

    private func end(_ gone: [Proposal], because ending: ProposalEnding) {
        guard !gone.isEmpty else { return }
        for proposal in gone { record(.proposalEnded(proposal.number, ending, by: nil)) }
        approvedEnded()
        proposalsChanged()
    }

    func proposalsChanged() {
        broadcast(.proposals(proposalNotices))
        scheduleTurnTimer()
    }
}
