private import CLinux
private import Glibc
package import SystemPackage

/// Accepts the connections of a listening socket: a few in a round of the loop, so that others go on, and without
/// spinning when the process has no descriptor left. Confined to its loop.
package final class Acceptor {
    package typealias Handler = (consuming OwnedDescriptor) -> Void

    /// How long to leave the listener alone where a waiting connection can be neither taken nor refused.
    private static let pause = Duration.milliseconds(100)

    private let loop: EventLoop
    private let listener: FileDescriptor
    private let burst: Int
    private let refusal: [UInt8]
    private let call: (_ listener: CInt) -> CInt
    private let handler: Handler
    private var reserve: OwnedDescriptorReserve?
    private var isStopped = false
    /// Called when a connection was refused for want of a descriptor, with what the kernel said.
    package var starved: ((Errno) -> Void)?

    /// - Parameters:
    ///   - listener: non-blocking; it stays the caller's, and open until ``stop()``.
    ///   - burst: how many connections are accepted in one round.
    ///   - refusal: what a connection is told for which there is no descriptor.
    ///   - call: accept4(2), for whoever wants to know more than the descriptor.
    package init(
        on listener: FileDescriptor, loop: EventLoop, burst: Int, refusal: [UInt8] = [],
        call: ((_ listener: CInt) -> CInt)? = nil, _ handler: @escaping Handler
    ) throws(Errno) {
        self.loop = loop
        self.listener = listener
        self.burst = burst
        self.refusal = refusal
        self.call = call ?? { clinux_accept($0) }
        self.handler = handler
        reserve = OwnedDescriptorReserve()
        try loop.watch(listener, for: .readable) { [weak self] _ in self?.acceptSome() }
    }

    deinit { stop() }

    package func stop() {
        guard !isStopped else { return }
        isStopped = true
        loop.unwatch(listener)
    }

    /// Leaves the listener alone for a while; the kernel keeps those who come, up to its limit.
    package func rest(_ duration: Duration) {
        guard !isStopped else { return }
        loop.rewatch(listener, for: [])
        loop.schedule(after: duration) { [weak self] in
            guard let self, !isStopped else { return }
            if reserve == nil { reserve = OwnedDescriptorReserve() }
            loop.rewatch(listener, for: .readable)
        }
    }

    private func acceptSome() {
        for _ in 0..<burst {
            guard !isStopped else { return }
            do throws(Errno) {
                guard let socket = try accept() else { return }
                handler(socket)
            } catch {
                // Of a connection that failed while it waited, the next is looked at.
                guard Self.isShortage(error) else { continue }
                starved?(error)
                guard refuseOne() else { return rest(Self.pause) }
            }
        }
    }

    private func accept() throws(Errno) -> OwnedDescriptor? {
        guard case .completed(let fd) = try syscall("accept4", { Int(call(listener.rawValue)) }) else {
            return nil
        }
        return OwnedDescriptor(taking: FileDescriptor(rawValue: CInt(fd)))
    }

    /// Gives the kept descriptor up for a moment, to tell the connection that waits first.
    private func refuseOne() -> Bool {
        guard reserve != nil else { return false }
        reserve = nil
        defer { reserve = OwnedDescriptorReserve() }
        guard let socket = try? accept() else { return false }
        socket.borrowed.sendLastWords(refusal)
        return true
    }

    private static func isShortage(_ error: Errno) -> Bool {
        [.tooManyOpenFiles, .tooManyOpenFilesInSystem, .noBufferSpace, .noMemory].contains(error)
    }
}

/// A descriptor that is kept to be given up when one is needed.
private struct OwnedDescriptorReserve {
    private final class Box {
        let descriptor: OwnedDescriptor
        init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
    }

    private let box: Box

    init?() {
        guard let descriptor = try? FileDescriptor.open("/dev/null", .readOnly, options: .closeOnExec) else {
            return nil
        }
        box = Box(OwnedDescriptor(taking: descriptor))
    }
}

extension FileDescriptor {
    /// Says something on a socket that is about to be closed. What came in is read, because closing a socket with
    /// unread bytes resets the connection, and what was said is lost with it (RFC 1122, 4.2.2.13).
    package func sendLastWords(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        _ = bytes.withUnsafeBytes { try? sendAvailable($0) }
        _ = shutdown(rawValue, CInt(SHUT_WR))
        withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { room in
            _ = recv(rawValue, room.baseAddress, room.count, CInt(MSG_DONTWAIT))
        }
    }

    /// What a connected socket has to say without being read.
    package enum Arrival: Sendable {
        case nothing, bytes, end
    }

    /// Whether the peer of a socket has sent something, or has closed its side before it did.
    package var arrival: Arrival {
        var byte: UInt8 = 0
        let count = recv(rawValue, &byte, 1, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT))
        if count > 0 { return .bytes }
        return count < 0 && [EAGAIN, EWOULDBLOCK, EINTR].contains(errno) ? .nothing : .end
    }
}
