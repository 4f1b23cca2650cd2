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
        try await acquire(call, until: call.deadline(standard: 10))
    }

    static let turnRenew = ControlMethod(
        "turn.renew", "hold the turn that is yours for another while, unless somebody waits for it",
        scope: .session(.steer), traits: .idempotent,
        parameters: [lease], result: JSONValue.queueSchema, failures: [.turnHeld, .onlyWatching, .limited]
    ) { call async throws(ControlFailure) in
        let live = try await call.live()
        let attachment = try await live.attachment()
        guard case .state(let state, let notice) = try await live.ask(.state(attachment)), state.holdsTurn else {
            throw try await .turnHeld(live)
        }
        switch try await live.ask(.acquire(attachment, lease: call.lease)) {
        case .acquired(true, let renewed): return .turn(renewed, live.queue)
        case .notTyped(let refusal, let state, let notice): throw .notTyped(refusal, state, notice)
        default: throw .turnHeld(notice)
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
        ], failures: [.onlyWatching, .already, .limited]
    ) { call async throws(ControlFailure) in
        let (answer, place) = try await act(.request(lease: call.lease, atPrompt: call.isAtPrompt), call)
        var object = answer.object ?? JSONObject()
        object["place"] = JSONValue(place) { .count($0) }
        return .object(object)
    }

    static let turnGrant = ControlMethod(
        "turn.grant", "give the turn, which is yours or which you lead, to who waits first or to somebody",
        scope: .session(.steer), parameters: [whom, at], result: JSONValue.queueSchema,
        failures: [.notAllowed, .nobodyThere, .already],
        verb: VerbForm("grant", [.session, .init("to", "OPERATOR")]) { result, _ in
            result["holder"]?.string.map { "\($0.printable) steers.\n" } ?? "Nobody steers.\n"
        }
    ) { call async throws(ControlFailure) in
        try await act(.grant(try await target(call), atPrompt: call.isAtPrompt), call).answer
    }

    static let turnRefuse = ControlMethod(
        "turn.refuse", "say no to who asked first for the turn, or to somebody", scope: .session(.steer),
        parameters: [whom], result: JSONValue.queueSchema, failures: [.notAllowed, .nobodyThere]
    ) { call async throws(ControlFailure) in try await act(.refuse(try await target(call)), call).answer }

    static let turnTake = ControlMethod(
        "turn.take", "take the turn from somebody of a lower role, or from an agent", scope: .session(.steer),
        parameters: [at], result: JSONValue.queueSchema, failures: [.turnHeld, .limited]
    ) { call async throws(ControlFailure) in
        do throws(ControlFailure) {
            return try await act(.take(atPrompt: call.isAtPrompt), call).answer
        } catch {
            guard error.code == .already else { throw error }
            return .turn(try await call.live().turn, try await call.live().queue)
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
        if let failure = ControlFailure(outcome, notice, in: call.session) { throw failure }
        return (.turn(notice, queue), place)
    }

    /// Waits in the queue until the deadline.
    static func acquire(
        _ call: ControlCall, until deadline: ContinuousClock.Instant
    ) async throws(ControlFailure) -> JSONValue {
        let live = try await call.live()
        let attachment = try await live.attachment()
        let request = TurnAct.request(lease: call.lease, atPrompt: call.isAtPrompt)
        guard case .acted(let outcome, _, let notice, _) = try await live.ask(.act(attachment, request)) else {
            throw .notRunning(call.session)
        }
        switch outcome {
        case .done: return .turn(notice, live.queue)
        case .already where notice.holder?.attachment == attachment:
            _ = try await live.ask(.acquire(attachment, lease: call.lease))
            return .turn(live.turn, live.queue)
        case .waits, .already, .noLead: break
        case .onlyWatching, .turnHeld, .notYours, .nobodyThere, .limited:
            throw ControlFailure(outcome, notice, in: call.session) ?? .turnHeld(notice)
        }
        do throws(ControlFailure) {
            return try await waitForTurn(live, attachment, until: deadline)
        } catch {
            // Whoever asked is not there any more to use it; a place from before is not this call's to give up.
            if outcome != .already { live.release() }
            throw error
        }
    }

    private static func waitForTurn(
        _ live: any LiveSession, _ attachment: AttachmentID, until deadline: ContinuousClock.Instant
    ) async throws(ControlFailure) -> JSONValue {
        let isOver: Bool? = try await live.wait(.events, until: deadline) {
            if live.turn.holder?.attachment == attachment { return true }
            return live.queue.waiting.contains { $0.who.attachment == attachment } ? nil : false
        }
        guard let isOver else { throw .turnHeld(live.turn) }
        guard isOver || live.turn.holder?.attachment == attachment else {
            throw ControlFailure(
                .refused, "you were refused the turn", data: JSONValue.turn(live.turn).object ?? JSONObject())
        }
        return .turn(live.turn, live.queue)
    }
}

extension ControlCall {
    var lease: Duration { .seconds(integer("lease") ?? 30) }
    var isAtPrompt: Bool { text("at") == "prompt" }
}

extension ControlFailure {
    /// Why an act about the turn came to nothing; `nil` for one that did not.
    init?(_ outcome: TurnOutcome, _ notice: TurnNotice, in session: SessionName) {
        let data = JSONValue.turn(notice).object ?? JSONObject()
        switch outcome {
        case .done, .waits, .noLead: return nil
        case .onlyWatching:
            self.init(.onlyWatching, "you only watch in '\(session)'; ask a lead for another role", data: data)
        case .turnHeld: self = .turnHeld(notice)
        case .already: self.init(.already, "you have the turn already, or wait for it already", data: data)
        case .notYours:
            self.init(
                .notAllowed, "the turn is not yours to give: you neither hold it nor lead; ask who steers, or a lead",
                data: data)
        case .nobodyThere:
            self.init(.nobodyThere, "whom you mean is not attached, may not steer, or does not wait", data: data)
        case .limited:
            self.init(
                .limited, "not now: your budget for this hour is spent, or no person is attached to watch over you",
                data: data)
        }
    }
}
