import Control
import HostClient
import JSONText
import Platform
import ScreenModel
import SessionModel
import Wire

/// A session as one caller of the control methods sees it.
final class ControlSession: LiveSession {
    let name: SessionName
    private let link: SessionLink
    private let desk: GatewayDesk
    /// By which the host knows this channel's work with the session, attached or not.
    private let reference: Reference
    private var attached: ControlAttachment?
    private var waits: [ObjectIdentifier: ControlWait] = [:]
    private var limits = AgentLimits.none
    private(set) var isClosed = false
    /// Why it was closed, where that is not because the caller left.
    private var closedBecause: ControlFailure?

    init(_ link: SessionLink, desk: GatewayDesk) {
        name = link.session
        self.link = link
        self.desk = desk
        reference = link.nextReference()
        link.announce(reference, by: desk.caller, over: desk.transport) { [weak self] in self?.removed(by: $0) }
        link.following.observers[ObjectIdentifier(self)] = { [weak self] in self?.look() }
        link.follow(.events) {}
    }

    var isOpen: Bool { link.isOpen && !isClosed }
    var isResponding: Bool { link.isResponding }
    var turn: TurnNotice { link.turn }
    var queue: TurnQueue { link.turns.queue }
    var shell: ShellState { link.following.shell }
    var lastEvent: EventNumber { link.following.lastEvent }
    var recordGap: UInt64? { link.following.gap }
    var image: ScreenImage? { link.image }
    var hostProcess: Int32? { desk.store.hostProcess(of: name) }

    // MARK: Questions

    func describe() async -> SessionDescription? {
        await withCheckedContinuation { continuation in link.describe { continuation.resume(returning: $0) } }
    }

    func overview() async throws(ControlFailure) -> (SessionDescription, TerminalState) {
        let (description, answer) = await withCheckedContinuation { continuation in
            // The host answers in the order of the questions.
            var description: SessionDescription?
            link.describe { description = $0 }
            link.ask(.state(nil)) { continuation.resume(returning: (description, $0)) }
        }
        guard let description, case .state(let state, _)? = answer else { throw gone }
        return (description, state)
    }

    func ask(_ question: ControlQuestion) async throws(ControlFailure) -> ControlAnswer {
        let answer = await withCheckedContinuation { continuation in
            link.ask(question) { continuation.resume(returning: $0) }
        }
        guard let answer else {
            guard isOpen, let first = question.firstVersion, link.turns.version < first else { throw gone }
            throw ControlFailure(
                .notSupported,
                "the host of '\(name)' is of an earlier version and does not know that; restart the session")
        }
        return answer
    }

    private var gone: ControlFailure {
        if isOpen, !link.isResponding { return .notResponding(name) }
        return isClosed
            ? closedBecause ?? ControlFailure(.cancelled, "the connection ended")
            : ControlFailure(
                .notRunning, "'\(name)' ended meanwhile, or its host is gone; 'ls' shows its state",
                data: ["session": .string(name.text)])
    }

    // MARK: The attachment

    func attachment() async throws(ControlFailure) -> AttachmentID {
        guard isOpen, let role = desk.role(in: name) else { throw gone }
        let control: ControlAttachment
        if let attached, !attached.isGone {
            control = attached
        } else {
            control = ControlAttachment()
            let request = AttachRequest(
                who: desk.caller, role: role, isSteering: true, transport: desk.transport, size: nil, scrollback: 0)
            limits = desk.limits(in: name)
            attached = control
            link.attach(control, request, limits, as: reference)
        }
        guard let id = await control.number() else { throw gone }
        return id
    }

    func release() { send { .release($0) } }
    func take() { send { .take($0) } }
    func say(_ text: String) { send { .say($0, text) } }

    private func send(_ message: (Reference) -> FrontEndMessage) {
        if attached != nil, isOpen { link.send(message(reference)) }
    }

    func end() { link.end(by: desk.caller, over: desk.transport) }

    /// The caller's role is another one by now; `nil`: they have no access any more.
    func rightsAre(_ role: Role?, _ limits: AgentLimits) {
        guard let role else { return revoke() }
        if !role.may(.runBeside) { revokePrograms(role) }
        if limits != self.limits {
            self.limits = limits
            guard link.turns.isNew else { return close() }
            send { .limit($0, limits) }
        }
        send { .changeRole($0, role) }
    }

    // MARK: Waiting

