import Platform
import SystemPackage
import Wire

/// A connection whose host has not said anything yet, and those who wait for that.
final class HostGreeting {
    enum Outcome {
        case heard
        /// One that ends just now has a socket, and may never take the connection.
        case gone
        case silent
    }

    /// How long a host has for its first words.
    private static let timeout = Duration.seconds(5)
    /// How long those wait who come when it has let others wait in vain.
    private static let shortTimeout = Duration.milliseconds(500)

    let connection: HostConnection
    private let loop: EventLoop
    private var waiting: [(Outcome) -> Void] = []
    private var timer: EventLoop.TimerID?
    private var isLate = false
    /// Called once, when there is nothing more to wait for.
    var over: (() -> Void)?

    init(_ connection: HostConnection, on loop: EventLoop) {
        self.connection = connection
        self.loop = loop
        connection.handler = { [weak self] message, descriptors in self?.heard(message, descriptors) }
        connection.closed = { [weak self] in self?.settle(.gone) }
    }

    /// Waits for the first words. Of several who do, the first has the connection.
    func wait(_ outcome: @escaping (Outcome) -> Void) {
        waiting.append(outcome)
        guard timer == nil else { return }
        timer = loop.schedule(after: isLate ? Self.shortTimeout : Self.timeout) { [weak self] in self?.timeIsUp() }
    }

    /// The connection stays: whoever comes next waits on it, and needs no other that the host never takes.
    private func timeIsUp() {
        timer = nil
        isLate = true
        let waiting = waiting
        self.waiting = []
        for outcome in waiting { outcome(.silent) }
    }

    private func heard(_ message: HostMessage, _ descriptors: [FileDescriptor]) {
        let connection = connection
        connection.handler = nil
        connection.closed = nil
        let isWanted = !waiting.isEmpty
        settle(.heard)
        guard isWanted else {
            for descriptor in descriptors { _ = OwnedDescriptor(taking: descriptor) }
            return connection.close()
        }
        connection.handler?(message, descriptors)
    }

    private func settle(_ outcome: Outcome) {
        if let timer { loop.cancel(timer) }
        timer = nil
        let (waiting, over) = (waiting, over)
        (self.waiting, self.over) = ([], nil)
        over?()
        for (index, waiter) in waiting.enumerated() {
            // What is left of them begins again: there may be a host by now, or none.
            waiter(index > 0 && outcome == .heard ? .gone : outcome)
        }
    }
}
