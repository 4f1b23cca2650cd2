import Platform
import SystemPackage

/// What goes to a terminal that may take it slowly, or not at all. Confined to its loop.
final class TerminalWriter {
    private let descriptor: OwnedDescriptor
    private let loop: EventLoop
    private var queue: [UInt8] = []
    private var isWatched = false
    /// Called whenever everything was written.
    var drained: (() -> Void)?

    init(_ descriptor: consuming OwnedDescriptor, on loop: EventLoop) {
        self.descriptor = descriptor
        self.loop = loop
    }

    var backlog: Int { queue.count }

    func write(_ bytes: [UInt8]) {
        queue += bytes
        flush()
    }

    /// Writes what is taken now, and forgets the rest.
    func writeLast(_ bytes: [UInt8]) {
        queue = bytes
        flush()
        queue = []
    }

    private func flush() {
        while !queue.isEmpty {
            // A terminal that is gone takes everything.
            let outcome = queue.withUnsafeBytes { try? descriptor.borrowed.writeAvailable($0) }
            guard let outcome else { queue = []; break }
            guard case .completed(let count) = outcome, count > 0 else { break }
            queue.removeFirst(count)
        }
        watch(!queue.isEmpty)
        if queue.isEmpty { drained?() }
    }

    private func watch(_ isNeeded: Bool) {
        guard isNeeded != isWatched else { return }
        isWatched = isNeeded
        if isNeeded {
            try? loop.watch(descriptor.borrowed, for: .writable) { [weak self] _ in self?.flush() }
        } else {
            loop.unwatch(descriptor.borrowed)
        }
    }
}
