private import Foundation
package import Platform
package import SystemPackage

/// An event loop with a thread of its own; the loop ends when this is dropped.
package final class LoopThread: Sendable {
    package let loop: EventLoop

    /// The loop that TestKit's own descriptors are watched on.
    static let shared: LoopThread? = try? LoopThread()

    package init() throws(Errno) {
        let loop = try EventLoop()
        self.loop = loop
        let thread = Thread { loop.run() }
        thread.name = "loop"
        thread.start()
    }

    deinit { loop.stop() }

    /// Runs the work on the loop's thread and returns what it returns.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            loop.submit { continuation.resume(with: Result(catching: work)) }
        }
    }

    /// Runs work that can not fail on the loop's thread and returns what it returns.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            loop.submit { continuation.resume(returning: work()) }
        }
    }
}
