import JSONText
import SessionModel
import Wire

extension ControlMethod {
    private static let number = Schema.Property(
        "proposal", .integer(1...4_294_967_295), isRequired: true, "its number, as proposal.list has it")

    static let proposalList = ControlMethod(
        "proposal.list", "list the commands that agents want to run, and that wait for a person's approval",
        scope: .session(.observe), traits: [.readOnly, .idempotent],
        result: [
            .init(
                "proposals",
                .list(
                    .object([
                        .init("proposal", .count, isRequired: true, "its number"),
                        .init("operator", .text, isRequired: true, "the agent that wants it"),
                        .init("command", .string(limit: 16_384), isRequired: true, "exactly what is to be typed"),
                        .init("expiresIn", .number, isRequired: true, "seconds until it is of no use any more"),
                        .init(
                            "approvedBy", .optional(.text), isRequired: true,
                            "who approved it; it waits for the prompt or the turn"),
                    ])), isRequired: true, "oldest first")
        ],
        verb: VerbForm("proposals", [.session]) { result, _ in
            let proposals = result["proposals"]?.array ?? []
            guard !proposals.isEmpty else { return "No command waits for approval.\n" }
            return proposals.map(lines(of:)).joined()
        }
    ) { call async throws(ControlFailure) in
        guard case .proposals(let all) = try await call.live().ask(.proposals) else { throw .notRunning(call.session) }
        return [
            "proposals": .array(
                all.map {
                    [
                        "proposal": .count($0.number.rawValue), "operator": .string($0.name),
                        "command": .string($0.command), "expiresIn": .seconds($0.expiresIn),
                        "approvedBy": JSONValue($0.approver) { .string($0) },
                    ]
                })
        ]
    }

