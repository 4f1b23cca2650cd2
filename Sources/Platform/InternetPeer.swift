private import CLinux
private import Glibc
package import SystemPackage

/// A TCP connection that came in, and where it came from.
package struct InternetPeer: Sendable {
    /// Close-on-exec and non-blocking; the receiver's to close.
    package let descriptor: FileDescriptor
    package let address: String
    package let port: UInt16

    /// The next connection of a listening socket; `nil` where none is there.
    package static func accept(from listener: FileDescriptor) throws(Errno) -> InternetPeer? {
        guard case .completed(let number) = try syscall("accept4", { Int(clinux_accept(listener.rawValue)) }) else {
            return nil
        }
        let descriptor = FileDescriptor(rawValue: CInt(number))
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor.rawValue, $0, &length) }
        }
        guard result == 0 else { return InternetPeer(descriptor: descriptor, address: "unknown", port: 0) }
        return InternetPeer(descriptor: descriptor, address: text(of: &storage), port: port(of: &storage))
    }

    private static func text(of storage: inout sockaddr_storage) -> String {
        let family = CInt(storage.ss_family)
        var room = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let isThere = withUnsafeBytes(of: &storage) { bytes in
            bytes.baseAddress.map {
                inet_ntop(family, $0 + (family == AF_INET ? 4 : 8), &room, socklen_t(room.count)) != nil
            } ?? false
        }
        guard isThere else { return "unknown" }
        return String(decoding: room.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// In both families it stands behind the family.
    private static func port(of storage: inout sockaddr_storage) -> UInt16 {
        withUnsafeBytes(of: &storage) { UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
    }
}
