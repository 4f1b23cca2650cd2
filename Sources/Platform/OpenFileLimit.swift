private import Glibc
private import Synchronization
package import SystemPackage

/// How many descriptors this process may have (RLIMIT_NOFILE, getrlimit(2)), and how many of them it keeps for itself.
package enum OpenFileLimit {
    /// The soft limit before the first ``raise(to:)``; 0 while there was none.
    private static let inherited = Atomic<UInt64>(0)

    /// Raises the soft limit as far as the hard one allows, at most to `wanted`; never lowers it. Programs that this
    /// process starts still get the one that it had.
    package static func raise(to wanted: Int) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let most = min(limit.rlim_max, rlim_t(wanted))
        guard limit.rlim_cur < most else { return }
        let before = UInt64(limit.rlim_cur)
        limit.rlim_cur = most
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        _ = inherited.compareExchange(expected: 0, desired: before, ordering: .relaxed)
    }

    package static var current: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        return Int(clamping: limit.rlim_cur)
    }

    /// The soft limit for programs that this process starts; `nil` where it is this process's own.
    static var ofChildren: UInt64? {
        let before = inherited.load(ordering: .relaxed)
        return before == 0 ? nil : before
    }

    // MARK: The reserve

    /// Descriptors that only the process's own files may take: keys, configuration, journals, links to hosts.
    package static func reserve(of limit: Int) -> Int { min(256, max(24, limit / 8)) }

    /// Descriptors that may be taken for clients.
    package static var room: Int { room(of: current) }

    /// Some two dozen are the process's own from the start.
    package static func room(of limit: Int) -> Int { max(0, limit - reserve(of: limit) - 24) }

    /// Whether a descriptor that was just made for a client leaves the reserve alone. The kernel gives out the lowest
    /// number that is free (open(2)), so that its number says how many there are at least.
    ///
    /// - Parameter part: how large a part of the reserve is left alone: 2 for half of it.
    package static func leavesReserve(_ descriptor: FileDescriptor, part: Int = 1) -> Bool {
        let limit = current
        return Int(descriptor.rawValue) < limit - reserve(of: limit) / part
    }

    /// Whether so many descriptors may be made for what a client asks for. That leaves some more alone, so that clients
    /// that have nothing yet can still connect.
    package static func hasRoom(for count: Int) -> Bool {
        let probe = fcntl(0, F_DUPFD_CLOEXEC, 0)
        guard probe >= 0 else { return errno != EMFILE && errno != ENFILE }
        defer { close(probe) }
        let limit = current
        return Int(probe) + count <= limit - reserve(of: limit) * 3 / 2
    }
}
