/// A pattern for names of sessions or operators: `*` is any text, `?` any one character, the rest is itself.
package struct Glob: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    private let pattern: [UInt8]

    /// Fails for text that no name could match: characters outside `[a-z0-9._-]`, `*` and `?`, or more than 63 of them.
    package init?(_ text: String) {
        let pattern = Array(text.utf8)
        guard (1...63).contains(pattern.count),
            pattern.allSatisfy({ byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
                    || [0x2A, 0x3F, 0x2E, 0x5F, 0x2D].contains(byte)
            })
        else { return nil }
        self.text = text
        self.pattern = pattern
    }

    private init(any: Void) {
        text = "*"
        pattern = [0x2A]
    }

    /// Matches every name.
    package static let any = Glob(any: ())

    /// Whether only one name matches.
    package var isLiteral: Bool { !pattern.contains(0x2A) && !pattern.contains(0x3F) }

    package var description: String { text }

    package func matches(_ name: String) -> Bool { Self.matches(pattern[...], Array(name.utf8)[...]) }

    /// Wildcard matching over bytes. Takes at most the product of the lengths in steps.
    package static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        var pattern = pattern
        var name = name
        var retry: (pattern: ArraySlice<UInt8>, name: ArraySlice<UInt8>)?
        while true {
            if let first = pattern.first, first == 0x2A {
                pattern = pattern.dropFirst()
                retry = (pattern, name)
            } else if let first = pattern.first, let byte = name.first, first == byte || first == 0x3F {
                pattern = pattern.dropFirst()
                name = name.dropFirst()
            } else if pattern.isEmpty, name.isEmpty {
                return true
            } else if let last = retry, !last.name.isEmpty {
                name = last.name.dropFirst()
                pattern = last.pattern
                retry = (pattern, name)
            } else {
                return false
            }
        }
    }
}
