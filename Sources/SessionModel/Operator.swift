/// Whether an operator is a person or a program acting for one.
package enum OperatorKind: UInt8, Sendable {
    case person = 1
    case agent = 2
}

/// An identity that attaches: known by name and by the key that it proved, never by connection.
package struct Operator: Hashable, Sendable {
    package let name: String
    package let kind: OperatorKind
    package let key: VerifiedKey

    package init(name: String, kind: OperatorKind, key: VerifiedKey) {
        self.name = name
        self.kind = kind
        self.key = key
    }
}
