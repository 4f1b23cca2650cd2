/// One method that waits for something to become true.
final class ControlWait {
    private enum State {
        case new
        case waiting(CheckedContinuation<Void, Never>, check: () -> Bool)
        case settled
    }

    private var state = State.new

    /// Comes back when the check holds, or ``settle()`` is called.
    func wait(for check: @escaping () -> Bool) async {
        await withCheckedContinuation { continuation in
            // What happened on the way here counts, too.
            guard case .new = state, !check() else {
                state = .settled
                return continuation.resume()
            }
            state = .waiting(continuation, check: check)
        }
    }

    func look() {
        if case .waiting(_, let check) = state, check() { settle() }
    }

    func settle() {
        let old = state
        state = .settled
        if case .waiting(let continuation, _) = old { continuation.resume() }
    }
}
