/// Work that strangers cause, done a little in each round of the loop, in turns among those who cause it.
///
/// A key exchange costs half a millisecond, a look at where a local client runs as much, and anybody may ask for
/// thousands: so they have their turns between the rounds that serve whoever is in. Confined to its loop.
package final class FairQueue {
    /// How long strangers are served in one round.
    private static let slice = Duration.microseconds(500)

    private let loop: EventLoop
    /// By who causes it; the work of one is done in the order in which it came.
    private var waiting: [String: [() -> Void]] = [:]
    /// Those who have some waiting, the next first.
    private var order: [String] = []
    private var isScheduled = false

    package init(on loop: EventLoop) { self.loop = loop }

    /// Does the work once, soon, never from inside this call.
    package func add(for asker: String, _ work: @escaping () -> Void) {
        waiting[asker, default: []].append(work)
        if waiting[asker]?.count == 1 { order.append(asker) }
        goOnLater()
    }

    private func goOnLater() {
        guard !isScheduled, !order.isEmpty else { return }
        isScheduled = true
        // Not after this round, which would be in it: others are served in between.
        loop.schedule(after: .zero) { [self] in
            isScheduled = false
            doSome()
            goOnLater()
        }
    }

    private func doSome() {
        let end = ContinuousClock.now.advanced(by: Self.slice)
        repeat {
            guard let work = next() else { return }
            work()
        } while ContinuousClock.now < end
    }

    private func next() -> (() -> Void)? {
        guard !order.isEmpty else { return nil }
        let asker = order.removeFirst()
        let work = waiting[asker]?.removeFirst()
        if waiting[asker]?.isEmpty == false { order.append(asker) } else { waiting[asker] = nil }
        return work
    }
}
