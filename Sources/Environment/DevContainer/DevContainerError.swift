package import JSONText

/// What is wrong with a `devcontainer.json`, and where.
package struct DevContainerError: Error, Hashable, Sendable, CustomStringConvertible {
    package let place: JSONDocument.Place
    package let sentence: String

    package var description: String { "devcontainer.json, \(place): \(sentence)" }
}
