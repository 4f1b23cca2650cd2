import Glibc

/// A numeric address and a port: `127.0.0.1:2222`, `[::1]:2222`.
struct ListenAddress {
    private var storage = sockaddr_storage()
    private let length: socklen_t

    init(_ text: String) throws(SSHError) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw .address(text)
        }
        let host = text[..<colon]
        if host.first == "[", host.last == "]" {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            guard inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &address.sin6_addr) == 1 else {
                throw .address(text)
            }
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in6.self) }
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            guard inet_pton(AF_INET, String(host), &address.sin_addr) == 1 else { throw .address(text) }
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in.self) }
        }
    }

    init(_ storage: sockaddr_storage) {
        self.storage = storage
        length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    }

    var isVersion6: Bool { storage.ss_family == sa_family_t(AF_INET6) }

    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafeBytes(of: storage) { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("an address has bytes") }
            return body(base.assumingMemoryBound(to: sockaddr.self), length)
        }
    }

    /// The address alone, as people and `from=` options write it; an IPv4 address reached over IPv6 as IPv4.
    var host: String {
        withUnsafeBytes(of: storage) { bytes in
            if isVersion6 {
                var address = bytes.loadUnaligned(as: sockaddr_in6.self).sin6_addr
                let text = Self.text(AF_INET6, &address, INET6_ADDRSTRLEN)
                return text.hasPrefix("::ffff:") && text.contains(".") ? String(text.dropFirst(7)) : text
            }
            var address = bytes.loadUnaligned(as: sockaddr_in.self).sin_addr
            return Self.text(AF_INET, &address, INET_ADDRSTRLEN)
        }
    }

    var port: UInt16 {
        withUnsafeBytes(of: storage) { bytes in
            isVersion6
                ? UInt16(bigEndian: bytes.loadUnaligned(as: sockaddr_in6.self).sin6_port)
                : UInt16(bigEndian: bytes.loadUnaligned(as: sockaddr_in.self).sin_port)
        }
    }

    /// As it was given: host and port.
    var text: String { isVersion6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private static func text(_ family: CInt, _ address: UnsafeRawPointer, _ length: CInt) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(length)) { buffer in
            inet_ntop(family, address, buffer.baseAddress, socklen_t(length)).map { String(cString: $0) } ?? "unknown"
        }
    }
}
