import CSSH
import Glibc
package import Platform
private import SystemPackage

/// A listening TCP socket on a loop. libssh's own has a short backlog, blocks and leaks into child processes.
package final class SSHListener {
    /// Takes a connected, non-blocking socket and its other end: an address, without its port.
    package typealias AcceptHandler = (consuming OwnedDescriptor, _ address: String) -> Void

    private let loop: EventLoop
    private let socket: OwnedDescriptor
    private let accept: AcceptHandler
    private var isListening = true
    /// What the kernel chose where port 0 was asked for.
    package let port: UInt16

    /// Listens on `127.0.0.1:2222` or `[::1]:2222` until ``stop()``; both families work on one port.
    package init(on address: String, loop: EventLoop, accept: @escaping AcceptHandler) throws(SSHError) {
        loop.checkIsolated()
        let parsed = try ListenAddress(address)
        do throws(Errno) {
            socket = try Self.open(parsed)
        } catch {
            throw .listen(address: address, error)
        }
        self.loop = loop
        self.accept = accept
        port = Self.localPort(of: socket.borrowed)
        do throws(Errno) {
            try loop.watch(socket.borrowed, for: .readable) { [self] _ in acceptAll() }
        } catch {
            throw .system(call: "epoll_ctl", error)
        }
    }

    /// Refuses new connections from now on.
    package func stop() {
        guard isListening else { return }
        isListening = false
        loop.unwatch(socket.borrowed)
        _ = shutdown(socket.borrowed.rawValue, CInt(SHUT_RDWR))
    }

    /// At most so many in one round, so that those who are in go on.
    private static let burst = 64
    /// How long to wait when the process or the machine has no descriptor left.
    private static let pause: Duration = .milliseconds(100)

    private func acceptAll() {
        for _ in 0..<Self.burst {
            var address = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let fd = cssh_accept(socket.borrowed.rawValue, &address, &length)
            guard fd >= 0 else { return rest(after: errno) }
            accept(OwnedDescriptor(taking: FileDescriptor(rawValue: fd)), ListenAddress(address).host)
            guard isListening else { return }
        }
    }

    /// Without a descriptor to spare, the waiting connection would make the loop spin.
    private func rest(after error: CInt) {
        guard [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error) else { return }
        loop.rewatch(socket.borrowed, for: [])
        loop.schedule(after: Self.pause) { [weak self] in
            guard let self, isListening else { return }
            loop.rewatch(socket.borrowed, for: .readable)
        }
    }

    private static func open(_ address: ListenAddress) throws(Errno) -> OwnedDescriptor {
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let fd = try checked(Glibc.socket(address.isVersion6 ? AF_INET6 : AF_INET, kind, 0))
        let socket = OwnedDescriptor(taking: FileDescriptor(rawValue: fd))
        var yes: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        try checked(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, size))
        if address.isVersion6 { try checked(setsockopt(fd, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size)) }
        try checked(address.withSocketAddress { Glibc.bind(fd, $0, $1) })
        try checked(Glibc.listen(fd, 4_096))
        return socket
    }

    private static func localPort(of socket: FileDescriptor) -> UInt16 {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket.rawValue, $0, &length) }
        }
        return result == 0 ? ListenAddress(address).port : 0
    }
}
