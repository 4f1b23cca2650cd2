/// Stands for one attachment in the bytes that its client is shown, so that a session can tell that it is shown inside
/// itself. Nobody else knows it before; later ones sort behind earlier ones.
///
/// A front-end writes an attachment's token to its client in a control string that terminals ignore, and with it those
/// that came to the attachment's own session in the same way. A host takes them out of what its programs print.
package struct WatchToken: Hashable, Sendable, Comparable {
    package static let length = 32
    /// Tokens that one control string holds, and that a session remembers: the newest.
    package static let limit = 16
    /// What the control string (OSC) begins with.
    package static let head = "6177;cmdop;"

    /// Nanoseconds since 1970 and a random number, in hexadecimal digits.
    package let text: String

    package init(time: UInt64, number: UInt64) { text = Self.digits(time) + Self.digits(number) }

    package init?(_ text: String) {
        guard text.utf8.count == Self.length,
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.text = text
    }

    /// By its own clock; of other machines' clocks the order is still the same everywhere.
    package var time: UInt64 { UInt64(text.prefix(16), radix: 16) ?? 0 }

    package static func < (one: WatchToken, other: WatchToken) -> Bool { one.text < other.text }

    private static func digits(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The control string.
    package static func marker(_ tokens: [WatchToken]) -> [UInt8] {
        Array("\u{1B}]\(head)\(tokens.prefix(limit).map(\.text).joined(separator: ","))\u{1B}\\".utf8)
    }

    /// What a control string's payload says; nothing where it is another.
    package static func tokens(in payload: [UInt8]) -> [WatchToken] {
        guard payload.starts(with: head.utf8), payload.count <= head.utf8.count + limit * (length + 1) else {
            return []
        }
        return payload.dropFirst(head.utf8.count).split(separator: UInt8(ascii: ",")).compactMap {
            WatchToken(String(decoding: $0, as: UTF8.self))
        }
    }
}

/// The attachments that are shown in a session, as far as their tokens tell. Bounded: the oldest go.
package struct WatchedTokens: Hashable, Sendable {
    /// How far behind now a token's time may be: clocks differ.
    private static let tolerance: UInt64 = 3_600_000_000_000

    /// Newest first.
    package private(set) var tokens: [WatchToken] = []

    package init() {}

    /// - Returns: whether there is one that was not known.
    package mutating func note(_ new: [WatchToken], at time: UInt64 = .max) -> Bool {
        let latest = time.addingReportingOverflow(Self.tolerance)
        let limit = latest.overflow ? UInt64.max : latest.partialValue
        let unknown = Set(new).subtracting(tokens).filter { $0.time <= limit }
        guard !unknown.isEmpty else { return false }
        let before = tokens
        tokens = Array((tokens + unknown).sorted(by: >).prefix(WatchToken.limit))
        return tokens != before
    }

    /// Whether the newest of all is this one: then it closed a loop, and ends.
    package func isClosed(by own: WatchToken) -> Bool { tokens.contains(own) && tokens.allSatisfy { $0 <= own } }
}
