package import JSONText

extension Schema {
    /// What is wrong with a value, as the end of a sentence that begins with its name; `nil` where nothing is.
    package func complaint(about value: JSONValue) -> String? {
        switch self {
        case .boolean: return value.bool == nil ? "must be true or false" : nil
        case .integer(let range):
            guard let number = value.integer else { return "must be a whole number" }
            return range.contains(number)
                ? nil : "must be a number from \(range.lowerBound) to \(range.upperBound)"
        case .number: return value.number == nil ? "must be a number" : nil
        case .string(let limit):
            guard let text = value.string else { return "must be a text" }
            return text.unicodeScalars.count > limit ? "must have at most \(limit) characters" : nil
        case .word(let words):
            return value.string.map(words.contains) == true
                ? nil : "must be one of \(words.map { "'\($0)'" }.joined(separator: ", "))"
        case .list(let element):
            guard let elements = value.array else { return "must be a list" }
            return elements.lazy.compactMap { element.complaint(about: $0) }.first.map { "has an element that \($0)" }
        case .object(let properties):
            guard let object = value.object else { return "must be an object" }
            return Self.complaint(about: object, properties)
        case .optional(let schema): return value.isNull ? nil : schema.complaint(about: value)
        case .anything: return nil
        }
    }

    /// The same for a whole object that may hold these, and nothing else.
    package static func complaint(about object: JSONObject, _ properties: [Property]) -> String? {
        for name in object.names where !properties.contains(where: { $0.name == name }) {
            let known = properties.map(\.name).joined(separator: ", ")
            return "has no '\(name.printable)'; there is \(known.isEmpty ? "nothing to give" : known)"
        }
        for property in properties {
            guard let value = object[property.name] else {
                if property.isRequired { return "needs '\(property.name)': \(property.summary)" }
                continue
            }
            if !property.isRequired, value.isNull { continue }
            if let complaint = property.schema.complaint(about: value) {
                return "has a '\(property.name)' that \(complaint)"
            }
        }
        return nil
    }
}
