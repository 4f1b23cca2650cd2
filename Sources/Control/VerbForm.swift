package import JSONText

/// How a method is asked for by words, and its result said to people.
package struct VerbForm: Sendable {
    package typealias Text = @Sendable (_ result: JSONValue, _ call: ControlCall) -> String

    package let name: String
    /// The parameters that stand behind the verb, in order; a last one that ends in `…` takes the rest of the line.
    package let words: [Word]
    package let text: Text
    /// The exit status, where the result says one.
    package let status: @Sendable (JSONValue) -> Int

    package struct Word: Hashable, Sendable {
        /// The parameter.
        package let parameter: String
        /// As help shows it.
        package let title: String
        package let isRest: Bool

        /// The session's name.
        package static let session = Word("session", "NAME")

        package init(_ parameter: String, _ title: String, isRest: Bool = false) {
            self.parameter = parameter
            self.title = title
            self.isRest = isRest
        }
    }

    package init(
        _ name: String, _ words: [Word] = [], status: @escaping @Sendable (JSONValue) -> Int = { _ in 0 },
        text: @escaping Text
    ) {
        self.name = name
        self.words = words
        self.status = status
        self.text = text
    }
}
