private import Glibc

extension EventLoop {
    /// Runs the loop on a thread of its own until ``stop()``.
    package func runOnNewThread() { DetachedThread.start { self.run() } }

    /// Does work that waits for others on a thread of its own, and goes on here.
    package func runAside<Result: Sendable>(
        _ work: @escaping @Sendable () -> Result, then goOn: @escaping (Result) -> Void
    ) {
        let goOn = LoopBound(goOn, on: self)
        let aside = { @Sendable [self] in
            let result = work()
            submit { goOn.get()(result) }
        }
        // Late is better than never.
        if !DetachedThread.canStart(aside) { aside() }
    }
}

/// A thread that nobody waits for.
enum DetachedThread {
    private final class Work: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    static func start(_ work: @escaping @Sendable () -> Void) {
        let isStarted = canStart(work)
        precondition(isStarted, "a thread can be had at start")
    }

    /// Whether there is a thread that does the work.
    static func canStart(_ work: @escaping @Sendable () -> Void) -> Bool {
        let context = Unmanaged.passRetained(Work(work)).toOpaque()
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        guard failure == 0 else {
            Unmanaged<Work>.fromOpaque(context).release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
