private import CLinux
private import Glibc
package import SystemPackage

/// Stream sockets in the file system, for processes of one user.
package enum LocalSocket {
    /// Listens as `name` in the directory, replacing what a dead process left there.
    package static func listen(in directory: borrowing StateDirectory, as name: String) throws(Errno) -> OwnedDescriptor
    {
        let path = directory.kernelPath(name)
        let socket = try make()
        _ = unlink(path)
        let mask = umask(0o177)
        defer { umask(mask) }
        try withAddress(path) { Glibc.bind(socket.borrowed.rawValue, $0, $1) }
        try checked(Glibc.listen(socket.borrowed.rawValue, 64))
        return socket
    }

    package static func connect(in directory: borrowing StateDirectory, to name: String) throws(Errno)
        -> OwnedDescriptor
    {
        let socket = try make()
        try withAddress(directory.kernelPath(name)) { Glibc.connect(socket.borrowed.rawValue, $0, $1) }
        return socket
    }

    /// The next connection whose peer is this user or root; others are closed at once.
    package static func accept(from listener: FileDescriptor) throws(Errno) -> OwnedDescriptor? {
        let outcome = try syscall("accept4") {
            Int(clinux_accept(listener.rawValue))
        }
        guard case .completed(let fd) = outcome else { return nil }
        let socket = OwnedDescriptor(taking: FileDescriptor(rawValue: CInt(fd)))
        var (uid, pid): (uid_t, pid_t) = (0, 0)
        guard clinux_peer(CInt(fd), &uid, &pid) == 0, uid == geteuid() || uid == 0 else { return nil }
        return socket
    }

    /// Whether the peer is this user or root.
    package static func isOfThisUser(_ socket: FileDescriptor) -> Bool {
        user(of: socket).map { $0 == geteuid() || $0 == 0 } == true
    }

    /// The user of the process at the other end, as it was when it connected, or began to listen.
    package static func user(of socket: FileDescriptor) -> UInt32? {
        var (uid, pid): (uid_t, pid_t) = (0, 0)
        guard clinux_peer(socket.rawValue, &uid, &pid) == 0 else { return nil }
        return uid
    }

    /// Connects to a socket anywhere; its path may be of any length.
    package static func connect(path: String) throws(Errno) -> OwnedDescriptor {
        let socket = try make()
        guard path.utf8.count >= longestPath, let end = path.lastIndex(of: "/") else {
            try withAddress(path) { Glibc.connect(socket.borrowed.rawValue, $0, $1) }
            return socket
        }
        let directory = OwnedDescriptor(
            taking: FileDescriptor(rawValue: try checked(open(String(path[..<end]), O_DIRECTORY | O_CLOEXEC))))
        let short = "/proc/self/fd/\(directory.borrowed.rawValue)\(path[end...])"
        guard short.utf8.count < longestPath else { throw .fileNameTooLong }
        try withAddress(short) { Glibc.connect(socket.borrowed.rawValue, $0, $1) }
        return socket
    }

    /// Lets any user connect who can reach the socket.
    package static func openToAll(in directory: borrowing StateDirectory, as name: String) throws(Errno) {
        try checked(chmod(directory.kernelPath(name), 0o666))
    }

    /// Tells the other side that nothing more comes from here.
    package static func finishSending(on socket: FileDescriptor) { _ = shutdown(socket.rawValue, CInt(SHUT_WR)) }

    /// Bytes that the kernel holds at most for a peer that does not read, more or less.
    package static func limitSending(on socket: FileDescriptor, to count: Int) {
        var size = CInt(clamping: count)
        _ = setsockopt(socket.rawValue, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<CInt>.size))
    }

    /// The process at the other end, as it was when it connected (SO_PEERCRED, unix(7)).
    package static func peer(of socket: FileDescriptor) -> ProcessID? {
        var (uid, pid): (uid_t, pid_t) = (0, 0)
        guard clinux_peer(socket.rawValue, &uid, &pid) == 0, pid > 0 else { return nil }
        return ProcessID(rawValue: pid)
    }

    /// Whether the process that connected is still there (SO_PEERPIDFD, Linux 6.5). Taken for granted where the kernel
    /// does not say.
    package static func isPeerThere(of socket: FileDescriptor) -> Bool {
        clinux_peer_is_there(socket.rawValue) != 0
    }

    /// Two connected ends, for a process and its child.
    package static func pair() throws(Errno) -> LocalSocketPair {
        var ends: (CInt, CInt) = (-1, -1)
        try checked(
            withUnsafeMutablePointer(to: &ends) {
                $0.withMemoryRebound(to: CInt.self, capacity: 2) {
                    socketpair(AF_UNIX, CInt(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue), 0, $0)
                }
            })
        return LocalSocketPair(
            first: OwnedDescriptor(taking: FileDescriptor(rawValue: ends.0)),
            second: OwnedDescriptor(taking: FileDescriptor(rawValue: ends.1)))
    }

    /// Of bytes, with the NUL behind them (unix(7)).
    private static let longestPath = 108

    private static func make() throws(Errno) -> OwnedDescriptor {
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        return OwnedDescriptor(taking: FileDescriptor(rawValue: try checked(socket(AF_UNIX, kind, 0))))
    }

    private static func withAddress(
        _ path: String, _ call: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) throws(Errno) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        precondition(bytes.count < MemoryLayout.size(ofValue: address.sun_path), "kernel paths are short")
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        try checked(result)
    }
}

/// Both ends of a socket pair; message boundaries are kept.
package struct LocalSocketPair: ~Copyable {
    package let first: OwnedDescriptor
    package let second: OwnedDescriptor

    /// Takes one end, and adds the other to what a child is to get.
    package consuming func takeFirst(handing others: inout [FileDescriptor]) -> OwnedDescriptor {
        others.append(second.release())
        return first
    }
}

extension FileDescriptor {
    /// Sends what is taken now, with descriptors that come along with its first byte.
    package func sendAvailable(
        _ bytes: UnsafeRawBufferPointer, descriptors: [FileDescriptor] = []
    ) throws(Errno) -> IOOutcome<Int> {
        let numbers = descriptors.map(\.rawValue)
        return try syscall("sendmsg") {
            clinux_send(rawValue, bytes.baseAddress, bytes.count, numbers, CInt(numbers.count))
        }
    }

    /// Receives what is there, and adds descriptors that came along to the list; they are the caller's to close.
    package func receiveAvailable(
        into buffer: UnsafeMutableRawBufferPointer, descriptors: inout [FileDescriptor]
    ) throws(Errno) -> IOOutcome<Int> {
        var isCut = false
        return try receiveAvailable(into: buffer, descriptors: &descriptors, isCut: &isCut)
    }

    /// Likewise; `isCut` becomes true where this process could not take all descriptors that came along (MSG_CTRUNC).
    package func receiveAvailable(
        into buffer: UnsafeMutableRawBufferPointer, descriptors: inout [FileDescriptor], isCut: inout Bool
    ) throws(Errno) -> IOOutcome<Int> {
        var numbers: [CInt] = Array(repeating: -1, count: 8)
        var (count, cut): (CInt, CInt) = (0, 0)
        let outcome = try syscall("recvmsg") {
            count = 8
            return clinux_receive(rawValue, buffer.baseAddress, buffer.count, &numbers, &count, &cut)
        }
        if cut != 0 { isCut = true }
        descriptors += numbers.prefix(Int(count)).map { FileDescriptor(rawValue: $0) }
        if case .completed(0) = outcome, !buffer.isEmpty { return .endOfStream }
        return outcome
    }
}
