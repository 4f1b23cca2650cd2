private import CLinux
private import Glibc
private import Synchronization
package import SystemPackage

/// One thread, one epoll set, and the serial executor of every actor pinned to it.
///
/// Jobs, timers and descriptor handlers never overlap, which is what lets thread-confined C libraries be held in plain
/// actor state.
///
/// - Note: `@unchecked Sendable` because everything but `inbox` is touched only on the thread that ``adopt()`` or
///   ``run()`` claimed, which every method but ``submit(_:)``, ``enqueue(_:)`` and ``stop()`` checks; `inbox` has a
///   lock.
package final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    package struct Readiness: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        package static let readable = Readiness(rawValue: EPOLLIN.rawValue)
        package static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
        /// Reported whether asked for or not: the other side is gone, or the descriptor failed.
        package static let hangup = Readiness(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)
    }

    package typealias Handler = (Readiness) -> Void

    /// A timer that was set; good for cancelling it.
    package struct TimerID: Hashable, Sendable { fileprivate let rawValue: UInt64 }

    private enum Job {
        case swift(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private struct Inbox {
        var jobs: [Job] = []
        var isStopping = false
        var isWoken = false
    }

    /// A registration has an identity of its own, so that an event of a closed descriptor never reaches its successor.
    private struct Registration {
        let generation: UInt32
        var interest: Readiness
        let handler: Handler
    }

    private let epoll: OwnedDescriptor
    private let wakeup: OwnedDescriptor
    private let inbox = Mutex(Inbox())
    private let threadID = Atomic<UInt>(0)
    private var registrations: [CInt: Registration] = [:]
    private var generation: UInt32 = 0
    private var timers: [TimerID: () -> Void] = [:]
    private var deadlines: [(due: ContinuousClock.Instant, id: TimerID)] = []
    private var lastTimer: UInt64 = 0
    private var afterEvents: [() -> Void] = []
    /// When what runs now began, once that was asked.
    private var callTime: ContinuousClock.Instant?

    /// The time, as what runs now saw it first: one handler, timer or job reads the clock once, so that all that it
    /// decides is decided at one time, however long it takes.
    package var now: ContinuousClock.Instant {
        if let callTime { return callTime }
        let time = ContinuousClock.now
        callTime = time
        return time
    }

    package init() throws(Errno) {
        epoll = OwnedDescriptor(taking: FileDescriptor(rawValue: try checked(epoll_create1(CInt(EPOLL_CLOEXEC)))))
        wakeup = OwnedDescriptor(
            taking: FileDescriptor(rawValue: try checked(eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)))))
        var event = epoll_event(
            events: EPOLLIN.rawValue, data: epoll_data(u64: Self.key(wakeup.borrowed.rawValue, generation: 0)))
        try checked(epoll_ctl(epoll.borrowed.rawValue, EPOLL_CTL_ADD, wakeup.borrowed.rawValue, &event))
    }

    // MARK: Running

    /// Claims the calling thread before ``run()``, so that descriptors can be registered first.
    package func adopt() { threadID.store(UInt(pthread_self()), ordering: .releasing) }

    /// Turns the calling thread into the loop's thread until ``stop()``.
    package func run() {
        adopt()
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        while true {
            let (jobs, isStopping) = inbox.withLock { inbox in
                let taken = (inbox.jobs, inbox.isStopping)
                inbox.jobs = []
                inbox.isWoken = false
                return taken
            }
            for job in jobs { perform(job) }
            fireTimers()
            runAfterEvents()
            if isStopping && jobs.isEmpty { return }
            let count = epoll_wait(epoll.borrowed.rawValue, &events, CInt(events.count), timeout())
            guard count >= 0 else {
                precondition(errno == EINTR, "epoll_wait can fail only through a bug here")
                continue
            }
            for index in 0..<Int(count) { dispatch(events[index]) }
            runAfterEvents()
        }
    }

    /// The descriptor that ``submit(_:)`` writes to.
    var wakeupNumber: CInt { wakeup.borrowed.rawValue }

    /// Ends ``run()`` once the jobs that were there before have run. From any thread.
    package func stop() {
        let mustWake = inbox.withLock { inbox in
            inbox.isStopping = true
            return Self.claimWake(&inbox)
        }
        if mustWake { wake() }
    }

    /// Runs the closure on the loop's thread, after whatever runs there now. From any thread.
    package func submit(_ work: @escaping @Sendable () -> Void) { append(.closure(work)) }

    /// Runs the closure once, when the events of this round have been handled: for work that many events ask for.
    package func afterThisRound(_ work: @escaping () -> Void) {
        checkIsolated()
        afterEvents.append(work)
    }

    private func perform(_ job: Job) {
        callTime = nil
        switch job {
        case .swift(let job):
            job.runSynchronously(on: asUnownedTaskExecutor())
        case .closure(let work): work()
        }
    }

    private func dispatch(_ event: epoll_event) {
        let key = event.data.u64
        let fd = CInt(truncatingIfNeeded: key & 0xFFFF_FFFF)
        if fd == wakeup.borrowed.rawValue {
            var ticks: UInt64 = 0
            _ = Glibc.read(fd, &ticks, MemoryLayout.size(ofValue: ticks))
            return
        }
        guard let registration = registrations[fd], registration.generation == UInt32(key >> 32) else { return }
        callTime = nil
        registration.handler(Readiness(rawValue: event.events))
    }

    private func runAfterEvents() {
        while !afterEvents.isEmpty {
            let work = afterEvents
            afterEvents = []
            for closure in work {
                callTime = nil
                closure()
            }
        }
    }

    // MARK: Descriptors

    /// Calls the handler whenever the descriptor is ready, until ``unwatch(_:)``. Level-triggered.
    package func watch(_ fd: FileDescriptor, for interest: Readiness, _ handler: @escaping Handler) throws(Errno) {
        checkIsolated()
        generation &+= 1
        var event = epoll_event(
            events: interest.rawValue, data: epoll_data(u64: Self.key(fd.rawValue, generation: generation)))
        try checked(epoll_ctl(epoll.borrowed.rawValue, EPOLL_CTL_ADD, fd.rawValue, &event))
        registrations[fd.rawValue] = Registration(generation: generation, interest: interest, handler: handler)
    }

    /// Changes what a watched descriptor's handler is called for.
    package func rewatch(_ fd: FileDescriptor, for interest: Readiness) {
        checkIsolated()
        guard let registration = registrations[fd.rawValue], registration.interest != interest else { return }
        registrations[fd.rawValue]?.interest = interest
        var event = epoll_event(
            events: interest.rawValue,
            data: epoll_data(u64: Self.key(fd.rawValue, generation: registration.generation)))
        let result = epoll_ctl(epoll.borrowed.rawValue, EPOLL_CTL_MOD, fd.rawValue, &event)
        precondition(result == 0, "a descriptor was closed before it was unwatched")
    }

    /// Ends a watch; harmless where there is none. Must come before the descriptor is closed.
    package func unwatch(_ fd: FileDescriptor) {
        checkIsolated()
        guard registrations.removeValue(forKey: fd.rawValue) != nil else { return }
        _ = epoll_ctl(epoll.borrowed.rawValue, EPOLL_CTL_DEL, fd.rawValue, nil)
    }

    // MARK: Timers

    /// Calls the closure once, when the time has passed.
    @discardableResult
    package func schedule(after delay: Duration, _ work: @escaping () -> Void) -> TimerID {
        schedule(at: ContinuousClock.now.advanced(by: delay), work)
    }

    /// Calls the closure once, at or soon after the instant.
    @discardableResult
    package func schedule(at due: ContinuousClock.Instant, _ work: @escaping () -> Void) -> TimerID {
        checkIsolated()
        lastTimer += 1
        let id = TimerID(rawValue: lastTimer)
        timers[id] = work
        let index = deadlines.firstIndex { $0.due <= due } ?? deadlines.endIndex
        deadlines.insert((due, id), at: index)
        return id
    }

    /// Forgets a timer; harmless when it has fired.
    package func cancel(_ id: TimerID) {
        checkIsolated()
        guard timers.removeValue(forKey: id) != nil else { return }
        deadlines.removeAll { $0.id == id }
    }

    private func fireTimers() {
        guard !deadlines.isEmpty else { return }
        let now = ContinuousClock.now
        while let next = deadlines.last, next.due <= now {
            deadlines.removeLast()
            callTime = nil
            timers.removeValue(forKey: next.id)?()
        }
    }

    /// Milliseconds until the next timer, rounded up so that the loop does not spin; -1 for none.
    private func timeout() -> CInt {
        if !afterEvents.isEmpty { return 0 }
        guard let next = deadlines.last else { return -1 }
        let (seconds, attoseconds) = (next.due - ContinuousClock.now).components
        guard seconds < 1_000_000 else { return -1 }
        return CInt(max(0, seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }

    // MARK: Executor

    /// Runs asynchronous work as a task that stays on this loop, from this loop.
    @discardableResult
    package func perform(_ work: @escaping () async -> Void) -> Task<Void, Never> {
        let bound = LoopBound(work, on: self)
        return Task(executorPreference: self) { await bound.get()() }
    }

    package func enqueue(_ job: consuming ExecutorJob) { append(.swift(UnownedJob(job))) }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    package func isIsolatingCurrentContext() -> Bool? {
        threadID.load(ordering: .acquiring) == UInt(pthread_self())
    }

    package func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on the loop's thread")
    }

    private func append(_ job: Job) {
        let mustWake = inbox.withLock { inbox in
            inbox.jobs.append(job)
            return Self.claimWake(&inbox)
        }
        if mustWake { wake() }
    }

    private static func claimWake(_ inbox: inout Inbox) -> Bool {
        defer { inbox.isWoken = true }
        return !inbox.isWoken
    }

    private func wake() {
        var tick: UInt64 = 1
        _ = Glibc.write(wakeup.borrowed.rawValue, &tick, MemoryLayout.size(ofValue: tick))
    }

    private static func key(_ fd: CInt, generation: UInt32) -> UInt64 {
        UInt64(generation) << 32 | UInt64(UInt32(bitPattern: fd))
    }
}
