import JSONText
import SessionModel
import Wire

extension LiveSession {
    /// Waits in the queue for the turn of the caller's attachment, until the deadline.
    ///
    /// - Returns: the turn, which is the caller's.
    func acquireTurn(
        lease: Duration, atPrompt: Bool, until deadline: ContinuousClock.Instant
    ) async throws(ControlFailure) -> TurnNotice {
        let attachment = try await attachment()
        let answer: ControlAnswer
        do throws(ControlFailure) {
            answer = try await ask(.act(attachment, .request(lease: lease, atPrompt: atPrompt)))
        } catch {
            // A host of an earlier version has no queue, but leases.
            guard error.code == .notSupported, !atPrompt else { throw error }
            return try await acquireFromOldHost(attachment, lease, until: deadline)
        }
        guard case .acted(let outcome, _, let notice, let queue) = answer else { throw .notRunning(name) }
        switch outcome {
        case .done: return notice
        case .already where notice.holder?.attachment == attachment:
            guard case .acquired(true, let held, _) = try await ask(.acquire(attachment, lease: lease)) else {
                throw .turnHeld(turn, queue.mode)
            }
            return held
        case .waits, .already, .noLead: break
        case .onlyWatching, .turnHeld, .notYours, .nobodyThere, .limited:
            throw ControlFailure(outcome, notice, queue.mode, in: name) ?? .turnHeld(notice, queue.mode)
        }
        do throws(ControlFailure) {
            return try await waitForTurn(of: attachment, until: deadline)
        } catch {
            // Whoever asked is not there any more to use it; a place from before is not this call's to give up.
            if outcome != .already { release() }
            throw error
        }
    }

    private func waitForTurn(
        of attachment: AttachmentID, until deadline: ContinuousClock.Instant
    ) async throws(ControlFailure) -> TurnNotice {
        let isOver: Bool? = try await wait(.events, until: deadline) { [self] in
            if turn.holder?.attachment == attachment { return true }
            return queue.waiting.contains { $0.who.attachment == attachment } ? nil : false
        }
        guard let isOver else { throw .turnHeld(turn, queue.mode) }
        guard isOver || turn.holder?.attachment == attachment else {
            throw ControlFailure(
                .refused, "you were refused the turn", data: JSONValue.turn(turn).object ?? JSONObject())
        }
        return turn
    }

    private func acquireFromOldHost(
        _ attachment: AttachmentID, _ lease: Duration, until deadline: ContinuousClock.Instant
    ) async throws(ControlFailure) -> TurnNotice {
        while true {
            switch try await ask(.acquire(attachment, lease: lease)) {
            case .acquired(true, let notice, _): return notice
            case .acquired(false, let notice, _):
                let isOther: Bool? = try await wait(.events, until: deadline) { [self] in
                    turn != notice ? true : nil
                }
                if isOther == nil { throw .turnHeld(notice, queue.mode) }
            case .notTyped(let refusal, let state, let notice): throw .notTyped(refusal, state, notice, queue.mode)
            default: throw .notRunning(name)
            }
        }
    }

    /// Takes the turn as hosts of all versions know it; whether that was so, the next state says.
    func takeFromOldHost() async throws(ControlFailure) -> TurnNotice {
        let attachment = try await attachment()
        take()
        guard case .state(let state, let notice) = try await ask(.state(attachment)) else { throw .notRunning(name) }
        guard state.holdsTurn else { throw .turnHeld(notice, queue.mode) }
        return notice
    }
}
