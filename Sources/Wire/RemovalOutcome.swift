/// What became of a session that was to be removed. `cmdop-prepare` says it by its exit status, and in words on stdout.
package enum RemovalOutcome: Int32, Sendable, Hashable {
    case removed = 0
    case failed = 1
    /// Its working files would be lost.
    case kept = 3
}
