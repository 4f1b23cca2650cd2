import Platform
import SystemPackage
import TestKit
import Testing

@Suite("An event loop")
struct EventLoopTests {
    private let thread: LoopThread

    init() throws { thread = try LoopThread() }

    @Test("runs what was submitted from many threads, once each and on its own thread")
    func submit() async throws {
        let loop = thread.loop
        let seen = Notes<Int>()
        await withTaskGroup { group in
            for number in 0..<200 {
                group.addTask {
                    loop.submit {
                        loop.checkIsolated()
                        seen.add(number)
                    }
                }
            }
        }
        try await eventually("200 closures") { seen.all.count >= 200 }
        #expect(seen.all.sorted() == Array(0..<200))
    }

    @Test("runs what one thread submits in its order")
    func order() async throws {
        let seen = Notes<Int>()
        for number in 0..<100 { thread.loop.submit { seen.add(number) } }
        await thread.run {}
        #expect(seen.all == Array(0..<100))
    }

    @Test("tells one handler one time, however long it takes, and the next a later one")
    func time() async throws {
        let loop = thread.loop
        let seen = Notes<ContinuousClock.Instant>()
        await thread.run {
            seen.add(loop.now)
            let begin = ContinuousClock.now
            while ContinuousClock.now == begin {}
            seen.add(loop.now)
            loop.schedule(after: .zero) { seen.add(loop.now) }
        }
        try await eventually("the timer") { seen.all.count == 3 }
        #expect(seen.all[0] == seen.all[1] && seen.all[1] < seen.all[2])
    }

    @Test("fires timers in the order of their instants, equal ones in the order they were set, cancelled ones never")
    func timers() async throws {
        let loop = thread.loop
        let fired = Notes<String>()
        await thread.run {
            let now = ContinuousClock.now
            func set(_ name: String, after milliseconds: Int) -> EventLoop.TimerID {
                loop.schedule(at: now.advanced(by: .milliseconds(milliseconds))) {
                    fired.add(name)
                }
            }
            _ = set("third", after: 30)
            _ = set("first", after: 10)
            let cancelled = set("cancelled", after: 15)
            _ = set("second", after: 20)
            _ = set("equal", after: 20)
            loop.cancel(cancelled)
            loop.cancel(cancelled)
        }
        try await eventually("four timers") { fired.all.count >= 4 }
        #expect(fired.all == ["first", "second", "equal", "third"])
    }

    @Test("runs what waits for the end of the round after the events of the round, and what that asks for too")
    func afterThisRound() async throws {
        let loop = thread.loop
        let seen = Notes<String>()
        await thread.run {
            loop.afterThisRound {
                seen.add("later")
                loop.afterThisRound { seen.add("last") }
            }
            seen.add("now")
        }
        try await eventually("both closures") { seen.all.count >= 3 }
        #expect(seen.all == ["now", "later", "last"])
    }

    @Test("does what was submitted before it was told to stop, and then returns")
    func stop() async throws {
        let loop = try EventLoop()
        let runs = Notes<Int>()
        loop.submit { runs.add(1) }
        loop.stop()
        loop.run()
        #expect(runs.all == [1])
    }

    @Test("is the executor of an actor, whose raw handlers may assume its isolation")
    func executor() async throws {
        let counter = Counter(on: thread.loop)
        for _ in 0..<1_000 { await counter.bump() }
        let (reader, writer) = try FileDescriptor.pipe()
        try await counter.watch(reader)
        try writer.writeAll([1])
        try await eventually("the handler's effect") { await counter.value == 1_100 }
        try reader.close()
        try writer.close()
    }

    @Test("stops a program that looks at it from another thread")
    func wrongThread() async {
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop()
            loop.checkIsolated()
        }
    }
}

private actor Counter {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private(set) var value = 0

    init(on loop: EventLoop) { self.loop = loop }

    func bump() { value += 1 }

    func watch(_ descriptor: FileDescriptor) throws {
        try loop.watch(descriptor, for: .readable) { _ in
            self.assumeIsolated { $0.value += 100 }
            self.loop.unwatch(descriptor)
        }
    }
}
