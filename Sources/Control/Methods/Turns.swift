import JSONText
import SessionModel
import Wire

extension ControlMethod {
    private static let lease = Schema.Property(
        "lease", .integer(1...600), "seconds for which you hold it at most, 30 if not said; it ends with the connection"
    )
    private static let at = Schema.Property(
        "at", .word(["once", "prompt"]),
        "prompt: only when the prompt stands and nothing is typed there; once if not said")

    static let turnGet = ControlMethod(
        "turn.get", "say whose turn it is, and who waits for it", scope: .session(.observe),
        traits: [.readOnly, .idempotent], result: JSONValue.queueSchema,
        verb: VerbForm("turn", [.session]) { result, _ in
            let waiting = (result["waiting"]?.array ?? []).compactMap { $0["operator"]?.string?.printable }
            let wait = waiting.isEmpty ? "" : " Waiting: \(waiting.joined(separator: ", "))."
            guard let holder = result["holder"]?.string else { return "Nobody steers.\(wait)\n" }
            guard result["kept"]?.bool != true else {
                return "The turn is kept for \(holder.printable), who was cut off.\(wait)\n"
            }
            return "\(holder.printable) steers, in turn \(result["turn"]?.integer ?? 0).\(wait)\n"
        }
    ) { call async throws(ControlFailure) in
        let live = try await call.live()
        guard case .state(_, let notice) = try await live.ask(.state(nil)) else { throw .notRunning(call.session) }
        return .turn(notice, live.queue)
    }

    static let turnAcquire = ControlMethod(
        "turn.acquire", "wait for the turn in the queue, and hold it for a while",
        details: "A person's key press takes the turn from an agent at once; an agent never takes one from a person.",
        scope: .session(.steer), traits: .idempotent, parameters: [lease, at, ControlCall.within],
        result: JSONValue.queueSchema, failures: [.turnHeld, .onlyWatching, .limited, .refused]
    ) { call async throws(ControlFailure) in
        let live = try await call.live()
        let notice = try await live.acquireTurn(
            lease: call.lease, atPrompt: call.isAtPrompt, until: call.deadline(standard: 10))
        return .turn(notice, live.queue)
    }

    static let turnRenew = ControlMethod(
        "turn.renew", "hold the turn that is yours for another while, unless somebody waits for it",
        scope: .session(.steer), traits: .idempotent,
        parameters: [lease],
        result: JSONValue.queueSchema + [
            .init(
                "renewed", .boolean, isRequired: true, "whether the lease began anew; not while somebody waits"),
            .init("endsIn", .optional(.number), isRequired: true, "seconds until it ends; null for no lease"),
        ], failures: [.turnHeld, .onlyWatching, .limited]
    ) { call async throws(ControlFailure) in
        let live = try await call.live()
        let attachment = try await live.attachment()
        guard case .state(let state, let notice) = try await live.ask(.state(attachment)), state.holdsTurn else {
            throw try await .turnHeld(live)
        }
        switch try await live.ask(.acquire(attachment, lease: call.lease)) {
        case .acquired(true, let held, let lease):
            var object = JSONValue.turn(held, live.queue).object ?? JSONObject()
            // Hosts of earlier versions do not say it.
            object["renewed"] = .bool(lease?.isRenewed ?? live.queue.waiting.isEmpty)
            object["endsIn"] = JSONValue(lease?.endsIn) { .seconds($0) }
            return .object(object)
        case .notTyped(let refusal, let state, let notice): throw .notTyped(refusal, state, notice, live.queue.mode)
        default: throw .turnHeld(notice, live.queue.mode)
        }
    }

    static let turnRelease = ControlMethod(
        "turn.release", "let go of the turn, if it is yours, or of your place in the queue", scope: .session(.steer),
        traits: .idempotent, result: JSONValue.queueSchema
    ) { call async throws(ControlFailure) in
        let live = try await call.live()
        _ = try await live.attachment()
        live.release()
        guard case .state(_, let notice) = try await live.ask(.state(nil)) else { throw .notRunning(call.session) }
        return .turn(notice, live.queue)
    }

    static let turnRequest = ControlMethod(
        "turn.request", "ask for the turn, and go on; turn.release withdraws it", scope: .session(.steer),
        parameters: [lease, at],
        result: JSONValue.queueSchema + [
            .init("place", .optional(.count), isRequired: true, "among those who wait; null where it is yours already")
        ], failures: [.onlyWatching, .already, .limited, .notSupported]
    ) { call async throws(ControlFailure) in
        let (answer, place) = try await act(.request(lease: call.lease, atPrompt: call.isAtPrompt), call)
        var object = answer.object ?? JSONObject()
        object["place"] = JSONValue(place) { .count($0) }
        return .object(object)
    }

