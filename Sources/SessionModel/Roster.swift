/// The team: which key belongs to which operator, and what limits it. Read from key files once, then only looked at.
package struct Roster: Hashable, Sendable {
    /// A key that admits its operator.
    package struct Entry: Hashable, Sendable {
        package let name: String
        package let kind: OperatorKind
        package let fingerprint: Fingerprint
        package let options: KeyOptions
        package let comment: String
        /// Where it stands, as `team/alice.pub:3`.
        package let place: String
    }

    /// An operator, with the keys that admit them in the order of their file.
    package struct Member: Hashable, Sendable {
        package let name: String
        package let kind: OperatorKind
        package let keys: [Entry]
    }

    private let entries: [[UInt8]: Entry]
    private let people: [String: [KeyOptions]]
    /// Everybody who has a key that admits them, people first, each sorted by name.
    package let members: [Member]

    /// Lets nobody in.
    package static let empty = Roster(lines: [])

    init(lines: [(entry: Entry, blob: [UInt8])]) {
        entries = Dictionary(lines.map { ($0.blob, $0.entry) }, uniquingKeysWith: { first, _ in first })
        let byName = Dictionary(grouping: lines.map(\.entry)) { $0.name }
        members = byName.values
            .compactMap { keys in keys.first.map { Member(name: $0.name, kind: $0.kind, keys: keys) } }
            .sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
        people = byName.compactMapValues { keys in
            keys.first?.kind == .person ? keys.map(\.options) : nil
        }
    }

    package var isEmpty: Bool { entries.isEmpty }

    package func member(named name: String) -> Member? { members.first { $0.name == name } }

    /// Decides whether a key may come in from an address at a time, in seconds since 1970.
    ///
    /// Grants nothing by itself: whoever offers the key must still prove that they hold it.
    package func admission(
        of blob: [UInt8], from peer: String, at now: Int64
    ) -> Result<Admission, AdmissionRefusal> {
        guard let entry = entries[blob] else { return .failure(.unknownKey) }
        let options = entry.options
        guard !options.limits.isExpired(at: now) else { return .failure(.expired) }
        if let sources = options.sources {
            guard let address = IPAddress(peer), sources.admit(address) else { return .failure(.addressNotAllowed) }
        }
        switch entry.kind {
        case .person: return .success(Admission(person: entry.name, limits: options.limits))
        case .agent:
            let name = options.owner ?? ""
            let good = people[name, default: []].map(\.limits).filter { !$0.isExpired(at: now) }
            guard !good.isEmpty else { return .failure(.ownerHasNoKey) }
            let owner = Admission.Owner(name: name, limits: good)
            return .success(Admission(agent: entry.name, limits: options.limits, owner: owner))
        }
    }
}
