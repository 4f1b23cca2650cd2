/// What an operator may do in a session; each role may also do what the ones before it may.
///
/// The raw value is on the wire and in journals.
package enum Role: UInt8, CaseIterable, Comparable, Sendable {
    case observer = 1
    case agent = 2
    case `operator` = 3
    case lead = 4

    package init?(name: String) {
        guard let role = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }

    package var name: String {
        switch self {
        case .observer: "observer"
        case .agent: "agent"
        case .operator: "operator"
        case .lead: "lead"
        }
    }

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    package func may(_ capability: Capability) -> Bool { self >= capability.leastRole }
}

/// Something that a role may or may not do.
package enum Capability: CaseIterable, Sendable {
    case observe
    case steer
    case runBeside
    case forward
    case create
    case end

    package var leastRole: Role {
        switch self {
        case .observe: .observer
        case .steer: .agent
        case .runBeside, .forward, .create: .operator
        case .end: .lead
        }
    }
}
