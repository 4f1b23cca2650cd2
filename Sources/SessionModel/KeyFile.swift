/// A file of keys, as found in `keys/team` or `keys/agents`.
package struct KeyFile: Hashable, Sendable {
    package let name: String
    package let kind: OperatorKind
    package let bytes: [UInt8]

    /// The largest file that is read, in bytes.
    package static let largest = 1_024 * 1_024
    /// The most keys that one file may have.
    package static let mostKeys = 1_000

    package init(name: String, kind: OperatorKind, bytes: [UInt8]) {
        self.name = name
        self.kind = kind
        self.bytes = bytes
    }

    /// The file as people are told of it: `team/alice.pub`.
    package var path: String { Self.folder(of: kind) + "/" + name }

    package static func folder(of kind: OperatorKind) -> String {
        switch kind {
        case .person: "team"
        case .agent: "agents"
        }
    }

    /// The name of the operator whose keys these are; nil when the file's name gives none.
    var operatorName: String? {
        guard name.hasSuffix(".pub") else { return nil }
        let stem = String(name.dropLast(4))
        return OperatorName.isValid(stem) ? stem : nil
    }
}
