private import Glibc

/// How many descriptors this process may have (RLIMIT_NOFILE, getrlimit(2)).
package enum OpenFileLimit {
    /// Raises what holds now to what the process may give itself, at most to `wanted`; never lowers it.
    package static func raise(to wanted: Int) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let most = min(limit.rlim_max, rlim_t(wanted))
        guard limit.rlim_cur < most else { return }
        limit.rlim_cur = most
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    package static var current: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        return Int(clamping: limit.rlim_cur)
    }
}
