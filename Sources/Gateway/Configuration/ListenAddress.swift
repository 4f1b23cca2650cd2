package import SessionModel

/// An address and port to accept connections on: `127.0.0.1:2222`, `[::1]:2222`. Port 0 lets the kernel choose.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    package let address: IPAddress
    package let port: UInt16

    package init?(_ text: String) {
        let colon = text.lastIndex(of: ":")
        guard let colon else { return nil }
        var host = text[..<colon]
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(digits)
        else { return nil }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = host.dropFirst().dropLast() }
        guard isBracketed == host.contains(":"), !host.contains("%"), let address = IPAddress(String(host)) else {
            return nil
        }
        self.init(address: address, port: port)
    }

    package init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    package var description: String { address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)" }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool {
        address.isIPv4 ? address.bytes.first == 127 : address == IPAddress("::1")
    }
}
