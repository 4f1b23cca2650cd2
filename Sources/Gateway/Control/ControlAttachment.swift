import Control
import SessionModel
import Wire

/// A script's or an agent's own attachment: it has no terminal, but its turns and its input are its key's.
final class ControlAttachment {
    private enum State {
        case waiting([CheckedContinuation<AttachmentID?, Never>])
        case attached(AttachmentID)
        case gone
    }

    private var state = State.waiting([])

    /// Its number; `nil` where it is gone.
    func number() async -> AttachmentID? {
        await withCheckedContinuation { continuation in
            switch state {
            case .attached(let id): continuation.resume(returning: id)
            case .gone: continuation.resume(returning: nil)
            case .waiting(let others): state = .waiting(others + [continuation])
            }
        }
    }

    var isWaiting: Bool { if case .waiting = state { true } else { false } }
    var isGone: Bool { if case .gone = state { true } else { false } }

    func attached(as id: AttachmentID) { settle(.attached(id), id) }

    /// The session is over, a lead removed it, or its caller left.
    func removed() { settle(.gone, nil) }

    private func settle(_ new: State, _ id: AttachmentID?) {
        guard case .waiting(let waiting) = state else {
            state = new
            return
        }
        state = new
        for continuation in waiting { continuation.resume(returning: id) }
    }
}
