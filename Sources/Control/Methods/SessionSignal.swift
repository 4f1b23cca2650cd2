import JSONText
import SessionModel
import Wire

extension ControlMethod {
    private static let names = ["HUP", "INT", "QUIT", "TERM", "KILL", "USR1", "USR2", "ALRM", "ABRT", "PIPE"]

    static let sessionSignal = ControlMethod(
        "session.signal", "send a signal to what has the terminal's foreground",
        details: "Signals follow the turn: it has to be yours, or nobody's.", scope: .session(.steer),
        parameters: [.init("signal", .word(names), isRequired: true, "its name without SIG")],
        result: [.init("signal", .text, isRequired: true, "what was sent")],
        failures: [.turnHeld, .onlyWatching, .needsApproval, .limited],
        verb: VerbForm("signal", [.session, .init("signal", "SIGNAL")]) { result, _ in
            "\(result["signal"]?.string ?? "") sent.\n"
        }
    ) { call async throws(ControlFailure) in
        let live = try await call.live()
        let name = call.text("signal") ?? "INT"
        switch try await live.ask(.signal(try await live.attachment(), name: name)) {
        case .done(true): break
        case .notTyped(let refusal, let state, let notice): throw .notTyped(refusal, state, notice, live.queue.mode)
        default: throw try await .turnHeld(live)
        }
        return ["signal": .string(name)]
    }

    static let sessionFreeze = freeze(
        "session.freeze", "stop all processes of a session, as they are", verb: "freeze", isFrozen: true)

    static let sessionThaw = freeze(
        "session.thaw", "let the processes of a frozen session go on", verb: "thaw", isFrozen: false)

    private static func freeze(_ name: String, _ summary: String, verb: String, isFrozen: Bool) -> ControlMethod {
        ControlMethod(
            name, summary, scope: .session(.runBeside), traits: .idempotent,
            result: [.init("frozen", .boolean, isRequired: true, "how it stands now")],
            verb: VerbForm(verb, [.session]) { _, call in
                "'\(call.session)' \(isFrozen ? "is frozen" : "goes on").\n"
            }
        ) { call async throws(ControlFailure) in
            _ = try await call.live().ask(.freeze(isFrozen, by: call.desk.caller))
            return ["frozen": .bool(isFrozen)]
        }
    }
}

extension ControlFailure {
    /// The turn is somebody else's: whose.
    static func turnHeld(_ live: any LiveSession) async throws(ControlFailure) -> ControlFailure {
        guard case .state(_, let notice) = try await live.ask(.state(nil)) else { return .notRunning(live.name) }
        return turnHeld(notice, live.queue.mode)
    }

    static func turnHeld(_ notice: TurnNotice, _ mode: TurnMode) -> ControlFailure {
        let holder = notice.holder.flatMap { $0.isKept ? nil : $0.name.printable }
        // Hosts of earlier versions do not say for whom it is kept.
        let kept = "the turn is kept for \(notice.holder?.name.printable ?? "somebody"), who was cut off"
        let sentence =
            mode == .led
            ? "\(holder.map { "\($0) steers" } ?? (notice.holder == nil ? "nobody steers" : kept)), and only a lead "
                + "gives the turn in this session; wait for it with turn.acquire, or ask a lead"
            : holder.map { "\($0) steers; wait for the turn with turn.acquire, or ask \($0) to let go" }
                ?? "\(kept); wait for it with turn.acquire"
        return ControlFailure(.turnHeld, sentence, data: JSONValue.turn(notice).object ?? JSONObject())
    }
}
