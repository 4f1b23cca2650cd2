/// A numeric IPv4 or IPv6 address. An IPv4 address mapped into IPv6 is the IPv4 address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes, most significant first.
    package let bytes: [UInt8]

    package var isIPv4: Bool { bytes.count == 4 }

    /// Reads `192.0.2.1`, `2001:db8::1`, `::ffff:192.0.2.1`; a zone (`%eth0`) is dropped. Nil for anything else.
    package init?(_ text: String) {
        let unzoned = text.utf8.split(separator: 0x25, maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = unzoned.first, text.utf8.count <= 64 else { return nil }
        let hasColon = address.contains(0x3A)
        guard unzoned.count == 1 || hasColon, let parsed = hasColon ? Self.sixteen(address) : Self.four(address)
        else { return nil }
        bytes = Self.unmapped(parsed)
    }

    /// The canonical text (RFC 5952).
    package var description: String {
        guard !isIPv4 else { return bytes.map { String($0) }.joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        let gap = Self.longestZeroRun(groups)
        func text(_ part: ArraySlice<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
        guard let gap else { return text(groups[...]) }
        return text(groups[..<gap.lowerBound]) + "::" + text(groups[gap.upperBound...])
    }

    /// Whether the first `length` bits are those of the other address.
    package func agrees(with other: IPAddress, bits length: Int) -> Bool {
        guard bytes.count == other.bytes.count else { return false }
        return zip(bytes, other.bytes).enumerated().allSatisfy { index, pair in
            let used = min(max(length - index * 8, 0), 8)
            return (pair.0 ^ pair.1) >> (8 - used) == 0 || used == 0
        }
    }

    /// Whether every bit after the first `length` is zero.
    package func isZero(afterBits length: Int) -> Bool {
        bytes.enumerated().allSatisfy { index, byte in
            let used = min(max(length - index * 8, 0), 8)
            return used == 8 || byte & (0xFF >> used) == 0
        }
    }

    private static func four(_ text: Substring.UTF8View) -> [UInt8]? {
        let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part -> UInt8? in
            guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }),
                part.count == 1 || part.first != 0x30
            else { return nil }
            return UInt8(Substring(part))
        }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    private static func sixteen(_ text: Substring.UTF8View) -> [UInt8]? {
        let halves = halved(text)
        guard let head = groups(halves.head, mayEndInFour: halves.tail == nil) else { return nil }
        guard let tailText = halves.tail else { return head.count == 16 ? head : nil }
        guard let tail = groups(tailText, mayEndInFour: true), head.count + tail.count <= 14 else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// The texts before and after the first `::`.
    private static func halved(_ text: Substring.UTF8View) -> (head: Substring.UTF8View, tail: Substring.UTF8View?) {
        var index = text.startIndex
        while index != text.endIndex {
            let next = text.index(after: index)
            if text[index] == 0x3A, next != text.endIndex, text[next] == 0x3A {
                return (text[..<index], text[text.index(after: next)...])
            }
            index = next
        }
        return (text, nil)
    }

    private static func groups(_ text: Substring.UTF8View, mayEndInFour: Bool) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: 0x3A, omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndInFour, index == parts.count - 1, let last = four(part) {
                bytes += last
            } else {
                guard (1...4).contains(part.count), part.first != 0x2B, part.first != 0x2D,
                    let group = UInt16(Substring(part), radix: 16)
                else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            }
        }
        return bytes.count <= 16 ? bytes : nil
    }

    private static func unmapped(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count == 16, bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF else {
            return bytes
        }
        return Array(bytes[12...])
    }

    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            if index - start >= 2, index - start > (best?.count ?? 0) { best = start..<index }
            start = index + 1
        }
        return best
    }
}
