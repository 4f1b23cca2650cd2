import JSONText
import SessionModel
import Wire

/// One `command.run` of an agent whose commands need approval: proposed, approved, typed, ended.
struct ProposedRun {
    let command: String
    let live: any LiveSession
    let deadline: ContinuousClock.Instant
    let desk: any ControlDesk

    /// - Returns: `nil` where the agent's limits ask for no approval of that.
    func run(_ output: CommandOutput) async throws(ControlFailure) -> JSONValue? {
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
        let typed: EventNumber
        do throws(ControlFailure) {
            typed = try await end(of: number, after: before.lastEvent)
        } catch {
            // Nobody waits for it any more: it must not be typed behind the caller's back.
            if error.code == .cancelled { _ = try? await withdraw(number) }
            throw error
        }
        return try await result(of: number, after: typed, output)
    }

    /// The event with which it was typed.
    private func end(of number: ProposalNumber, after first: EventNumber) async throws(ControlFailure) -> EventNumber {
        if let end = try await ending(of: number, after: first, until: deadline) {
            return try await typed(end, number, after: first)
        }
        _ = try await withdraw(number)
        // It may have been typed at the last moment; what became of it is an event by now.
        guard let end = try await ending(of: number, after: first, until: .now.advanced(by: .seconds(2))) else {
            throw try await notTyped(number, after: first)
        }
        return try await typed(end, number, after: first)
    }

    private typealias Ending = (event: EventNumber, how: ProposalEnding, who: Operator?)

    private func ending(
        of number: ProposalNumber, after first: EventNumber, until deadline: ContinuousClock.Instant
    ) async throws(ControlFailure) -> Ending? {
        try await live.event(after: first, until: deadline) { entry in
            if case .proposalEnded(number, let how, let who) = entry.record { (entry.number, how, who) } else { nil }
        }
    }

    /// Takes it back: when the caller is told that it was not typed, it never is.
    private func withdraw(_ number: ProposalNumber) async throws(ControlFailure) {
        _ = try await live.ask(.decide(try await live.attachment(), number, command, isApproved: false))
    }

    private func typed(
        _ end: Ending, _ number: ProposalNumber, after first: EventNumber
    ) async throws(ControlFailure) -> EventNumber {
        switch end.how {
        case .typed: return end.event
        case .rejected:
            let name = end.who?.name ?? ""
            throw ControlFailure(
                .refused, "\(name.printable) refused the command; ask \(name.printable), and propose something else",
                data: ["operator": .string(name)])
        case .unapproved:
            throw ControlFailure(
                .needsApproval, "who approved it may not approve any more, and it was not typed; propose it once more",
                data: ["proposal": .count(number.rawValue)])
        case .expired, .left, .withdrawn: throw try await notTyped(number, after: first)
        }
    }

    /// Why it was not typed in time: nobody approved it, or somebody did and it could not be.
    private func notTyped(
        _ number: ProposalNumber, after first: EventNumber
    ) async throws(ControlFailure) -> ControlFailure {
        let approver = try await live.event(after: first, until: .now) { entry in
            if case .approved(number, let who) = entry.record { who.name } else { nil }
        }
        let data: JSONObject = JSONObject([("proposal", .count(number.rawValue))])
        guard let approver else {
            return ControlFailure(
                .needsApproval,
                "nobody approved it in time; ask a person, or propose it for longer with proposal.create", data: data)
        }
        let begin = "\(approver.printable) approved it, but it was not typed: "
        let end = "; propose it once more, or for longer with proposal.create"
        if live.queue.mode == .led {
            return ControlFailure(.turnHeld, begin + "no lead gave you the turn" + end, data: data)
        }
        if let holder = live.turn.holder {
            return ControlFailure(.turnHeld, begin + "\(holder.name.printable) kept the turn" + end, data: data)
        }
        let isPaste = live.shell.isReady && command.utf8.contains { $0 < 0x20 }
        let reason =
            isPaste
            ? "the shell takes no pastes now, as a command of several lines needs"
            : "the prompt did not stand in time, with nothing typed there"
        return ControlFailure(.noPrompt, begin + reason + end, data: data)
    }

    /// The command that the shell made of it, and how that ended.
    private func result(
        of number: ProposalNumber, after typed: EventNumber, _ output: CommandOutput
    ) async throws(ControlFailure) -> JSONValue {
        do throws(ControlFailure) {
            let commands = try await commands(of: number, after: typed)
            return try await CommandResult(commands: commands).json(output, from: live)
        } catch {
            guard error.code == .notRunning else { throw error }
            let own = OwnCommands(origin: .proposal(number), first: CommandNumber(rawValue: 1))
            guard let result = try? await own.result(output, from: desk.past(live.name, .at(typed))) else {
                throw error
            }
            return result
        }
    }

    private func commands(
        of number: ProposalNumber, after typed: EventNumber
    ) async throws(ControlFailure) -> [CommandRecord] {
        let beginning = try await live.event(after: typed, until: deadline) { entry -> Beginning? in
            switch entry.record {
            case .commandBegan(let start) where start.isOf(number): .began(start)
            case .lineDropped: .dropped
            // The session ends the turn when the next prompt stands: the shell made nothing of it, as of a comment.
            case .turnEnded(_, _, .released) where live.shell.isAtPrompt: .nothing
            default: nil
            }
        }
        let began: CommandRecord.Start
        switch beginning {
        case .began(let start)?: began = start
        case .dropped?: throw .isNotWhole(.session)
        case .nothing?: throw .nothingRan(printed: "")
        case nil: throw .hasNotBegun
        }
        let own = OwnCommands(origin: began.origin, first: began.number, turn: began.turn)
        while true {
            let shell = live.shell
            let commands = try await own.all(in: live)
            if let last = commands.last, last.end != nil, shell.isAtPrompt || shell.command > last.number {
                if try await live.hasDroppedLine(after: typed, in: began.turn, until: .now) {
                    throw .isNotWhole(.session)
                }
                return commands
            }
            guard ContinuousClock.now < deadline else { return commands }
            _ = try await live.wait(.events, until: deadline) { [live] in live.shell != shell ? true : nil }
        }
    }

    /// What became of a command that was typed.
    private enum Beginning {
        case began(CommandRecord.Start)
        /// The shell waited for the rest of it.
        case dropped
        /// The next prompt stands, and no command began.
        case nothing
    }
}

extension CommandRecord.Start {
    /// Whether that proposal is what typed it; hosts of earlier versions say only that somebody approved it.
    fileprivate func isOf(_ number: ProposalNumber) -> Bool {
        origin.map { $0 == .proposal(number) } ?? (approver != nil)
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
