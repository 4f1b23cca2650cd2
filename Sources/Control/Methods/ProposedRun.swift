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
        let found = try await live.event(after: first, until: deadline.advanced(by: .seconds(2))) { entry in
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
        let beginning = try await live.event(after: typed, until: deadline) { entry -> Beginning? in
            switch entry.record {
            case .commandBegan(let start) where start.approver != nil: .began(start)
            case .lineDropped: .dropped
            default: nil
            }
        }
        guard let beginning else { return try await CommandResult(live: live, commands: []).json(output) }
        guard case .began(let began) = beginning else { throw .isNotWhole(.session) }
        _ = try await live.wait(.events, until: deadline) { [live] in
            live.shell.isAtPrompt && live.shell.command >= began.number ? true : nil
        }
        if try await live.hasDroppedLine(after: typed, in: began.turn, until: .now) { throw .isNotWhole(.session) }
        guard case .commands(let commands) = try await live.ask(.commands(from: began.number, limit: 500)) else {
            throw .notRunning(live.name)
        }
        // Several lines that were approved as one are several commands.
        let all = commands.prefix { $0.start.approver != nil && $0.start.turn == began.turn }
        return try await CommandResult(live: live, commands: Array(all)).json(output)
    }

    /// What became of a command that was typed.
    private enum Beginning {
        case began(CommandRecord.Start)
        /// The shell waited for the rest of it.
        case dropped
    }
}

extension LiveSession {
    /// Whether the session itself dropped a line that was not whole: in that turn, or in any where none is said.
    func hasDroppedLine(
        after first: EventNumber, in turn: TurnNumber?, until deadline: ContinuousClock.Instant
    ) async throws(ControlFailure) -> Bool {
        let found: Bool? = try await event(after: first, until: deadline) { entry in
            guard case .lineDropped(let dropped) = entry.record, turn == nil || dropped == turn else { return nil }
            return true
        }
        return found != nil
    }

    /// The first event behind another one of which something is wanted.
    func event<Found>(
        after first: EventNumber, until deadline: ContinuousClock.Instant,
        _ wanted: (JournalEntry) -> Found?
    ) async throws(ControlFailure) -> Found? {
        var last = first
        while true {
            let newest = lastEvent
            guard case .events(let entries, _) = try await ask(.events(from: last.next, limit: 500)) else {
                throw .notRunning(name)
            }
            for entry in entries { if let found = wanted(entry) { return found } }
            // Not every record is an event: what was there before the question is behind us.
            last = max(entries.last?.number ?? last, entries.count < 500 ? newest : last)
            let seen = last
            let isMore: Bool? = try await wait(.events, until: deadline) { [weak self] in
                self.map { $0.lastEvent > seen } == true ? true : nil
            }
            if isMore == nil { return nil }
        }
    }
}
