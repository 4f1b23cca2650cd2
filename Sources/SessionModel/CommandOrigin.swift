/// Numbers the commands that front-ends have typed whole in an incarnation, from 1.
package struct RunNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package var description: String { "\(rawValue)" }
    package var next: RunNumber { RunNumber(rawValue: rawValue + 1) }
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What typed a command whole, at a prompt with nothing on its line: by this its record is found, and no other.
package enum CommandOrigin: Hashable, Sendable {
    case run(RunNumber)
    /// It was approved, and typed by the session.
    case proposal(ProposalNumber)
}
