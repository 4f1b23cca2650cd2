import SessionModel
import Wire

/// One attachment as the panel's page shows it.
struct PanelPerson: Hashable {
    let id: AttachmentID
    let name: String
    let role: Role
    let does: String
    let isHolder: Bool
    /// Whether the turn may be given to this one.
    let maySteer: Bool
    let attachedFor: Duration

    init(_ attachment: AttachmentDescription, in session: SessionDescription) {
        let isAgent = attachment.kind == .agent && attachment.role != .agent
        id = attachment.id
        name = attachment.operatorName.stripped + (isAgent ? " (agent)" : "")
        role = attachment.role
        attachedFor = attachment.attachedFor
        isHolder = session.turn.holder?.attachment == attachment.id
        maySteer = attachment.isSteering && role.may(.steer)
        does = isHolder ? "steers" : maySteer ? "may type" : "watches"
    }

    /// What the page `who` shows of it; the place among those who wait comes before what it may do.
    func columns(in queue: TurnQueue) -> [String] {
        let waits = queue.place(of: id).map { "waits, \($0) of \(queue.waiting.count)" }
        return [name, role.name, isHolder ? does : waits ?? does, attachedFor.brief]
    }
}

extension TurnQueue {
    /// The place of one who waits, from 1.
    func place(of id: AttachmentID) -> Int? { waiting.firstIndex { $0.who.attachment == id }.map { $0 + 1 } }
}

extension Duration {
    /// `42s`, `17m`, `5h`, `3d`: as much as one wants to know.
    var brief: String {
        let seconds = max(0, components.seconds)
        switch seconds {
        case ..<120: return "\(seconds)s"
        case ..<7_200: return "\(seconds / 60)m"
        case ..<172_800: return "\(seconds / 3_600)h"
        default: return "\(seconds / 86_400)d"
        }
    }
}
