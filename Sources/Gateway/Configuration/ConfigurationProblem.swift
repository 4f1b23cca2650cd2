/// Something wrong in the configuration, where it is wrong, and what to do.
package struct ConfigurationProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package let file: String
    /// Counted from 1; nil where the whole file is meant.
    package let line: Int?
    package let column: Int?
    package let sentence: String

    package init(file: String, line: Int? = nil, column: Int? = nil, _ sentence: String) {
        self.file = file
        self.line = line
        self.column = column
        self.sentence = sentence
    }

    package var description: String {
        guard let line, let column else { return "\(file): \(sentence)" }
        return "\(file):\(line):\(column): \(sentence)"
    }
}
