import JSONText
import SessionModel
import Wire

/// One `command.run` of an agent whose commands need approval: proposed, approved, typed, ended.
struct ProposedRun {
    let live: any LiveSession
    let deadline: ContinuousClock.Instant

    /// - Returns: `nil` where the agent's limits ask for no approval of that.
    func run(_ command: String, _ output: CommandOutput) async throws(ControlFailure) -> JSONValue? {
        // From here on nothing that happens is missed.
        _ = try await live.wait(.events, until: .now) { nil as Bool? }
        guard case .state(let before, _) = try await live.ask(.state(nil)) else { throw .notRunning(live.name) }
        let limit = max(deadline - ContinuousClock.now, .zero)
        let number: ProposalNumber?
        do throws(ControlFailure) {
            number = try await live.propose(command, within: limit)
        } catch {
            // A host of an earlier version knows no limits, and so asks for no approval.
            guard error.code == .notSupported else { throw error }
            return nil
        }
        guard let number else { return nil }
        guard let typed = try await end(of: number, after: before.lastEvent) else {
            throw ControlFailure(
                .needsApproval,
                "nobody approved it in time; ask a person, or propose it for longer with proposal.create",
                data: ["proposal": .count(number.rawValue)])
        }
        return try await result(after: typed, output)
    }

    /// The event with which it was typed; `nil` where nobody answered in time.
    private func end(
        of number: ProposalNumber, after first: EventNumber
    ) async throws(ControlFailure) -> EventNumber? {
        let found = try await event(after: first, until: deadline.advanced(by: .seconds(2))) { entry in
            if case .proposalEnded(number, let how, let who) = entry.record { (entry.number, how, who) } else { nil }
        }
        guard let (event, how, who) = found else { return nil }
        switch how {
        case .typed: return event
        case .rejected:
            let name = who?.name ?? ""
            throw ControlFailure(
                .refused, "\(name.printable) refused the command; ask \(name.printable), and propose something else",
                data: ["operator": .string(name)])
        case .unapproved:
            throw ControlFailure(
                .needsApproval, "who approved it may not approve any more, and it was not typed; propose it once more",
                data: ["proposal": .count(number.rawValue)])
        case .expired, .left: return nil
        }
    }

    /// The command that the shell made of it, and how that ended.
    private func result(
        after typed: EventNumber, _ output: CommandOutput
    ) async throws(ControlFailure) -> JSONValue {
        let began = try await event(after: typed, until: deadline) { entry -> CommandRecord.Start? in
            if case .commandBegan(let start) = entry.record, start.approver != nil { start } else { nil }
        }
        guard let began else { return try await CommandResult(live: live, commands: []).json(output) }
        _ = try await live.wait(.events, until: deadline) { [live] in
            live.shell.isAtPrompt && live.shell.command >= began.number ? true : nil
        }
        guard case .commands(let commands) = try await live.ask(.commands(from: began.number, limit: 500)) else {
            throw .notRunning(live.name)
        }
        // Several lines that were approved as one are several commands.
        let all = commands.prefix { $0.start.approver != nil && $0.start.turn == began.turn }
        return try await CommandResult(live: live, commands: Array(all)).json(output)
    }

    /// The first event behind another one of which something is wanted.
    private func event<Found>(
        after first: EventNumber, until deadline: ContinuousClock.Instant,
        _ wanted: (JournalEntry) -> Found?
    ) async throws(ControlFailure) -> Found? {
        var last = first
        while true {
            let newest = live.lastEvent
            guard case .events(let entries, _) = try await live.ask(.events(from: last.next, limit: 500)) else {
                throw .notRunning(live.name)
            }
            for entry in entries { if let found = wanted(entry) { return found } }
            // Not every record is an event: what was there before the question is behind us.
            last = max(entries.last?.number ?? last, entries.count < 500 ? newest : last)
            let seen = last
            let isMore: Bool? = try await live.wait(.events, until: deadline) { [live] in
                live.lastEvent > seen ? true : nil
            }
            if isMore == nil { return nil }
        }
    }
}
