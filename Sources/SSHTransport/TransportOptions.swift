private import Glibc
import SystemPackage

/// Settings of a connection's socket. A socket that does not know one works without it.
enum TransportOptions {
    static func set(on socket: FileDescriptor, limits: SSHLimits) {
        let patience = limits.keepaliveInterval * (limits.keepaliveMisses + 1)
        setOption(socket, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
        setOption(socket, SOL_SOCKET, SO_KEEPALIVE, 1)
        setOption(socket, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, CInt(clamping: milliseconds(patience)))
        // What waits unsent in the kernel can not be overtaken by what is more urgent.
        setOption(socket, CInt(IPPROTO_TCP), TCP_NOTSENT_LOWAT, CInt(clamping: limits.inFlight))
    }

    /// Bytes that the kernel holds because the other side has not acknowledged them.
    static func queuedBytes(on socket: FileDescriptor) -> Int {
        var count: CInt = 0
        return ioctl(socket.rawValue, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : 0
    }

    private static func setOption(_ socket: FileDescriptor, _ level: CInt, _ option: CInt, _ value: CInt) {
        var value = value
        _ = setsockopt(socket.rawValue, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
    }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
