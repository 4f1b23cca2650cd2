/// How something about a shell is known. The raw value is on the wire and in journals.
package enum Knowledge: UInt8, Hashable, Comparable, Sendable {
    /// Guessed from what the terminal shows or the kernel says.
    case weak = 1
    /// The shell said so, while something else had the foreground.
    case strong = 2
    /// The shell said so, and it has the foreground.
    case exact = 3

    package var name: String {
        switch self {
        case .weak: "weak"
        case .strong: "strong"
        case .exact: "exact"
        }
    }

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
