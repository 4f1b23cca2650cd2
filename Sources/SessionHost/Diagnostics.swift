import Platform
import Synchronization
import SystemPackage

/// The host's own complaints, for whoever looks into its log: constants and numbers, never what was typed or printed.
enum Diagnostics {
    static func note(_ sentence: String) {
        let line = Array("\(UnixTime.now.nanoseconds / 1_000_000_000) \(sentence)\n".utf8)
        _ = line.withUnsafeBytes { try? FileDescriptor.standardError.writeAvailable($0) }
    }

    private static let lastShortage = Atomic<UInt64>(0)

    /// Says at most once a minute that there are no descriptors left.
    static func noteShortage(of purpose: StaticString) {
        let now = UnixTime.now.nanoseconds / 1_000_000_000
        guard now >= lastShortage.load(ordering: .relaxed) + 60 else { return }
        lastShortage.store(now, ordering: .relaxed)
        note("no descriptor left for \(purpose): RLIMIT_NOFILE is \(OpenFileLimit.current)")
    }
}
