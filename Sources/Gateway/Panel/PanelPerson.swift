import SessionModel
import Wire

/// One attachment as the panel's page shows it.
struct PanelPerson: Hashable {
    let name: String
    let role: Role
    let does: String
    let attachedFor: Duration

    init(_ attachment: AttachmentDescription, in session: SessionDescription) {
        let isAgent = attachment.kind == .agent && attachment.role != .agent
        name = attachment.operatorName.stripped + (isAgent ? " (agent)" : "")
        role = attachment.role
        attachedFor = attachment.attachedFor
        if session.turn.holder?.attachment == attachment.id {
            does = "steers"
        } else {
            does = attachment.isSteering && role.may(.steer) ? "may type" : "watches"
        }
    }

    var columns: [String] { [name, role.name, does, attachedFor.brief] }
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