    static let turnGrant = ControlMethod(
        "turn.grant", "give the turn, which is yours or which you lead, to who waits first or to somebody",
        scope: .session(.steer), parameters: [whom, at], result: JSONValue.queueSchema,
        failures: [.notAllowed, .nobodyThere, .already, .notSupported],
        verb: VerbForm("grant", [.session, .init("to", "[OPERATOR]")]) { result, call in
            let holder = result["holder"]?.string.map { "\($0.printable) steers." } ?? "Nobody steers."
            return call.isAtPrompt ? "\(holder) The turn goes over once the prompt stands.\n" : "\(holder)\n"
        }
    ) { call async throws(ControlFailure) in
        try await act(.grant(try await target(call), atPrompt: call.isAtPrompt), call).answer
    }

    static let turnRefuse = ControlMethod(
        "turn.refuse", "say no to who asked first for the turn, or to somebody", scope: .session(.steer),
        parameters: [whom], result: JSONValue.queueSchema, failures: [.notAllowed, .nobodyThere, .notSupported],
        verb: VerbForm("refuse-turn", [.session, .init("to", "[OPERATOR]")]) { result, _ in
            let waiting = (result["waiting"]?.array ?? []).compactMap { $0["operator"]?.string?.printable }
            return waiting.isEmpty ? "Nobody waits any more.\n" : "Still waiting: \(waiting.joined(separator: ", ")).\n"
        }
    ) { call async throws(ControlFailure) in try await act(.refuse(try await target(call)), call).answer }

    static let turnTake = ControlMethod(
        "turn.take", "take the turn from somebody of a lower role, or from an agent", scope: .session(.steer),
        parameters: [at], result: JSONValue.queueSchema, failures: [.turnHeld, .limited]
    ) { call async throws(ControlFailure) in
        do throws(ControlFailure) {
            return try await act(.take(atPrompt: call.isAtPrompt), call).answer
        } catch {
            let live = try await call.live()
            switch error.code {
            case .already: return .turn(live.turn, live.queue)
            case .notSupported where !call.isAtPrompt: return .turn(try await live.takeFromOldHost(), live.queue)
            default: throw error
            }
        }
    }

    private static let whom = Schema.Property(
        "to", .string(limit: 64), "an operator's name, or the number of an attachment; without it, who waits first")

    /// The attachment that is meant: of several of one operator, the one that waits, or else the newest.
    private static func target(_ call: ControlCall) async throws(ControlFailure) -> AttachmentID? {
        guard let text = call.text("to") else { return nil }
        if let number = UInt32(text) { return AttachmentID(rawValue: number) }
        let live = try await call.live()
        if let waiting = live.queue.waiting.first(where: { $0.who.name == text }) { return waiting.who.attachment }
        let found = await live.describe()?.attachments.filter { $0.operatorName == text && $0.isSteering }
        guard let newest = found?.map(\.id).max() else {
            throw ControlFailure(
                .nobodyThere,
                "'\(text.printable)' is not attached to '\(call.session)', or only watches; 'who' lists who is")
        }
        return newest
    }

    private static func act(
        _ act: TurnAct, _ call: ControlCall
    ) async throws(ControlFailure) -> (answer: JSONValue, place: UInt32?) {
        let live = try await call.live()
        guard
            case .acted(let outcome, let place, let notice, let queue) = try await live.ask(
                .act(try await live.attachment(), act))
        else { throw .notRunning(call.session) }
        if case .request = act, outcome == .noLead { return (.turn(notice, queue), place) }
        if let failure = ControlFailure(outcome, notice, queue.mode, in: call.session) { throw failure }
        return (.turn(notice, queue), place)
    }
}

extension ControlCall {
    var lease: Duration { .seconds(integer("lease") ?? 30) }
    var isAtPrompt: Bool { text("at") == "prompt" }
}

extension ControlFailure {
    /// Why an act about the turn came to nothing; `nil` for one that did not.
    init?(_ outcome: TurnOutcome, _ notice: TurnNotice, _ mode: TurnMode, in session: SessionName) {
        let data = JSONValue.turn(notice).object ?? JSONObject()
        switch outcome {
        case .done, .waits: return nil
        case .noLead:
            self.init(
                .turnHeld,
                "only a lead gives the turn in '\(session)', and none is attached; wait for it with turn.acquire",
                data: data)
        case .onlyWatching:
            self.init(.onlyWatching, "you only watch in '\(session)'; ask a lead for another role", data: data)
        case .turnHeld: self = .turnHeld(notice, mode)
        case .already: self.init(.already, "you have the turn already, or wait for it already", data: data)
        case .notYours:
            let sentence =
                mode == .led
                ? "the turn is not yours to give: only a lead gives it in '\(session)'; ask one"
                : "the turn is not yours to give: you neither hold it nor lead; ask who steers, or a lead"
            self.init(.notAllowed, sentence, data: data)
        case .nobodyThere:
            self.init(.nobodyThere, "whom you mean is not attached, may not steer, or does not wait", data: data)
        case .limited:
            self.init(
                .limited, "not now: your budget for this hour is spent, or no person is attached to watch over you",
                data: data)
        }
    }
}
