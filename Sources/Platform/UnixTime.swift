private import CLinux
private import Glibc

/// A time of day, for records.
package struct UnixTime: Hashable, Sendable {
    /// Since 1970, as `CLOCK_REALTIME` says.
    package let nanoseconds: UInt64

    /// How long ago it was; nothing where it is still to come.
    package var elapsed: Duration {
        let now = Self.now.nanoseconds
        return now > nanoseconds ? .nanoseconds(Int64(clamping: now - nanoseconds)) : .zero
    }

    package static var now: UnixTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UnixTime(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }
}