    /// The whole command, each of its lines on one of its own: what is approved is read first.
    static func lines(of proposal: JSONValue) -> String {
        let name = proposal["operator"]?.string?.printable ?? ""
        let rest = Table.duration(.seconds(Int(proposal["expiresIn"]?.number ?? 0)))
        let state =
            proposal["approvedBy"]?.string.map { "approved by \($0.printable), waits for the prompt or the turn" }
            ?? "waits for approval"
        let head = "\(proposal["proposal"]?.integer ?? 0) \(name): \(state), \(rest) left\n"
        let command = (proposal["command"]?.string ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        return head + command.map { "    \(escaped($0))\n" }.joined()
    }

    /// Nothing is left out, and nothing acts on the reader's terminal.
    private static func escaped(_ line: Substring) -> String {
        line.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    static let proposalCreate = ControlMethod(
        "proposal.create", "propose a command, for an agent whose commands need approval",
        details: "It is typed as it stands as soon as a person approved it, the prompt stands and the turn can be had. "
            + "command.run does the same, and waits for the end.",
        scope: .session(.steer),
        parameters: [
            .init("command", .string(limit: 16_384), isRequired: true, "exactly what is to be typed"),
            .init("expires", .integer(1...600), "seconds after which it is of no use any more, 300 if not said"),
        ], result: [.init("proposal", .count, isRequired: true, "its number")],
        failures: [.already, .busy, .canNotType, .limited, .notAllowed]
    ) { call async throws(ControlFailure) in
        let limit = Duration.seconds(call.integer("expires") ?? 300)
        let live = try await call.live()
        guard let number = try await live.propose(call.text("command") ?? "", within: limit) else {
            throw ControlFailure(.already, "your limits ask for no approval of that; run it with command.run")
        }
        return ["proposal": .count(number.rawValue)]
    }

    static let proposalApprove = ControlMethod(
        "proposal.approve", "approve exactly that command of an agent; it is typed once",
        scope: .session(.steer),
        parameters: [
            number,
            .init("command", .string(limit: 16_384), isRequired: true, "what you approve, as proposal.list has it"),
        ], result: [.init("proposal", .count, isRequired: true, "which")], failures: [.notAllowed, .noSuchProposal],
        verb: VerbForm(
            "approve", [.session, .init("proposal", "NUMBER"), .init("command", "COMMAND…", isRest: true)]
        ) { result, _ in
            "Command \(result["proposal"]?.integer ?? 0) is approved; it is typed when the prompt stands and the turn "
                + "can be had.\n"
        }
    ) { call async throws(ControlFailure) in try await decide(call, call.text("command") ?? "", isApproved: true) }

    static let proposalRefuse = ControlMethod(
        "proposal.refuse", "refuse a command of an agent, also one that was approved and is not typed yet",
        details: "An agent may take back its own. Who asks for the turn is refused with turn.refuse.",
        scope: .session(.steer), parameters: [number],
        result: [.init("proposal", .count, isRequired: true, "which")], failures: [.notAllowed, .noSuchProposal],
        verb: VerbForm("refuse", [.session, .init("proposal", "NUMBER")]) { result, _ in
            "Command \(result["proposal"]?.integer ?? 0) is refused.\n"
        }
    ) { call async throws(ControlFailure) in
        guard case .proposals(let all) = try await call.live().ask(.proposals) else { throw .notRunning(call.session) }
        let command = all.first { Int($0.number.rawValue) == call.integer("proposal") }?.command
        return try await decide(call, command ?? "", isApproved: false)
    }

    private static func decide(
        _ call: ControlCall, _ command: String, isApproved: Bool
    ) async throws(ControlFailure) -> JSONValue {
        let live = try await call.live()
        let number = ProposalNumber(rawValue: UInt32(clamping: call.integer("proposal") ?? 0))
        let question = ControlQuestion.decide(
            try await live.attachment(), number, command, isApproved: isApproved)
        guard case .proposal(let outcome, _) = try await live.ask(question) else { throw .notRunning(call.session) }
        switch outcome {
        case .done: return ["proposal": .count(number.rawValue)]
        case .gone, .notNeeded, .tooMany, .limited, .fromHistory: throw try await gone(number, in: live)
        case .changed:
            throw ControlFailure(
                .noSuchProposal,
                "nothing was \(isApproved ? "approved" : "refused"): proposal \(number) is not the command that you "
                    + "sent; 'proposals' shows it, and proposal.list has it to the byte")
        case .own:
            throw ControlFailure(.notAllowed, "nobody approves what they proposed themselves; ask a person")
        case .notAllowed: throw mayNotDecide(call)
        }
    }

    private static func gone(
        _ number: ProposalNumber, in live: any LiveSession
    ) async throws(ControlFailure) -> ControlFailure {
        guard case .proposals(let all) = try await live.ask(.proposals) else { throw .notRunning(live.name) }
        if let approver = all.first(where: { $0.number == number })?.approver {
            return ControlFailure(
                .noSuchProposal,
                "\(approver.printable) has approved proposal \(number) already; it waits for the prompt or the turn")
        }
        return ControlFailure(
            .noSuchProposal,
            "no proposal \(number) waits: it was answered, has expired, or its agent left; 'proposals' lists the others"
        )
    }

    private static func mayNotDecide(_ call: ControlCall) -> ControlFailure {
        guard call.desk.caller.kind == .person else {
            return ControlFailure(
                .notAllowed, "agents answer no proposals but their own; ask a person with role operator or lead")
        }
        return ControlFailure(
            .notAllowed,
            "your role in '\(call.session)' is \(call.role.name); proposals are answered by operators and leads")
    }
}

extension LiveSession {
    /// Proposes the command; `nil` where the caller's limits ask for no approval.
    func propose(_ command: String, within limit: Duration) async throws(ControlFailure) -> ProposalNumber? {
        guard
            case .proposal(let outcome, let number) = try await ask(
                .propose(try await attachment(), command, within: limit))
        else { throw .notRunning(name) }
        switch outcome {
        case .done: return number
        case .notNeeded: return nil
        case .tooMany:
            throw ControlFailure(.busy, "too many of your commands wait for approval already; wait for an answer")
        case .limited: throw .budgetIsSpent
        case .fromHistory: throw .isFromHistory
        case .notAllowed, .gone, .changed, .own:
            throw ControlFailure(
                .canNotType, "only agents propose, and only plain text: no control characters but line feed and tab")
        }
    }
}