    func wait<Found>(
        _ interest: Interest, until deadline: ContinuousClock.Instant, for check: @escaping () -> Found?
    ) async throws(ControlFailure) -> Found? {
        await withCheckedContinuation { continuation in link.follow(interest) { continuation.resume() } }
        defer { link.unfollow(interest) }
        guard isOpen else { throw gone }
        if let found = check() { return found }
        guard ContinuousClock.now < deadline else { return nil }
        guard !Task.isCancelled else { throw .requestIsCancelled }
        let wait = ControlWait()
        let id = ObjectIdentifier(wait)
        waits[id] = wait
        let timer = desk.loop.schedule(at: deadline) { wait.settle() }
        var found: Found?
        let bound = LoopBound(wait, on: desk.loop)
        await withTaskCancellationHandler {
            await wait.wait {
                found = check()
                return found != nil
            }
        } onCancel: { [loop = desk.loop] in
            loop.submit { bound.get().settle() }
        }
        desk.loop.cancel(timer)
        waits[id] = nil
        if Task.isCancelled { throw .requestIsCancelled }
        if found == nil, !isOpen { throw gone }
        return found
    }

    func isReady(by deadline: ContinuousClock.Instant) async throws(ControlFailure) -> Bool {
        let wait = ControlWait()
        var answer: ControlAnswer?
        var isAnswered = false
        link.ask(.readiness) {
            (answer, isAnswered) = ($0, true)
            wait.look()
        }
        // Who loses the right to the session meanwhile waits no longer.
        let id = ObjectIdentifier(wait)
        waits[id] = wait
        defer { waits[id] = nil }
        let timer = desk.loop.schedule(at: deadline) { wait.settle() }
        let bound = LoopBound(wait, on: desk.loop)
        await withTaskCancellationHandler {
            await wait.wait { isAnswered }
        } onCancel: { [loop = desk.loop] in
            loop.submit { bound.get().settle() }
        }
        desk.loop.cancel(timer)
        if Task.isCancelled { throw .requestIsCancelled }
        guard !isClosed else { throw gone }
        guard isAnswered else { return false }
        guard case .readiness(let failure)? = answer else { throw gone }
        if let failure { throw ControlFailure(.canNotStart, "'\(name)' cannot be started: \(failure)") }
        return true
    }

    /// Something changed: whoever waits for it has it.
    private func look() {
        if !link.isOpen { attached?.removed() }
        for wait in waits.values {
            if isOpen { wait.look() } else { wait.settle() }
        }
    }

    // MARK: Beside the terminal

    func run(_ command: ExecRequest) async throws(ControlFailure) -> ExecResult {
        guard isOpen else { throw gone }
        let request = SpawnRequest(
            who: desk.caller, transport: desk.transport, command: command.command.bytes, terminal: nil,
            variables: [])
        guard !Task.isCancelled else { throw .requestIsCancelled }
        guard OpenFileLimit.hasRoom(for: ChannelOpening.descriptorsBeside) else {
            throw ControlFailure(.canNotRun, ChannelOpening.fullSentence)
        }
        let program = ExecProgram(command, on: desk.loop, link: link)
        programs.append(program)
        let bound = LoopBound(program, on: desk.loop)
        let outcome = await withTaskCancellationHandler {
            await program.run(request)
        } onCancel: { [loop = desk.loop] in
            loop.submit { bound.get().cancel() }
        }
        programs.removeAll { $0 === program }
        return try outcome.get()
    }

    private var programs: [ExecProgram] = []

    private func revokePrograms(_ role: Role) {
        let failure = ControlFailure(
            .notAllowed, "your role in '\(name)' is \(role.name) now, which may not run commands beside the terminal",
            data: ["role": .string(role.name), "needs": .string(Capability.runBeside.leastRole.name)])
        for program in programs { program.revoke(failure) }
    }

    // MARK: The end

    /// The caller has no right to the session any more, and what they approved is void.
    func revoke() {
        guard !isClosed else { return }
        let failure = ControlFailure(.noSuchSession, "your access to '\(name)' was revoked")
        for program in programs { program.revoke(failure) }
        link.revoke(reference)
        close(because: failure)
    }

    /// A lead ended the channel's work with the session; the host has forgotten it.
    private func removed(by name: String) {
        let sentence = "\(name.stripped) removed you from \(self.name); it goes on"
        close(because: ControlFailure(.cancelled, sentence))
        desk.removed(from: self.name, sentence)
    }

    func close(because failure: ControlFailure? = nil) {
        guard !isClosed else { return }
        isClosed = true
        closedBecause = failure
        link.following.observers[ObjectIdentifier(self)] = nil
        attached?.removed()
        link.withdraw(reference)
        for program in programs { program.cancel() }
        look()
        link.unfollow(.events)
    }
}
