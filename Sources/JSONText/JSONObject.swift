/// The members of a JSON object in the order in which they were put there; no name stands twice.
///
/// Two objects are equal when they have the same members in whatever order.
package struct JSONObject: Sendable {
    package private(set) var names: [String]
    private var values: [String: JSONValue]

    package init() {
        names = []
        values = [:]
    }

    /// Of members with the same name, the last holds.
    package init(_ members: some Sequence<(String, JSONValue)>) {
        self.init()
        for (name, value) in members { self[name] = value }
    }

    package var count: Int { names.count }
    package var isEmpty: Bool { names.isEmpty }

    package subscript(name: String) -> JSONValue? {
        get { values[name] }
        set {
            let old = values[name]
            values[name] = newValue
            if old == nil, newValue != nil { names.append(name) }
            if old != nil, newValue == nil { names.removeAll { $0 == name } }
        }
    }

    package var members: [(name: String, value: JSONValue)] {
        names.compactMap { name in values[name].map { (name, $0) } }
    }
}

extension JSONObject: Hashable {
    package static func == (a: Self, b: Self) -> Bool { a.values == b.values }
    package func hash(into hasher: inout Hasher) { hasher.combine(values) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
