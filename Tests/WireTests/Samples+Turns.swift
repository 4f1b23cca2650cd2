import SessionModel
import Wire

/// What version 4 added: who waits for the turn, agents' limits, proposals, rules.
extension Samples {
    static let turnQuestions: [Sample<FrontEndMessage>] = [
        Sample("limit", .limit(one, limits)),
        Sample("limit-none", .limit(last, .none)),
        Sample("serve-files", .serveFiles(one, by: alice, transport: "sftp ssh 192.0.2.7")),
        Sample("control-request", .control(one, .act(third, .request(lease: .seconds(30), atPrompt: true)))),
        Sample("control-request-bare", .control(one, .act(third, .request(lease: nil, atPrompt: false)))),
        Sample("control-withdraw", .control(one, .act(third, .withdraw))),
        Sample("control-take", .control(one, .act(third, .take(atPrompt: true)))),
        Sample("control-grant", .control(one, .act(third, .grant(third, atPrompt: true)))),
        Sample("control-grant-first", .control(one, .act(third, .grant(nil, atPrompt: false)))),
        Sample("control-refuse", .control(one, .act(third, .refuse(nil)))),
        Sample("control-propose", .control(one, .propose(third, "rm -rf ö\n", within: .seconds(300)))),
        Sample("control-decide", .control(one, .decide(third, second, "rm -rf ö\n", isApproved: true))),
        Sample("control-proposals", .control(one, .proposals)),
        Sample(
            "control-rule",
            .control(
                one,
                .rule(
                    RulesChange(
                        mode: .led, releaseAfter: .seconds(7), answerWithin: .seconds(60),
                        agent: RulesChange.Agent(name: "r2.d2", limits: limits)), by: alice))),
        Sample(
            "control-rule-back",
            .control(one, .rule(RulesChange(agent: RulesChange.Agent(name: "r2.d2", limits: nil)), by: alice))),
        Sample("control-rules", .control(one, .rules)),
        Sample("control-readiness", .control(one, .readiness)),
    ]

    static let turnAnswers: [Sample<HostMessage>] = [
        Sample("queue", .queue(queue)),
        Sample("queue-empty", .queue(TurnQueue(mode: .ask))),
        Sample("news-asked", .news(one, .asked(by: "bob", answerWithin: .seconds(30)))),
        Sample("news-asked-led", .news(one, .asked(by: "bob", answerWithin: nil))),
        Sample("news-granted", .news(one, .granted(by: "alice"))),
        Sample("news-granted-by-rule", .news(one, .granted(by: nil))),
        Sample("news-refused", .news(one, .refused(by: "alice"))),
        Sample("news-taken", .news(one, .taken(by: "alice", written: 4_096, dropped: 200))),
        Sample("news-ends-soon", .news(one, .endsSoon(.seconds(10)))),
        Sample("news-proposed", .news(one, .proposed(second, by: "r2.d2"))),
        Sample("news-approved", .news(one, .approved(second, by: "alice"))),
        Sample("news-rejected", .news(one, .rejected(second, by: "alice"))),
        Sample("news-unapproved", .news(one, .unapproved(second, approver: "alice"))),
        Sample("news-interrupted", .news(one, .interrupted(second, of: "r2.d2"))),
        Sample("news-waits", .news(one, .waits(second, .prompt, holder: nil))),
        Sample("news-waits-for-turn", .news(one, .waits(second, .turn, holder: "bob"))),
        Sample("news-expired", .news(one, .expired(second, of: "r2.d2", approver: "alice"))),
        Sample(
            "news-lost",
            .news(one, .lost(TurnLoss(.handedOver, giver: "carol", next: "bob", written: 4_096, dropped: 200)))),
        Sample("news-lost-bare", .news(one, .lost(TurnLoss(.noLead, obstacle: .noLead)))),
        Sample("proposals", .proposals([proposal])),
        Sample("control-acted", .control(one, .acted(.waits, place: 2, held, queue))),
        Sample("control-acted-done", .control(one, .acted(.done, place: nil, held, TurnQueue()))),
        Sample("control-proposal", .control(one, .proposal(.done, second))),
        Sample("control-proposal-refused", .control(one, .proposal(.changed, nil))),
        Sample("control-proposals", .control(one, .proposals([proposal]))),
        Sample("control-ready", .control(one, .readiness(failure: nil))),
        Sample("control-not-ready", .control(last, .readiness(failure: "image: it must be a string"))),
        Sample(
            "control-rules",
            .control(
                one,
                .rules(
                    SessionRules(
                        turns: TurnRules(mode: .ask), agents: [SessionRules.Agent(name: "r2.d2", limits: limits)])))),
        Sample("control-commands-approved", .control(one, .commands([CommandRecord(start: approved)]))),
    ]

