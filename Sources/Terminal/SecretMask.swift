/// Makes a secret unreadable wherever a program prints it, but in the marks that carry it: a shell's own `set` shows
/// its variables.
package struct SecretMask {
    private static let cover = UInt8(ascii: "x")
    /// Bytes of `133;`, a letter and `;`, which stand before the secret in a mark.
    private static let headLength = 6

    private let secret: [UInt8]
    /// The end of what came before, in which a mark may have begun.
    private var tail: [UInt8] = []
    /// How much of the secret the last piece ended with.
    private var begun = 0

    package init(_ secret: [UInt8]) { self.secret = secret }

    /// Masks a piece of output in place. A secret that is cut by the end of a piece is masked from there on.
    package mutating func mask(_ bytes: UnsafeMutableRawBufferPointer) {
        guard let first = secret.first, !bytes.isEmpty else { return }
        let isInside = maskRest(bytes)
        var index = 0
        while let start = bytes[index...].firstIndex(of: first) {
            index = start + 1
            guard start + secret.count <= bytes.count, matches(bytes, at: start, count: secret.count) else { continue }
            if !isMark(before: start, bytes) {
                for place in start..<(start + secret.count) { bytes[place] = Self.cover }
            }
            index = start + secret.count
        }
        if !isInside { noteEnd(bytes) }
        tail = Array((tail + bytes.suffix(Self.headLength)).suffix(Self.headLength))
    }

    private func matches(_ bytes: UnsafeMutableRawBufferPointer, at start: Int, count: Int, from: Int = 0) -> Bool {
        for offset in 0..<count where bytes[start + offset] != secret[from + offset] { return false }
        return true
    }

    /// Whether the whole piece is the inside of a secret.
    private mutating func maskRest(_ bytes: UnsafeMutableRawBufferPointer) -> Bool {
        let rest = min(secret.count - begun, bytes.count)
        guard begun > 0, matches(bytes, at: 0, count: rest, from: begun) else { return false }
        for place in 0..<rest { bytes[place] = Self.cover }
        guard begun + rest < secret.count else { return false }
        begun += rest
        return true
    }

    private func isMark(before start: Int, _ bytes: UnsafeMutableRawBufferPointer) -> Bool {
        let head = (start - Self.headLength..<start).map { place -> UInt8 in
            if place >= 0 { return bytes[place] }
            return tail.count + place >= 0 ? tail[tail.count + place] : 0
        }
        return head.starts(with: "133;".utf8) && head.last == UInt8(ascii: ";")
    }

    private mutating func noteEnd(_ bytes: UnsafeMutableRawBufferPointer) {
        begun = 0
        for count in stride(from: min(secret.count - 1, bytes.count), to: 0, by: -1) {
            let start = bytes.count - count
            guard matches(bytes, at: start, count: count) else { continue }
            if !isMark(before: start, bytes) { begun = count }
            return
        }
    }
}
