/// Makes secrets unreadable wherever a program prints them as they are. It keeps accidents off screens and records:
/// who may run commands can print a secret in another form.
///
/// What may be the beginning of one is held back until it is known. The secret of the shell's marks passes in marks.
package struct SecretMask {
    /// Bytes of the shortest secret that is masked: a shorter one stands in too much that is none.
    package static let shortest = 8
    /// How long a piece's end is held back that may be a secret's beginning.
    package static let patience = Duration.milliseconds(30)
    /// A beginning of fewer bytes is let through: what people type is echoed without delay.
    private static let held = 4
    private static let cover = UInt8(ascii: "x")
    /// Bytes of `133;`, a letter and `;`, which stand before the secret in a mark.
    private static let headLength = 6

    /// Longest first.
    private let secrets: [[UInt8]]
    private let marks: [UInt8]
    /// Whether a secret begins with the byte.
    private let isFirst: [Bool]
    /// The end of what came before: what may be a secret's beginning, and what stands before that.
    private var text: [UInt8] = []
    /// What of it is covered.
    private var covers: [Range<Int>] = []
    /// How much of it is out already.
    private var released = 0

    /// - Parameters:
    ///   - marks: the secret of the shell's marks; empty where there is none.
    ///   - values: those with several lines are masked line by line, as terminals print them.
    package init(marks: [UInt8] = [], values: [[UInt8]] = []) {
        self.marks = marks
        let lines = values.flatMap { $0.split { $0 == 0x0A || $0 == 0x0D }.map(Array.init) }
        let all = Set(lines.filter { $0.count >= Self.shortest } + (marks.isEmpty ? [] : [marks]))
        secrets = all.sorted { $0.count > $1.count }
        var isFirst = [Bool](repeating: false, count: 256)
        for secret in secrets { if let first = secret.first { isFirst[Int(first)] = true } }
        self.isFirst = isFirst
    }

    package var isHolding: Bool { released < text.count }

    /// Takes a piece in.
    ///
    /// - Returns: what may be shown now.
    package mutating func mask(_ piece: [UInt8]) -> [UInt8] {
        guard !secrets.isEmpty else { return piece }
        text += piece
        findAll()
        let beginning = beginningAtEnd()
        let hidden = beginning.elsewhere
        let end = hidden >= Self.held ? max(released, text.count - hidden) : text.count
        let shown = covered(released..<end)
        released = end
        forget(before: text.count - max(beginning.inMarks, hidden) - Self.headLength)
        return shown
    }

    /// What is held back, because nothing more came.
    package mutating func release() -> [UInt8] {
        let shown = covered(released..<text.count)
        released = text.count
        return shown
    }

    /// A whole text.
    package func masked(_ text: String) -> String {
        guard !secrets.isEmpty else { return text }
        var copy = self
        (copy.text, copy.covers, copy.released) = ([], [], 0)
        let shown = copy.mask(Array(text.utf8))
        return String(decoding: shown + copy.release(), as: UTF8.self)
    }

    // MARK: Finding

    private mutating func findAll() {
        for start in text.indices where isFirst[Int(text[start])] {
            guard let secret = secrets.first(where: { isThere($0, at: start) }) else { continue }
            let end = start + secret.count
            if let last = covers.last, last.upperBound >= end { continue }
            covers.append(start..<end)
        }
    }

    private func isThere(_ secret: [UInt8], at start: Int) -> Bool {
        guard start + secret.count <= text.count else { return false }
        for offset in secret.indices where text[start + offset] != secret[offset] { return false }
        return secret != marks || !isMark(before: start)
    }

    private func isMark(before start: Int) -> Bool {
        guard start >= Self.headLength else { return false }
        let head = text[start - Self.headLength..<start]
        return head.starts(with: "133;".utf8) && head.last == UInt8(ascii: ";")
    }

    /// The longest end of the text that a secret may go on from; and the longest that is not in a mark.
    private func beginningAtEnd() -> (inMarks: Int, elsewhere: Int) {
        var (longest, hidden) = (0, 0)
        for secret in secrets {
            var length = min(secret.count - 1, text.count)
            while length > hidden {
                let start = text.count - length
                if text[start] == secret[0], text[start...].elementsEqual(secret[..<length]) {
                    longest = max(longest, length)
                    if secret != marks || !isMark(before: start) { hidden = length }
                }
                length -= 1
            }
        }
        return (longest, hidden)
    }

    // MARK: Showing

    private func covered(_ range: Range<Int>) -> [UInt8] {
        var shown = Array(text[range])
        for cover in covers {
            for index in cover.clamped(to: range) { shown[index - range.lowerBound] = Self.cover }
        }
        return shown
    }

    private mutating func forget(before end: Int) {
        let count = min(max(0, end), released)
        guard count > 0 else { return }
        text.removeFirst(count)
        released -= count
        covers = covers.compactMap { cover in
            cover.upperBound > count ? max(0, cover.lowerBound - count)..<(cover.upperBound - count) : nil
        }
    }
}
