private import Synchronization

/// A sum that several loops add to; `nil` until all have.
final class Counting: Sendable {
    private let state: Mutex<(missing: Int, sum: Int)>

    init(missing: Int) { state = Mutex((missing, 0)) }

    func add(_ count: Int) {
        state.withLock { state in
            state.missing -= 1
            state.sum += count
        }
    }

    var total: Int? { state.withLock { $0.missing == 0 ? $0.sum : nil } }
}
