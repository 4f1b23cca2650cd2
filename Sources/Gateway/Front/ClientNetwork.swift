import SessionModel

/// The network that a connection comes from: one IPv4 address, or a /64 of IPv6, whose addresses are all one owner's.
struct ClientNetwork: Hashable, Sendable, CustomStringConvertible {
    /// Networks that are likely to have one owner: a /24 of IPv4, a /48 of IPv6.
    struct Site: Hashable, Sendable {
        fileprivate let isIPv4: Bool
        fileprivate let prefix: UInt64
    }

    private let isIPv4: Bool
    private let prefix: UInt64

    /// What is no address counts as one network.
    init(_ address: String) {
        guard let address = IPAddress(address) else {
            (isIPv4, prefix) = (false, 0)
            return
        }
        isIPv4 = address.isIPv4
        prefix = address.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    var site: Site { Site(isIPv4: isIPv4, prefix: isIPv4 ? prefix >> 8 : prefix >> 16) }

    /// `192.0.2.7` or `2001:db8:0:1::/64`.
    var description: String {
        if isIPv4 { return [24, 16, 8, 0].map { String(prefix >> $0 & 0xFF) }.joined(separator: ".") }
        return [48, 32, 16, 0].map { String(prefix >> $0 & 0xFFFF, radix: 16) }.joined(separator: ":") + "::/64"
    }
}
