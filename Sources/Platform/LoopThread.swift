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
}
