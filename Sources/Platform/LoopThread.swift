private import Glibc

extension EventLoop {
    /// Runs the loop on a thread of its own until ``stop()``.
    package func runOnNewThread() {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let result = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        precondition(result == 0, "a thread can be had at start")
        pthread_detach(thread)
    }

    /// Does work that waits for others on a thread of its own, and goes on here.
    package func runAside<Result: Sendable>(
        _ work: @escaping @Sendable () -> Result, then goOn: @escaping (Result) -> Void
    ) {
        let goOn = LoopBound(goOn, on: self)
        let context = Unmanaged.passRetained(
            WorkAside { [self] in
                let result = work()
                submit { goOn.get()(result) }
            }
        ).toOpaque()
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<WorkAside>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        // Late is better than never.
        guard failure == 0 else { return Unmanaged<WorkAside>.fromOpaque(context).takeRetainedValue().run() }
        pthread_detach(thread)
    }
}

private final class WorkAside: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
