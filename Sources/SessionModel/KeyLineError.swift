/// Why a line of a key file admits nobody, as a sentence.
package struct KeyLineError: Error, Hashable, Sendable, CustomStringConvertible {
    package let sentence: String
    package init(_ sentence: String) { self.sentence = sentence }
    package var description: String { sentence }
}
