import Control
import HostClient
import Platform
import SessionModel
import SystemPackage
import Wire

/// A command beside the terminal whose output is collected.
final class ExecProgram: BesideProgram {
    /// How long output is waited for that something in the background may still hold open.
    private static let patience = Duration.seconds(1)
    /// How long the end of a command is waited for that was hung up.
    private static let killPatience = Duration.seconds(5)
    private static let endUnknown = "its time is over, and the session's host does not say that it has ended"

    private let request: ExecRequest
    private let loop: EventLoop
    private let link: SessionLink
    private let started = ContinuousClock.now
    private var reference: Reference?
    private var child: ChildID?
    private var input: StreamWriter?
    private var readers: [StreamReader] = []
    private var output = ExecResult.Stream()
    private var errors = ExecResult.Stream()
    private var status: Int?
    private var isTimedOut = false
    private var timers: [EventLoop.TimerID] = []
    private var continuation: CheckedContinuation<Result<ExecResult, ControlFailure>, Never>?

    init(_ request: ExecRequest, on loop: EventLoop, link: SessionLink) {
        self.request = request
        self.loop = loop
        self.link = link
    }

    func run(_ spawn: SpawnRequest) async -> Result<ExecResult, ControlFailure> {
        await withCheckedContinuation { continuation in
            self.continuation = continuation
            reference = link.spawn(self, spawn)
            timers.append(loop.schedule(after: request.limit) { [weak self] in self?.timeIsUp() })
        }
    }

    var isOpen: Bool { continuation != nil }

    func spawned(_ child: ChildID, _ descriptors: [FileDescriptor]) {
        self.child = child
        let owned = descriptors.map { SharedDescriptor(taking: $0) }
        for descriptor in owned { try? descriptor.borrowed.setNonBlocking() }
        guard owned.count == 3 else { return failed("the program's streams did not arrive") }
        let limit = request.outputLimit
        input = StreamWriter(owned[0], on: loop) {}
        input?.write(request.input)
        input?.closeWhenWritten()
        readers = [
            StreamReader(owned[1], on: loop, write: { [weak self] in self?.output.take($0, limit) ?? $0.count }) {
                [weak self] in self?.streamEnded()
            },
            StreamReader(owned[2], on: loop, write: { [weak self] in self?.errors.take($0, limit) ?? $0.count }) {
                [weak self] in self?.streamEnded()
            },
        ]
    }

    func exited(_ status: Int) {
        self.status = status
        if let child, let reference { link.forget(child, reference) }
        timers.append(loop.schedule(after: Self.patience) { [weak self] in self?.finish() })
        streamEnded()
    }

    func failed(_ sentence: String) { settle(.failure(ControlFailure(.canNotRun, sentence))) }

    func sessionIsOver() {
        settle(.failure(ControlFailure(.notRunning, "the session ended, and its commands with it")))
    }

    func hostIsSilent() {
        guard child != nil, isTimedOut || readers.allSatisfy(\.isOver) else { return }
        failed("how it ended is not known: \(HostClientError.notResponding)")
    }

    /// Its caller left, or wants it no more.
    func cancel() {
        guard isOpen else { return }
        hangUp()
        settle(.failure(.requestIsCancelled))
    }

    func removed(by name: String) {
        settle(.failure(ControlFailure(.cancelled, "\(name.stripped) removed the command; the session goes on")))
    }

    /// Its caller has no right to it any more; the host ends it.
    func revoke(_ failure: ControlFailure) {
        guard isOpen else { return }
        if status == nil, let reference { link.revoke(reference, child) }
        settle(.failure(failure))
    }

    private func streamEnded() {
        if readers.allSatisfy(\.isOver) { finish() }
    }

    private func finish() {
        guard let status else { return }
        settle(
            .success(
                ExecResult(
                    status: status, output: output, errors: errors, isTimedOut: isTimedOut,
                    duration: ContinuousClock.now - started)))
    }

    private func timeIsUp() {
        isTimedOut = true
        guard child != nil else { return failed("the session's host did not start it in time") }
        hangUp()
        // What not even SIGKILL ends, and what a host that does not respond would end, is not waited for.
        timers.append(loop.schedule(after: Self.killPatience) { [weak self] in self?.failed(Self.endUnknown) })
    }

    private func hangUp() {
        guard let child, status == nil else { return }
        link.send(.hangUp(child))
        loop.schedule(after: .seconds(1)) { [link] in link.send(.signalChild(child, name: "KILL")) }
    }

    private func settle(_ outcome: Result<ExecResult, ControlFailure>) {
        guard let continuation else { return }
        self.continuation = nil
        for timer in timers { loop.cancel(timer) }
        input?.close()
        for reader in readers { reader.close() }
        if status == nil, let child, let reference { link.forget(child, reference) }
        continuation.resume(returning: outcome)
    }
}

extension ExecResult.Stream {
    /// Keeps what fits the limit; takes all.
    fileprivate mutating func take(_ new: ArraySlice<UInt8>, _ limit: Int) -> Int {
        bytes += new.prefix(max(0, limit - bytes.count))
        count += new.count
        return new.count
    }
}
