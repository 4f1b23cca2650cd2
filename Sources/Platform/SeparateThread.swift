private import CLinux
private import Glibc

/// A thread that works for itself, and has a table of descriptors of its own.
///
/// So it can open files also when the process may open no more: descriptors are counted by table. Nothing that it
/// opens may be handed to others, nor theirs to it; it tells of what it finds by ``EventLoop/submit(_:)``.
package enum SeparateThread {
    /// Does the work on a new thread, until it returns.
    ///
    /// Where the kernel gives the thread no table of its own (Linux before 5.9) it shares everybody's.
    package static func start(waking loop: EventLoop, _ work: @escaping @Sendable () -> Void) {
        DetachedThread.start {
            var kept = [0, 1, 2, loop.wakeupNumber]
            _ = clinux_own_descriptors(&kept, CInt(kept.count))
            work()
        }
    }

    /// Lets time pass.
    package static func pause(_ duration: Duration) {
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        let (seconds, attoseconds) = duration.components
        let nanoseconds = Int64(end.tv_nsec) + attoseconds / 1_000_000_000
        end.tv_sec += Int(seconds + nanoseconds / 1_000_000_000)
        end.tv_nsec = Int(nanoseconds % 1_000_000_000)
        while clock_nanosleep(CLOCK_MONOTONIC, CInt(TIMER_ABSTIME), &end, nil) == EINTR {}
    }
}
