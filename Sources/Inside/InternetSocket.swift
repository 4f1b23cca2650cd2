import Glibc
import Platform
import SystemPackage
import Wire

/// A TCP socket; open until this process ends, which is soon.
struct InternetSocket {
    /// Milliseconds for one address; a name may have several.
    private static let patience: CInt = 8_000

    let descriptor: FileDescriptor

    static func connected(with address: InternetAddress) throws(SocketTrouble) -> InternetSocket {
        let socket = try make(address)
        let number = socket.descriptor.rawValue
        let result = address.withPointer { Glibc.connect(number, $0, $1) }
        guard result != 0 else { return socket }
        guard errno == EINPROGRESS else { throw trouble(errno) }
        var waiting = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        guard poll(&waiting, 1, patience) > 0 else { throw trouble(ETIMEDOUT) }
        var failure: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(number, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 else { throw trouble(errno) }
        guard failure == 0 else { throw trouble(failure) }
        return socket
    }

    static func listening(on address: InternetAddress) throws(SocketTrouble) -> InternetSocket {
        let socket = try make(address)
        let number = socket.descriptor.rawValue
        var yes: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        _ = setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        if address.family == AF_INET6 { _ = setsockopt(number, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &yes, size) }
        guard address.withPointer({ Glibc.bind(number, $0, $1) }) == 0, Glibc.listen(number, 128) == 0 else {
            throw trouble(errno)
        }
        return socket
    }

    private static func make(_ address: InternetAddress) throws(SocketTrouble) -> InternetSocket {
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let number = socket(address.family, kind, 0)
        guard number >= 0 else { throw trouble(errno) }
        return InternetSocket(descriptor: FileDescriptor(rawValue: number))
    }

    private static func trouble(_ number: CInt) -> SocketTrouble {
        SocketTrouble(.failed, String(cString: strerror(number)))
    }

    /// On which it listens, or from which it is connected; 0 where the kernel does not say.
    var localPort: UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor.rawValue, $0, &length) }
        }
        guard result == 0 else { return 0 }
        return withUnsafeBytes(of: &storage) { UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
    }
}
