import Platform
import SSHTransport
import SystemPackage
import Wire

/// One forwarded connection: a channel's bytes into a socket and back, each end told when the other has no more.
///
/// Either way no more than a buffer is taken from who sends than the other has taken.
final class ForwardChannel: SSHChannelDelegate {
    private static let bufferLimit = 128 * 1_024
    /// For a socket to take the last of what a client sent that has left.
    private static let patience = Duration.seconds(10)

    private let channel: SSHChannel
    /// Closed with the last of it.
    private var socket: SharedDescriptor?
    private let loop: EventLoop
    private var toSocket: [UInt8] = []
    private var toChannel: [UInt8] = []
    private var interest: EventLoop.Readiness = []
    /// The client sends nothing more.
    private var hasClientEnded = false
    /// The socket brings nothing more.
    private var hasSocketEnded = false
    /// The socket takes nothing more, or was told that there is nothing more.
    private var isSocketShut = false
    private var isOpen = true
    private(set) var bytesIn: UInt64 = 0
    private(set) var bytesOut: UInt64 = 0
    private var ended: ((ForwardChannel) -> Void)?

    /// - Parameter ended: called once, when both sides are done.
    init(
        _ channel: SSHChannel, _ socket: SharedDescriptor, on loop: EventLoop,
        ended: @escaping (ForwardChannel) -> Void
    ) {
        self.channel = channel
        self.socket = socket
        self.loop = loop
        self.ended = ended
        try? socket.borrowed.setNonBlocking()
        channel.delegate = self
        watch()
    }

    /// Ends it from this side, whatever is on its way.
    func close() {
        guard isOpen else { return }
        channel.close()
        finish()
    }

    private func finish() {
        guard isOpen else { return }
        isOpen = false
        if let socket, !interest.isEmpty { loop.unwatch(socket.borrowed) }
        interest = []
        socket = nil
        toSocket = []
        toChannel = []
        let ended = ended
        self.ended = nil
        ended?(self)
    }

    // MARK: The socket

    /// Without interest it is not watched at all: the kernel tells of a hang-up whether asked or not.
    private func watch() {
        guard isOpen, let socket else { return }
        var wanted: EventLoop.Readiness = []
        if !hasSocketEnded, toChannel.isEmpty { wanted.insert(.readable) }
        if !toSocket.isEmpty { wanted.insert(.writable) }
        guard wanted != interest else { return }
        let before = interest
        interest = wanted
        if wanted.isEmpty { return loop.unwatch(socket.borrowed) }
        guard before.isEmpty else { return loop.rewatch(socket.borrowed, for: wanted) }
        do {
            try loop.watch(socket.borrowed, for: wanted) { [weak self] in self?.socketIsReady($0) }
        } catch {
            interest = []
            close()
        }
    }

    private func socketIsReady(_ readiness: EventLoop.Readiness) {
        if !toSocket.isEmpty { flushToSocket() }
        if isOpen, !readiness.isDisjoint(with: [.readable, .hangup]) { readSocket() }
        settle()
    }

    private func readSocket() {
        guard let socket, !hasSocketEnded, toChannel.isEmpty else { return }
        do {
            switch try socket.borrowed.readAvailable(appendingTo: &toChannel) {
            case .completed(let count): bytesOut += UInt64(count)
            case .wouldBlock: return
            case .endOfStream: hasSocketEnded = true
            }
        } catch {
            // Reset by the far end: what it had no time to read is lost, as it is without a forward between.
            return close()
        }
        flushToChannel()
    }

    private func flushToSocket() {
        while isOpen, let socket, !toSocket.isEmpty {
            let outcome = toSocket.withUnsafeBytes { try? socket.borrowed.sendAvailable($0) }
            guard let outcome else {
                // The far end reads no more; it may still have something to say.
                isSocketShut = true
                toSocket = []
                break
            }
            guard case .completed(let count) = outcome, count > 0 else { break }
            if count == toSocket.count {
                toSocket.removeAll(keepingCapacity: true)
            } else {
                toSocket.removeFirst(count)
            }
        }
        if toSocket.count < Self.bufferLimit { channel.isReading = true }
    }

    // MARK: The channel

    func channel(_ channel: SSHChannel, received bytes: [UInt8]) {
        guard isOpen else { return }
        bytesIn += UInt64(bytes.count)
        guard !isSocketShut else { return }
        toSocket += bytes
        flushToSocket()
        if toSocket.count >= Self.bufferLimit { channel.isReading = false }
        settle()
    }

    func channelEndOfInput(_ channel: SSHChannel) {
        hasClientEnded = true
        settle()
    }

    func channelHasRoom(_ channel: SSHChannel) {
        flushToChannel()
        settle()
    }

    func channelClosed(_ channel: SSHChannel) {
        hasClientEnded = true
        hasSocketEnded = true
        toChannel = []
        settle()
        guard isOpen else { return }
        loop.schedule(after: Self.patience) { [self] in finish() }
    }

    private func flushToChannel() {
        guard isOpen, !toChannel.isEmpty else { return }
        let taken = channel.write(toChannel[...])
        if taken == toChannel.count { toChannel.removeAll(keepingCapacity: true) } else { toChannel.removeFirst(taken) }
    }

    /// Passes on what ended, once everything before it has passed.
    private func settle() {
        guard isOpen, let socket else { return }
        if hasClientEnded, toSocket.isEmpty, !isSocketShut {
            isSocketShut = true
            LocalSocket.finishSending(on: socket.borrowed)
        }
        let isChannelDone = hasSocketEnded && toChannel.isEmpty
        if isChannelDone { channel.sendEndOfOutput() }
        if isChannelDone, hasClientEnded, toSocket.isEmpty { return close() }
        watch()
    }
}
