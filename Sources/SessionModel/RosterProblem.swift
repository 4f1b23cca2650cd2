/// Something in the key files that admits nobody, and why.
package struct RosterProblem: Hashable, Sendable, CustomStringConvertible {
    package let file: String
    /// Counted from 1; nil where the whole file is meant.
    package let line: Int?
    package let sentence: String

    package init(file: String, line: Int? = nil, _ sentence: String) {
        self.file = file
        self.line = line
        self.sentence = sentence
    }

    package var description: String {
        let path = file.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? file : file.quoted
        return line.map { "\(path):\($0): \(sentence)" } ?? "\(path): \(sentence)"
    }
}
