/// Identifies one attachment for the life of an incarnation.
package struct AttachmentID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package var description: String { "\(rawValue)" }
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Numbers the turns of a session, from 1.
package struct TurnNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package var description: String { "\(rawValue)" }
    package var next: TurnNumber { TurnNumber(rawValue: rawValue + 1) }
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Numbers the events of a session's journal, from 1, across incarnations.
package struct EventNumber: Hashable, Comparable, Sendable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package var next: EventNumber { EventNumber(rawValue: rawValue + 1) }
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Numbers the process trees that a session had, from 1.
package struct Incarnation: Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package var next: Incarnation { Incarnation(rawValue: rawValue + 1) }
}

/// Numbers the commands that were run at the prompt of an incarnation, from 1.
package struct CommandNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package var description: String { "\(rawValue)" }
    package var next: CommandNumber { CommandNumber(rawValue: rawValue + 1) }
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Numbers the proposals of an incarnation, from 1.
package struct ProposalNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package var description: String { "\(rawValue)" }
    package var next: ProposalNumber { ProposalNumber(rawValue: rawValue + 1) }
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A moment on the host's own clock, counted from a start that only the host knows. Never compared across processes.
package struct Moment: Hashable, Comparable, Sendable {
    /// When the host began to count.
    package static let start = Moment(sinceStart: .zero)
    package let sinceStart: Duration
    package init(sinceStart: Duration) { self.sinceStart = sinceStart }
    package func advanced(by duration: Duration) -> Moment { Moment(sinceStart: sinceStart + duration) }
    package static func < (a: Self, b: Self) -> Bool { a.sinceStart < b.sinceStart }
}
