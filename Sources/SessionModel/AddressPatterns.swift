/// The addresses that a key may be used from: a list of addresses, networks and wildcards, some of them negated.
///
/// As sshd's `from=` (ssh_config(5), PATTERNS), but for host names: nothing here asks a name server, so they are
/// refused rather than never matched.
package struct AddressPatterns: Hashable, Sendable {
    private enum Pattern: Hashable, Sendable {
        case network(IPAddress, bits: Int)
        case wildcard([UInt8])
    }

    private struct Element: Hashable, Sendable {
        let isNegated: Bool
        let pattern: Pattern
    }

    private let elements: [Element]

    package init(_ list: String) throws(KeyLineError) {
        let parts = list.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 256 else { throw KeyLineError("from= has more than 256 patterns") }
        var elements: [Element] = []
        for part in parts { elements.append(try Self.element(String(part))) }
        self.elements = elements
    }

    /// Whether a peer may come from there: a pattern matches and no negated one does.
    package func admit(_ peer: IPAddress) -> Bool {
        var isMatched = false
        for element in elements where Self.matches(element.pattern, peer) {
            if element.isNegated { return false }
            isMatched = true
        }
        return isMatched
    }

    private static func matches(_ pattern: Pattern, _ peer: IPAddress) -> Bool {
        switch pattern {
        case .network(let network, let bits): peer.agrees(with: network, bits: bits)
        case .wildcard(let pattern): Glob.matches(pattern[...], Array(peer.description.utf8)[...])
        }
    }

    private static func element(_ text: String) throws(KeyLineError) -> Element {
        let isNegated = text.hasPrefix("!")
        let body = isNegated ? String(text.dropFirst()) : text
        return Element(isNegated: isNegated, pattern: try pattern(body))
    }

    private static func pattern(_ text: String) throws(KeyLineError) -> Pattern {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2 { return try network(String(parts[0]), length: String(parts[1])) }
        if let address = IPAddress(text), !text.contains("%") {
            return .network(address, bits: address.bytes.count * 8)
        }
        let bytes = Array(text.lowercased().utf8)
        let isWild = bytes.contains(0x2A) || bytes.contains(0x3F)
        let isSix = bytes.contains(0x3A)
        let isNumeric = bytes.allSatisfy { byte in
            (0x30...0x39).contains(byte) || [0x2A, 0x3F, 0x2E].contains(byte)
                || isSix && (byte == 0x3A || (0x61...0x66).contains(byte))
        }
        guard isWild, isNumeric, bytes.count <= 64 else {
            throw KeyLineError("from= has \(text.quoted), which is no address, network or wildcard of addresses")
        }
        return .wildcard(bytes)
    }

    private static func network(_ text: String, length: String) throws(KeyLineError) -> Pattern {
        guard let address = IPAddress(text), !text.contains("%"),
            let bits = length.utf8.allSatisfy({ (0x30...0x39).contains($0) }) ? Int(length) : nil,
            (0...address.bytes.count * 8).contains(bits)
        else { throw KeyLineError("from= has \("\(text)/\(length)".quoted), which is no network") }
        guard address.isZero(afterBits: bits) else {
            throw KeyLineError("from= has \("\(text)/\(length)".quoted), whose address has bits beyond its length")
        }
        return .network(address, bits: bits)
    }
}
