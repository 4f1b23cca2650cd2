/// Why bytes are no JSON that is taken here, and at which byte that shows.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        case unexpectedEnd
        case unexpectedByte
        /// Something follows the value.
        case trailingBytes
        case invalidUTF8
        case controlCharacter
        case invalidEscape
        /// Half of a pair of `\u` escapes.
        case loneSurrogate
        case invalidNumber
        case numberTooLarge
        case repeatedName
        case tooLong
        case tooDeep
        case tooManyValues
    }

    package let reason: Reason
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "\(sentence), at byte \(offset)" }

    /// Without the place.
    package var sentence: String {
        switch reason {
        case .unexpectedEnd: "the text ends in the middle of a value"
        case .unexpectedByte: "there is a character where none may stand"
        case .trailingBytes: "something follows the value"
        case .invalidUTF8: "the text is not UTF-8"
        case .controlCharacter: "a string holds a control character; write it as an escape"
        case .invalidEscape: "there is an escape that JSON does not have"
        case .loneSurrogate: "half of a surrogate pair stands alone"
        case .invalidNumber: "there is a number that JSON can not write so"
        case .numberTooLarge: "there is a number beyond what a double holds"
        case .repeatedName: "a name stands twice in one object"
        case .tooLong: "the text is too long"
        case .tooDeep: "values are nested too deep"
        case .tooManyValues: "there are too many values"
        }
    }
}

/// How much of a stranger's JSON is read.
package struct JSONLimits: Hashable, Sendable {
    package var bytes: Int
    /// Arrays and objects inside each other.
    package var depth: Int
    package var values: Int

    package init(bytes: Int = 1 << 20, depth: Int = 32, values: Int = 100_000) {
        self.bytes = bytes
        self.depth = depth
        self.values = values
    }
}
