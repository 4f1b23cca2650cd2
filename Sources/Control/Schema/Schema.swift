package import JSONText

/// What a JSON value must be: the part of JSON Schema (2020-12) that the methods need, as a value that can check.
package indirect enum Schema: Sendable {
    case boolean
    case integer(ClosedRange<Int64>)
    case number
    /// Of at most so many characters.
    case string(limit: Int)
    /// One of these words.
    case word([String])
    case list(Schema)
    case object([Property])
    /// `null`, too.
    case optional(Schema)
    case anything

    /// A member of an object, or a parameter of a method.
    package struct Property: Sendable {
        package let name: String
        package let schema: Schema
        package let isRequired: Bool
        package let summary: String

        package init(_ name: String, _ schema: Schema, isRequired: Bool = false, _ summary: String) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
            self.summary = summary
        }
    }

    /// A whole number that is not negative, as far as JavaScript can count.
    package static let count = Schema.integer(0...9_007_199_254_740_991)
    package static let text = Schema.string(limit: 4_096)

    /// As JSON Schema.
    package var json: JSONValue {
        switch self {
        case .boolean: ["type": "boolean"]
        case .integer(let range):
            ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .number: ["type": "number"]
        case .string(let limit): ["type": "string", "maxLength": .integer(Int64(limit))]
        case .word(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
        case .list(let element): ["type": "array", "items": element.json]
        case .object(let properties): Self.json(of: properties)
        case .optional(let schema): ["anyOf": [schema.json, ["type": "null"]]]
        case .anything: [:]
        }
    }

    package static func json(of properties: [Property], isClosed: Bool = false) -> JSONValue {
        var object = JSONObject([
            ("type", "object"),
            ("properties", .object(JSONObject(properties.map { ($0.name, $0.describedSchema) }))),
        ])
        let required = properties.filter(\.isRequired)
        if !required.isEmpty { object["required"] = .array(required.map { .string($0.name) }) }
        if isClosed { object["additionalProperties"] = false }
        return .object(object)
    }
}

extension Schema.Property {
    /// The schema with the summary in it.
    var describedSchema: JSONValue {
        guard case .object(var object) = schema.json else { return schema.json }
        object["description"] = .string(summary)
        return .object(object)
    }
}
