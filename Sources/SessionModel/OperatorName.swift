/// The form of an operator's name: `[a-z0-9][a-z0-9._-]{0,62}`, and never `cmdop`, which speaks for the server.
package enum OperatorName {
    /// Whom what is said by nobody comes from.
    package static let server = "cmdop"

    /// Whether the text has that form.
    package static func isValid(_ text: String) -> Bool { SessionName(text) != nil }
}
