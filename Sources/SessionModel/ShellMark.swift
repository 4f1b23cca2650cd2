/// What a shell says of itself between what it prints: FinalTerm's marks (OSC 133), with the session's secret.
///
/// The grammar is in `Sources/Environment/Marks.md`.
package enum ShellMark: Hashable, Sendable {
    /// A prompt is about to be printed.
    case promptBegins(directory: String)
    /// The prompt stands, and the shell reads a line. Some shells say once more how the last command ended.
    /// With the characters that its history expansion goes by: none where that is off, `nil` where it does not say.
    case reads(status: UInt8?, history: [UInt8]? = nil)
    /// The shell waits for the rest of a command.
    case continues
    case commandBegins(text: String, isCertain: Bool)
    /// What the command printed ends here, though its status is still to come.
    case outputEnds(status: UInt8? = nil)
    case commandEnds(status: UInt8)

    /// Reads an OSC's payload; nil where it is no mark, or lacks the secret.
    package init?(payload: [UInt8], secret: [UInt8]) {
        let head: [UInt8] = [0x31, 0x33, 0x33, 0x3B]  // 133;
        guard !secret.isEmpty, payload.starts(with: head) else { return nil }
        let fields = payload.dropFirst(head.count).split(
            separator: 0x3B, maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count > 1, fields[0].count == 1, let letter = fields[0].first, Self.isSame(fields[1], secret)
        else { return nil }
        let rest = fields.dropFirst(2)
        switch letter {
        case UInt8(ascii: "A"): self = .promptBegins(directory: Self.unescaped(rest.joined(separator: [0x3B])))
        case UInt8(ascii: "B"):
            self = .reads(status: Self.status(rest.first), history: rest.dropFirst().first.map(Array.init))
        case UInt8(ascii: "P"): self = .continues
        case UInt8(ascii: "E"): self = .outputEnds(status: Self.status(rest.first))
        case UInt8(ascii: "D"):
            guard let status = Self.status(rest.first) else { return nil }
            self = .commandEnds(status: status)
        case UInt8(ascii: "C"):
            let isCertain = rest.first.map { $0.elementsEqual("strong".utf8) } ?? false
            self = .commandBegins(text: Self.unescaped(Array(rest.dropFirst().first ?? [])), isCertain: isCertain)
        default: return nil
        }
    }

    private static func status(_ field: ArraySlice<UInt8>?) -> UInt8? {
        field.flatMap { UInt8(String(decoding: $0, as: UTF8.self)) }
    }

    /// Looks at every byte, so that the time tells nothing of the secret.
    private static func isSame(_ offered: ArraySlice<UInt8>, _ secret: [UInt8]) -> Bool {
        guard offered.count == secret.count else { return false }
        return zip(offered, secret).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func unescaped(_ bytes: some Sequence<UInt8>) -> String {
        var plain: [UInt8] = []
        var isEscaped = false
        for byte in bytes {
            if !isEscaped, byte == UInt8(ascii: "\\") {
                isEscaped = true
                continue
            }
            switch byte {
            case UInt8(ascii: "n") where isEscaped: plain.append(0x0A)
            case UInt8(ascii: "t") where isEscaped: plain.append(0x09)
            default: plain.append(byte)
            }
            isEscaped = false
        }
        return ByteString(plain).shown
    }
}
