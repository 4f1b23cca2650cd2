import Platform
import SystemPackage

/// A connection to the server, confined to its loop.
final class ServerStream {
    private let socket: OwnedDescriptor
    private let loop: EventLoop
    private var outgoing: [UInt8] = []
    private var isFinishing = false
    private var isClosed = false
    var isReading = true { didSet { if isReading != oldValue { rewatch() } } }
    /// Called with what the server sends.
    var received: (([UInt8]) -> Void)?
    /// Called once, when the server has said its last or is gone.
    var ended: (() -> Void)?
    /// Called when everything was sent.
    var drained: (() -> Void)?

    init(_ socket: consuming OwnedDescriptor, on loop: EventLoop) throws(Errno) {
        self.socket = socket
        self.loop = loop
        try loop.watch(self.socket.borrowed, for: .readable) { [weak self] in self?.handle($0) }
    }

    /// Bytes that the server has not taken yet.
    var backlog: Int { outgoing.count }

    func send(_ bytes: [UInt8]) {
        guard !isClosed else { return }
        outgoing += bytes
        flush()
    }

    /// Tells the server that nothing more comes, once everything was sent.
    func finishSending() {
        isFinishing = true
        flush()
    }

    private func flush() {
        while !isClosed, !outgoing.isEmpty {
            let outcome = outgoing.withUnsafeBytes { try? socket.borrowed.sendAvailable($0) }
            // What it still has to say is read all the same.
            guard let outcome else { outgoing = []; break }
            guard case .completed(let count) = outcome, count > 0 else { break }
            outgoing.removeFirst(count)
        }
        rewatch()
        guard outgoing.isEmpty, !isClosed else { return }
        if isFinishing {
            isFinishing = false
            LocalSocket.finishSending(on: socket.borrowed)
        }
        drained?()
    }

    private func rewatch() {
        guard !isClosed else { return }
        var interest: EventLoop.Readiness = isReading ? .readable : []
        if !outgoing.isEmpty { interest.insert(.writable) }
        loop.rewatch(socket.borrowed, for: interest)
    }

    private func handle(_ readiness: EventLoop.Readiness) {
        if readiness.contains(.writable) { flush() }
        guard !readiness.isDisjoint(with: [.readable, .hangup]), !isClosed else { return }
        var bytes: [UInt8] = []
        let outcome = try? socket.borrowed.readAvailable(appendingTo: &bytes)
        switch outcome {
        case .completed: received?(bytes)
        case .wouldBlock: break
        case .endOfStream, nil: close()
        }
    }

    private func close() {
        isClosed = true
        loop.unwatch(socket.borrowed)
        let ended = ended
        self.ended = nil
        ended?()
    }
}
