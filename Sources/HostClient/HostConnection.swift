package import Platform
package import SystemPackage
package import Wire

/// A front-end's connection to a session's host. Confined to its loop.
package final class HostConnection {
    private let socket: OwnedDescriptor
    private let loop: EventLoop
    private var decoder = FrameDecoder(bodyLimit: HostMessage.bodyLimit)
    private var outgoing: [UInt8] = []
    /// Those that came with one message each, oldest first; `nil` for a message whose descriptors this process could
    /// not take.
    private var batches: [[FileDescriptor]?] = []
    /// False when the host reads no more; what it said before is still to be read, its end above all.
    private var isHeard = true
    package private(set) var isOpen = true
    /// Called with each message and the descriptors that came with it, which are the handler's to close.
    package var handler: ((HostMessage, [FileDescriptor]) -> Void)?
    /// Called once, when the host is gone or broke the protocol.
    package var closed: (() -> Void)?

    /// Says hello on a connected socket.
    package init(socket: consuming OwnedDescriptor, on loop: EventLoop) throws(Errno) {
        self.socket = socket
        self.loop = loop
        try loop.watch(self.socket.borrowed, for: .readable) { [weak self] readiness in self?.handle(readiness) }
        send(.hello(version: FrontEndMessage.version))
    }

    package func send(_ message: FrontEndMessage) {
        guard isOpen, isHeard else { return }
        let wasEmpty = outgoing.isEmpty
        outgoing += message.encoded
        if wasEmpty { flush() }
    }

    package func close() {
        guard isOpen else { return }
        isOpen = false
        loop.unwatch(socket.borrowed)
        closeDescriptors()
        let closed = closed
        self.closed = nil
        handler = nil
        closed?()
    }

    deinit {
        if isOpen { loop.unwatch(socket.borrowed) }
        closeDescriptors()
    }

    private func closeDescriptors() {
        for descriptor in batches.compactMap(\.self).joined() { _ = OwnedDescriptor(taking: descriptor) }
        batches = []
    }

    private func handle(_ readiness: EventLoop.Readiness) {
        if isOpen, readiness.contains(.writable) { flush() }
        if !readiness.isDisjoint(with: [.readable, .hangup]) { receive() }
    }

    private func receive() {
        guard isOpen else { return }
        do {
            let outcome = try withUnsafeTemporaryAllocation(byteCount: 256 * 1_024, alignment: 16) { room in
                let outcome = try receive(into: room)
                if case .completed(let count) = outcome { decoder.append(room[..<count]) }
                return outcome
            }
            while isOpen, let frame = try decoder.next() { try deliver(HostMessage(decoding: frame)) }
            if outcome == .endOfStream { close() }
        } catch {
            close()
        }
    }

    /// The kernel never gives the descriptors of two messages at once (unix(7)).
    private func receive(into room: UnsafeMutableRawBufferPointer) throws(Errno) -> IOOutcome<Int> {
        var descriptors: [FileDescriptor] = []
        var isCut = false
        let outcome = try socket.borrowed.receiveAvailable(into: room, descriptors: &descriptors, isCut: &isCut)
        if isCut {
            for descriptor in descriptors { _ = OwnedDescriptor(taking: descriptor) }
            batches.append(nil)
        } else if !descriptors.isEmpty {
            batches.append(descriptors)
        }
        return outcome
    }

    /// A message whose descriptors this process had no room for is delivered without them.
    private func deliver(_ message: HostMessage) throws {
        var passed: [FileDescriptor] = []
        if let count = message.descriptorCount, count > 0 {
            guard !batches.isEmpty else { throw WireError.truncated }
            passed = batches.removeFirst() ?? []
            guard passed.isEmpty || passed.count == Int(count) else {
                for descriptor in passed { _ = OwnedDescriptor(taking: descriptor) }
                throw WireError.truncated
            }
        }
        handler?(message, passed)
    }

    private func flush() {
        do throws(Errno) {
            while !outgoing.isEmpty {
                let outcome = try outgoing.withUnsafeBytes { bytes in
                    Result { () throws(Errno) in try socket.borrowed.sendAvailable(bytes) }
                }.get()
                guard case .completed(let count) = outcome, count > 0 else { break }
                outgoing.removeFirst(count)
            }
        } catch {
            isHeard = false
            outgoing = []
        }
        loop.rewatch(socket.borrowed, for: outgoing.isEmpty ? .readable : [.readable, .writable])
    }
}

extension HostMessage {
    /// How many descriptors come along with it.
    fileprivate var descriptorCount: UInt8? {
        switch self {
        case .spawned(_, _, let count), .socket(_, _, let count): count
        default: nil
        }
    }
}