    static let turnRecords: [Sample<JournalRecord>] = [
        Sample("command-began-approved", .commandBegan(approved)),
        Sample("turn-requested", .turnRequested(third)),
        Sample("request-ended", .requestEnded(third, .refused, by: AttachmentID(rawValue: 4))),
        Sample("request-expired", .requestEnded(third, .expired, by: nil)),
        Sample("turn-granted", .turnGranted(third, by: AttachmentID(rawValue: 4))),
        Sample("turn-granted-by-rule", .turnGranted(third, by: nil)),
        Sample("rules-changed", .ruled(TurnRules(mode: .led), by: alice)),
        Sample("agent-limited", .agentLimited("r2.d2", limits, by: alice)),
        Sample("agent-not-limited", .agentLimited("r2.d2", nil, by: alice)),
        Sample("proposed", .proposed(second, third, "rm -rf ö\n")),
        Sample("approved", .approved(second, by: alice)),
        Sample("proposal-refused", .proposalEnded(second, .rejected, by: alice)),
        Sample("proposal-unapproved", .proposalEnded(second, .unapproved, by: nil)),
        Sample("proposal-withdrawn", .proposalEnded(second, .withdrawn, by: alice)),
        Sample(
            "input-delivered", .inputDelivered(TurnNumber(rawValue: 8), third, written: 4_096, dropped: 9, by: fourth)),
        Sample(
            "input-delivered-by-rule",
            .inputDelivered(TurnNumber(rawValue: 8), third, written: 0, dropped: 0, by: nil)),
        Sample("turn-asked", .turnAsked(third, answerWithin: .seconds(30))),
        Sample("turn-asked-led", .turnAsked(third, answerWithin: nil)),
        Sample("turn-ends-soon", .turnEndsSoon(TurnNumber(rawValue: 8), third, endsIn: .seconds(10))),
        Sample("line-dropped", .lineDropped(TurnNumber(rawValue: 8))),
        Sample("proposal-typed", .proposalEnded(second, .typed, by: nil)),
    ]

    private static let third = AttachmentID(rawValue: 3)
    private static let fourth = AttachmentID(rawValue: 4)
    private static let second = ProposalNumber(rawValue: 2)
    private static let limits = AgentLimits(
        approval: .matching([pattern("rm *"), pattern("git push*")]), isChaperoned: true,
        budget: AgentBudget(commands: 30, heldSeconds: 600, bytes: nil))
    private static let queue = TurnQueue(
        mode: .led,
        waiting: [
            TurnQueue.Waiting(
                who: TurnHolder(attachment: third, name: "bob", kind: .person), waitedFor: .seconds(12),
                isForPrompt: true),
            TurnQueue.Waiting(
                who: TurnHolder(attachment: AttachmentID(rawValue: 9), name: "r2.d2", kind: .agent),
                waitedFor: .milliseconds(1), isForPrompt: false),
        ])
    private static let proposal = ProposalNotice(
        number: second, name: "r2.d2", command: "rm -rf ö\n", expiresIn: .seconds(299), approver: "alice")
    private static let approved = CommandRecord.Start(
        number: CommandNumber(rawValue: 4), text: "rm -rf ö", textKnowledge: .strong, directory: "/tmp",
        authors: ["r2.d2"], turn: TurnNumber(rawValue: 8), output: StreamOffset(bytes: 4_000),
        time: 1_767_323_047_000_000_000, knowledge: .exact, approver: "alice")

    private static func pattern(_ text: String) -> CommandPattern {
        guard let pattern = CommandPattern(text) else { preconditionFailure("a sample's pattern is valid") }
        return pattern
    }
}
