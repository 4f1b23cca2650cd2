import SessionModel
import Wire

extension ControlMethod {
    private static let lease = Schema.Property(
        "lease", .integer(1...600), "seconds for which you hold it at most, 30 if not said; it ends with the connection"
    )

    static let turnGet = ControlMethod(
        "turn.get", "say whose turn it is", scope: .session(.observe), traits: [.readOnly, .idempotent],
        result: JSONValue.turnSchema,
        verb: VerbForm("turn", [.session]) { result, _ in
            guard let holder = result["holder"]?.string else { return "Nobody steers.\n" }
            return "\(holder.printable) steers, in turn \(result["turn"]?.integer ?? 0).\n"
        }
    ) { call async throws(ControlFailure) in
        guard case .state(_, let notice) = try await call.live().ask(.state(nil)) else {
            throw .notRunning(call.session)
        }
        return .turn(notice)
    }

    static let turnAcquire = ControlMethod(
        "turn.acquire", "wait for the turn and hold it for a while",
        details: "A person's key press takes the turn from an agent at once; an agent never takes one from a person.",
        scope: .session(.steer), traits: .idempotent, parameters: [lease, ControlCall.within],
        result: JSONValue.turnSchema, failures: [.turnHeld, .onlyWatching]
    ) { call async throws(ControlFailure) in
        try await .turn(acquire(call, until: call.deadline(standard: 10)))
    }

    static let turnRenew = ControlMethod(
        "turn.renew", "hold the turn that is yours for another while", scope: .session(.steer), traits: .idempotent,
        parameters: [lease], result: JSONValue.turnSchema, failures: [.turnHeld, .onlyWatching]
    ) { call async throws(ControlFailure) in
        let live = try await call.live()
        let attachment = try await live.attachment()
        guard case .state(let state, let notice) = try await live.ask(.state(attachment)), state.holdsTurn else {
            throw try await .turnHeld(live)
        }
        guard case .acquired(true, let renewed) = try await live.ask(.acquire(attachment, lease: call.lease)) else {
            throw .turnHeld(notice)
        }
        return .turn(renewed)
    }

    static let turnRelease = ControlMethod(
        "turn.release", "let go of the turn, if it is yours", scope: .session(.steer), traits: .idempotent,
        result: JSONValue.turnSchema
    ) { call async throws(ControlFailure) in
        let live = try await call.live()
        _ = try await live.attachment()
        live.release()
        guard case .state(_, let notice) = try await live.ask(.state(nil)) else { throw .notRunning(call.session) }
        return .turn(notice)
    }

    static let turnTake = ControlMethod(
        "turn.take", "take the turn from somebody of a lower role, or from an agent", scope: .session(.steer),
        result: JSONValue.turnSchema, failures: [.turnHeld]
    ) { call async throws(ControlFailure) in
        let live = try await call.live()
        let attachment = try await live.attachment()
        live.take()
        guard case .state(let state, let notice) = try await live.ask(.state(attachment)) else {
            throw .notRunning(call.session)
        }
        guard state.holdsTurn else { throw .turnHeld(notice) }
        return .turn(notice)
    }

    /// Asks for the turn whenever it may be free, until the deadline.
    static func acquire(
        _ call: ControlCall, until deadline: ContinuousClock.Instant
    ) async throws(ControlFailure) -> TurnNotice {
        let live = try await call.live()
        let attachment = try await live.attachment()
        while true {
            guard case .acquired(let isHeld, let notice) = try await live.ask(.acquire(attachment, lease: call.lease))
            else { throw .notRunning(call.session) }
            guard !Task.isCancelled else {
                if isHeld { live.release() }
                throw .requestIsCancelled
            }
            if isHeld { return notice }
            let isFree: Bool? = try await live.wait(.events, until: deadline) {
                live.turn.holder == nil || live.turn != notice ? true : nil
            }
            guard isFree != nil else { throw .turnHeld(live.turn) }
        }
    }
}

extension ControlCall {
    var lease: Duration { .seconds(integer("lease") ?? 30) }
}
