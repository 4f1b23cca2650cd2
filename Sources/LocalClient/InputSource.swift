import Platform
import SystemPackage

/// Standard input, read only while somebody wants it. Confined to its loop.
final class InputSource {
    private let descriptor: FileDescriptor
    private let loop: EventLoop
    /// False for a file, which is always ready and which epoll(7) does not take.
    private var isWatched = false
    private var isOver = false
    var isReading = true { didSet { if isReading, !oldValue { goOn() } else if oldValue != isReading { pause() } } }
    private let received: ([UInt8]) -> Void
    private let ended: () -> Void

    init(
        _ descriptor: FileDescriptor, on loop: EventLoop, received: @escaping ([UInt8]) -> Void,
        ended: @escaping () -> Void
    ) {
        self.descriptor = descriptor
        self.loop = loop
        self.received = received
        self.ended = ended
    }

    func start() {
        isWatched = (try? loop.watch(descriptor, for: .readable) { [weak self] _ in self?.read() }) != nil
        if !isWatched { goOn() }
    }

    private func goOn() {
        guard !isOver else { return }
        if isWatched { return loop.rewatch(descriptor, for: .readable) }
        loop.afterThisRound { [weak self] in
            guard let self, self.isReading, !self.isOver else { return }
            self.read()
            self.goOn()
        }
    }

    private func pause() { if isWatched, !isOver { loop.rewatch(descriptor, for: []) } }

    private func read() {
        var bytes: [UInt8] = []
        let outcome = withUnsafeTemporaryAllocation(byteCount: 64 * 1_024, alignment: 16) { room in
            let outcome = try? descriptor.readAvailable(into: room)
            if case .completed(let count) = outcome { bytes += room[..<count] }
            return outcome
        }
        switch outcome {
        case .completed: received(bytes)
        case .wouldBlock: break
        case .endOfStream, nil: end()
        }
    }

    private func end() {
        guard !isOver else { return }
        isOver = true
        if isWatched { loop.unwatch(descriptor) }
        ended()
    }
}
