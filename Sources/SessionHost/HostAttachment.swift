import SessionModel
import Wire

/// One operator's live view of the session, as the host keeps it.
struct HostAttachment {
    let id: AttachmentID
    let reference: Reference
    let frontEnd: FrontEnd
    let request: AttachRequest
    let since: Moment
    var role: Role
    /// False while it only watches, by the way it attached or by its operator's wish.
    var isSteering: Bool
    /// Whether it is re-rendered from screen updates.
    var isShownUpdates = false
    /// Bytes of input dealt with, of which the front-end was not told yet.
    var unannounced = 0
    var typing = AttachmentTyping()
    /// What the configuration keeps its agent from doing by itself.
    var limits = AgentLimits.none
    /// `nil` for a client without a window.
    var size: TerminalSize?

    /// - Parameter isChaperoned: by the configuration or by a lead.
    func participant(isChaperoned: Bool) -> Participant {
        Participant(
            id: id, key: request.who.key.fingerprint, kind: request.who.kind, role: role,
            isSteering: isSteering, isChaperoned: isChaperoned)
    }

    var maySteer: Bool { participant(isChaperoned: false).maySteer }
    /// Whether its operator answers agents' proposals: who attached to watch does nothing that reaches the session.
    var isJudge: Bool { judge.isAllowed }

    var judge: Proposals.Judge {
        Proposals.Judge(
            name: request.who.name, key: request.who.key.fingerprint, kind: request.who.kind,
            role: request.isSteering ? role : .observer)
    }

    var holder: TurnHolder { TurnHolder(attachment: id, name: request.who.name, kind: request.who.kind) }
}
