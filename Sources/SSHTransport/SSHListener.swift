import CSSH
import Glibc
package import Platform
package import SystemPackage

/// A listening TCP socket on a loop. libssh's own has a short backlog, blocks and leaks into child processes.
package final class SSHListener {
    /// Takes a connected, non-blocking socket and its other end: an address, without its port.
    package typealias AcceptHandler = (consuming OwnedDescriptor, _ address: String) -> Void

    private let loop: EventLoop
    private let socket: OwnedDescriptor
    private let accept: AcceptHandler
    private var acceptor: Acceptor?
    /// The address of the connection that was accepted last.
    private var peer = sockaddr_storage()
    /// Called when a connection was refused for want of a descriptor.
    package var starved: ((Errno) -> Void)? {
        get { acceptor?.starved }
        set { acceptor?.starved = newValue }
    }
    /// What the kernel chose where port 0 was asked for.
    package let port: UInt16

    /// Listens on `127.0.0.1:2222` or `[::1]:2222` until ``stop()``; both families work on one port.
    ///
    /// - Parameter refusal: what a connection is told for which there is no descriptor.
    package init(
        on address: String, loop: EventLoop, refusal: [UInt8] = [], accept: @escaping AcceptHandler
    ) throws(SSHError) {
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
            // It keeps itself alive until it is stopped.
            acceptor = try Acceptor(
                on: socket.borrowed, loop: loop, burst: Self.burst, refusal: refusal, call: { [self] in take(from: $0) }
            ) { [self] in accept($0, ListenAddress(peer).host) }
        } catch {
            throw .system(call: "epoll_ctl", error)
        }
    }

    /// Refuses new connections from now on.
    package func stop() {
        guard let acceptor else { return }
        acceptor.stop()
        self.acceptor = nil
        _ = shutdown(socket.borrowed.rawValue, CInt(SHUT_RDWR))
    }

    /// At most so many in one round, so that those who are in go on.
    private static let burst = 16

    private func take(from listener: CInt) -> CInt {
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return cssh_accept(listener, &peer, &length)
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
