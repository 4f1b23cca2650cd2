import Platform
import SessionModel
import SystemPackage
import Wire

/// One front-end's connection: frames in, frames and descriptors out.
final class FrontEnd {
    /// Bytes waiting for a front-end, past which the session waits for it, but not for long.
    static let backlogLimit = 1_024 * 1_024

    private struct Passing {
        let position: Int
        let descriptors: [OwnedDescriptorBox]
    }

    let id: UInt32
    private let socket: OwnedDescriptor
    private let loop: EventLoop
    private var decoder = FrameDecoder(bodyLimit: FrontEndMessage.bodyLimit)
    private var outgoing: [UInt8] = []
    private var sent = 0
    private var passing: [Passing] = []
    private(set) var isOpen = true
    private var isFlushScheduled = false
    /// Which version of the protocol both sides speak; 0 until it has said hello.
    var version: UInt16 = 0
    /// How many of its attachments are shown screen updates.
    var updatedAttachments = 0
    /// What it is told beside what its attachments need.
    var interest: Interest = []
    /// What agents may not do by themselves, from before they attach.
    var limits: [Reference: AgentLimits] = [:]
    /// Its attachments, by the numbers it gave them.
    var attachments: [Reference: AttachmentID] = [:]
    /// Its control channels.
    var controls: [Reference: KeptChannel] = [:]
    /// Programs that wait until the session's place is there.
    var awaitingPlace: [Reference: KeptChannel] = [:]
    /// Called with each message; and with `nil` once, after this round, when the connection is gone.
    var handler: ((FrontEnd, FrontEndMessage?) -> Void)?
    /// Called when a backlog that was over the limit no longer is.
    var drained: (() -> Void)?

    init(id: UInt32, socket: consuming OwnedDescriptor, on loop: EventLoop) throws(Errno) {
        self.id = id
        self.socket = socket
        self.loop = loop
        try loop.watch(self.socket.borrowed, for: .readable) { [weak self] readiness in
            self?.handle(readiness)
        }
    }

    /// The refusal in words that the front-end knows.
    func known(_ refusal: Refusal) -> Refusal {
        if refusal == .fromHistory, version < 5 { return known(.needsApproval) }
        return version >= 4 || refusal.rawValue <= Refusal.turnReserved.rawValue ? refusal : .turnHeld
    }

    var wantsUpdates: Bool { updatedAttachments > 0 || interest.contains(.screen) }

    var backlog: Int { outgoing.count - sent }
    var isBehind: Bool { backlog > Self.backlogLimit }

    func send(_ message: HostMessage, descriptors: [OwnedDescriptorBox] = []) {
        guard isOpen, message.firstVersion <= version else { return }
        if !descriptors.isEmpty { passing.append(Passing(position: outgoing.count, descriptors: descriptors)) }
        append(message.encoded)
    }

    /// The bytes of a frame that goes to several front-ends.
    func append(_ frame: [UInt8]) {
        guard isOpen else { return }
        outgoing += frame
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        loop.afterThisRound { [weak self] in self?.flush() }
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        loop.unwatch(socket.borrowed)
        outgoing = []
        sent = 0
        passing = []
        drained = nil
        // Whoever closes it may be in the middle of something that the loss would change.
        loop.afterThisRound { [self] in
            let handler = handler
            self.handler = nil
            handler?(self, nil)
        }
    }

    private func handle(_ readiness: EventLoop.Readiness) {
        if readiness.contains(.writable) { flush() }
        if !readiness.isDisjoint(with: [.readable, .hangup]) { receive() }
    }

    private func receive() {
        guard isOpen else { return }
        do {
            let outcome = try withUnsafeTemporaryAllocation(byteCount: 64 * 1_024, alignment: 1) { room in
                let outcome = try socket.borrowed.readAvailable(into: room)
                if case .completed(let count) = outcome { decoder.append(room[..<count]) }
                return outcome
            }
            while isOpen, let frame = try decoder.next() { handler?(self, try FrontEndMessage(decoding: frame)) }
            if outcome == .endOfStream { close() }
        } catch {
            Diagnostics.note("a front-end is cut off: \(error)")
            close()
        }
    }

    /// Sends as much as the socket takes. Descriptors go with the first byte of their frame.
    func flush() {
        isFlushScheduled = false
        let wasBehind = isBehind
        do throws(Errno) {
            while isOpen, backlog > 0 {
                guard try sendSome() else { break }
            }
        } catch {
            close()
            return
        }
        guard isOpen else { return }
        loop.rewatch(socket.borrowed, for: backlog > 0 ? [.readable, .writable] : .readable)
        if wasBehind, !isBehind { drained?() }
    }

    private func sendSome() throws(Errno) -> Bool {
        let first = passing.first
        let isPassing = first?.position == sent
        let end =
            isPassing ? (passing.dropFirst().first?.position ?? outgoing.count) : first?.position ?? outgoing.count
        let descriptors = isPassing ? first?.descriptors.map(\.borrowed) ?? [] : []
        let part = outgoing[sent..<end]
        let outcome = try part.withUnsafeBytes { bytes in
            Result { () throws(Errno) in try socket.borrowed.sendAvailable(bytes, descriptors: descriptors) }
        }.get()
        guard case .completed(let count) = outcome, count > 0 else { return false }
        if isPassing { passing.removeFirst() }
        sent += count
        if sent == outgoing.count {
            outgoing.removeAll(keepingCapacity: outgoing.capacity <= 256 * 1_024)
            sent = 0
        } else if sent > 1_024 * 1_024, passing.isEmpty {
            outgoing.removeFirst(sent)
            sent = 0
        }
        return true
    }
}

/// A descriptor on its way to a front-end; closed when it was sent.
final class OwnedDescriptorBox {
    private let descriptor: OwnedDescriptor
    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
    var borrowed: FileDescriptor { descriptor.borrowed }
}
