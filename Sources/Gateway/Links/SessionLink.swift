import HostClient
import Platform
import ScreenModel
import SessionModel
import SystemPackage
import Wire

/// One loop's connection to one session's host: every output byte comes once, and goes to all attachments here.
///
/// It has no session state of its own: what it does not know it can ask the host again.
final class SessionLink {
    let session: SessionName
    private let connection: HostConnection
    var attachments: [Reference: AttachmentChannel] = [:]
    var controlAttachments: [Reference: ControlAttachment] = [:]
    var spawning: [Reference: any BesideProgram] = [:]
    var children: [ChildID: any BesideProgram] = [:]
    /// What to do where a lead removes what is neither an attachment nor still to be started.
    var removals: [Reference: (_ by: String) -> Void] = [:]
    var asking: [Reference: (ControlAnswer?) -> Void] = [:]
    var following = LinkFollowing()
    private(set) var turns = LinkTurns()
    /// What front-ends here have open inside the session.
    private(set) lazy var sockets = LinkSockets(link: self)
    var describing: [Reference: (SessionDescription?) -> Void] = [:]
    private var lastReference: UInt32 = 0
    private(set) var turn = TurnNotice(turn: TurnNumber(rawValue: 0), holder: nil)
    private(set) var properties = TerminalProperties()
    /// What the session shows, while an attachment here is shown screen updates.
    private(set) var image: ScreenImage?
    /// What attachments the session's programs show.
    private(set) var watched = WatchedTokens()
    /// How many are attached, here and elsewhere.
    private(set) var attached = 0
    private var comings = JoinsAndLeaves()
    private var comingsTimer: EventLoop.TimerID?
    private let loop: EventLoop
    private let started = ContinuousClock.now
    private var idleFor: [Reference: Duration] = [:]
    private var conditions: [Reference: SessionCondition] = [:]
    private var opened: [Reference: [OpenedDescription]] = [:]
    private var ending: SessionEnding?
    var health = LinkHealth()
    /// Called when nobody here needs the link, for now.
    var idle: (() -> Void)?
    /// Called once, when the host is gone.
    var closed: (() -> Void)?

    init(session: SessionName, connection: HostConnection, loop: EventLoop) {
        self.session = session
        self.loop = loop
        self.connection = connection
        connection.handler = { [weak self] message, descriptors in
            if self?.health.heard() == true { self?.respondsAgain() }
            self?.handle(message, descriptors)
        }
        connection.closed = { [weak self] in self?.hostIsGone() }
    }

    var isIdle: Bool {
        attachments.isEmpty && spawning.isEmpty && children.isEmpty && describing.isEmpty && asking.isEmpty
            && controlAttachments.isEmpty && !following.isNeeded && sockets.isEmpty
    }

    var isOpen: Bool { connection.isOpen }
    /// False while the host is asked and says nothing.
    var isResponding: Bool { health.isResponding }

    // MARK: From this side

    func attach(_ channel: AttachmentChannel, _ request: AttachRequest, _ limits: AgentLimits) -> Reference {
        let reference = nextReference()
        attachments[reference] = channel
        attach(reference, request, limits) { [weak channel] in
            channel?.end(status: 254, "the host of \(request.who.name)'s session is too old to hold agents to limits")
        }
        return reference
    }

    /// A host that does not know limits gets no agent that has some.
    func attach(
        _ reference: Reference, _ request: AttachRequest, _ limits: AgentLimits, refuse: @escaping () -> Void
    ) {
        guard limits != .none else { return connection.send(.attach(reference, request)) }
        whenVersionIsKnown { [weak self, connection] version in
            let isNew = version >= LinkTurns.firstVersion
            // It may have left meanwhile.
            guard self?.attachments[reference] != nil || self?.controlAttachments[reference] != nil else { return }
            guard isNew else { return refuse() }
            connection.send(.limit(reference, limits))
            connection.send(.attach(reference, request))
        }
    }

    func detach(_ reference: Reference) {
        guard attachments.removeValue(forKey: reference) != nil else { return }
        connection.send(.detach(reference))
        noteIdle()
    }

    func send(_ message: FrontEndMessage) { connection.send(message) }

    /// Asks the host; `nil` where it is gone.
    func ask(_ question: ControlQuestion, _ answer: @escaping (ControlAnswer?) -> Void) {
        guard isOpen else { return answer(nil) }
        guard isResponding else {
            // Whoever is told nothing now may follow it when it responds again.
            if case .follow = question { connection.send(.control(nextReference(), question)) }
            return answer(nil)
        }
        if let firstVersion = question.firstVersion {
            return whenVersionIsKnown { [weak self] version in
                if version >= firstVersion { self?.send(question, answer) } else { answer(nil) }
            }
        }
        send(question, answer)
    }

    private func send(_ question: ControlQuestion, _ answer: @escaping (ControlAnswer?) -> Void) {
        let reference = nextReference()
        asking[reference] = answer
        connection.send(.control(reference, question))
    }

    /// From now on somebody here follows these; `ready` when the host tells them.
    func follow(_ interest: Interest, _ ready: @escaping () -> Void) {
        if let wanted = following.change(interest, by: 1) {
            return askToFollow(wanted, ready)
        }
        guard !following.confirmed.isSuperset(of: interest) else { return ready() }
        // Somebody else's question is on its way; its answer comes before that of another one.
        ask(.state(nil)) { _ in ready() }
    }

    func unfollow(_ interest: Interest) {
        guard isOpen, let wanted = following.change(interest, by: -1) else { return noteIdle() }
        askToFollow(wanted) { [weak self] in self?.noteIdle() }
    }

    private func askToFollow(_ wanted: Interest, _ ready: @escaping () -> Void) {
        ask(.follow(wanted)) { [weak self] answer in
            if let self { self.confirm(wanted, answer) }
            ready()
        }
    }

    private func confirm(_ wanted: Interest, _ answer: ControlAnswer?) {
        switch answer {
        case .looked(let snapshot): image = ScreenImage(snapshot)
        case .state, nil: break
        default: return
        }
        following.confirmed = wanted.intersection(following.asked)
        if !needsImage { image = nil }
    }

    private var needsImage: Bool {
        following.followsScreen || attachments.values.contains(where: { $0.view.takesUpdates })
    }

    func whenVersionIsKnown(_ body: @escaping (_ version: UInt16) -> Void) {
        if turns.version > 0 { body(turns.version) } else { turns.keep(body) }
    }

    private func welcome(_ version: UInt16) {
        for body in turns.welcome(version) { body(version) }
    }

    func describe(_ answer: @escaping (SessionDescription?) -> Void) {
        guard isResponding else { return answer(nil) }
        let reference = nextReference()
        describing[reference] = answer
        connection.send(.describe(reference))
    }

    func end(by who: Operator, over transport: String) {
        connection.send(.end(nextReference(), by: who, transport: transport))
    }

    func close() { connection.close() }

    func noteIdle() {
        if isIdle { idle?() }
    }

    func nextReference() -> Reference {
        lastReference &+= 1
        return Reference(rawValue: lastReference)
    }

    // MARK: From the host

    private func handle(_ message: HostMessage, _ descriptors: [FileDescriptor]) {
        switch message {
        case .output(_, let bytes): fanOut(bytes)
        case .attached(let reference, let id, let notice, let snapshot):
            turn = notice
            properties = TerminalProperties(title: snapshot.title, snapshot.modes)
            attachments[reference]?.attached(as: id, snapshot)
            controlAttachments[reference]?.attached(as: id)
        case .refreshed(let reference, let snapshot): refreshed(reference, snapshot)
        case .refused(let reference, let refusal, let notice): attachments[reference]?.refused(refusal, notice)
        case .inputTaken(let reference, let count): attachments[reference]?.inputTaken(Int(count))
        case .absence(let reference, let absence):
            attached = absence.attached
            attachments[reference]?.missed(absence)
        case .lineStands(let reference, let name): attachments[reference]?.show(.lineStands(of: name))
        case .idle, .condition, .opened, .description: note(described: message)
        case .spawned(let reference, let child, _): spawned(reference, child, descriptors)
        case .spawnFailed(let reference, let sentence):
            spawning.removeValue(forKey: reference)?.failed(sentence)
        case .childExited(let child, let status, _): children[child]?.exited(Int(status))
        case .presence(let presence): note(presence)
        case .ended(let status, _, let by):
            ending = SessionEnding(status: Int(status), by: by)
            connection.close()
        case .screen, .turn, .properties, .said, .journalGap, .resized: tellAll(message)
        // Each attachment that comes has them sent once more.
        case .queue(let queue): if turns.note(queue) { tellAll(message) }
        case .proposals(let proposals): if turns.note(proposals) { tellAll(message) }
        case .news(let reference, let news): attachments[reference]?.learned(news)
        case .control, .shell, .happened, .removed, .shows: handleControl(message)
        case .socket(let reference, let port, _): sockets.opened(reference, port, descriptors)
        case .socketFailed(let reference, let failure, let sentence): sockets.failed(reference, failure, sentence)
        case .welcome(let version, _, _): welcome(version)
        }
    }

    /// The session's programs show other attachments, or one of these.
    private func shows(_ tokens: [WatchToken]) {
        guard watched.note(tokens) else { return }
        for channel in attachments.values { channel.shows(watched) }
    }

    /// A description, and what comes before it.
    private func note(described message: HostMessage) {
        switch message {
        case .idle(let reference, let duration): idleFor[reference] = duration
        case .condition(let reference, let condition): conditions[reference] = condition
        case .opened(let reference, let channels): opened[reference] = channels
        case .description(let reference, var description):
            description.idleFor = idleFor.removeValue(forKey: reference)
            description.condition = conditions.removeValue(forKey: reference)
            description.opened = opened.removeValue(forKey: reference) ?? []
            described(reference, description)
        default: break
        }
    }

    private func described(_ reference: Reference, _ description: SessionDescription) {
        describing.removeValue(forKey: reference)?(description)
        noteIdle()
    }

    /// What scripts and agents asked for, and what is shown in the session.
    private func handleControl(_ message: HostMessage) {
        switch message {
        case .control(let reference, let answer):
            if case .state(let state, let notice) = answer { noteState(state, notice) }
            asking.removeValue(forKey: reference)?(answer)
        case .shell(let shell):
            following.shell = shell
            tellObservers()
        case .happened(let entry):
            following.lastEvent = max(following.lastEvent, entry.number)
            tellObservers()
        case .removed(let reference, let by): removed(reference, by)
        case .shows(let tokens): shows(tokens)
        default: break
        }
    }

    private func noteState(_ state: TerminalState, _ notice: TurnNotice) {
        turn = notice
        following.shell = state.shell
        following.lastEvent = max(following.lastEvent, state.lastEvent)
    }

    private func tellObservers() { for observer in following.observers.values { observer() } }

    /// What concerns everybody who is attached here.
    private func tellAll(_ message: HostMessage) {
        let oldTurn = turn
        switch message {
        case .screen(let update): image?.apply(update)
        case .turn(let notice): turn = notice
        case .properties(let new): properties = new
        case .journalGap(let isOpen, let detail): following.gap = isOpen ? detail : nil
        default: break
        }
        for channel in attachments.values {
            switch message {
            case .screen(let update): channel.updated(update)
            case .turn: channel.turnChanged(from: oldTurn)
            case .properties: channel.propertiesChanged()
            case .said(let name, _, let text): channel.show(.message(text, from: name))
            case .journalGap(let isOpen, let detail): channel.show(.journalGap(isOpen: isOpen, detail))
            case .resized(let size): channel.sessionResized(to: size)
            case .queue, .proposals: channel.turnsChanged()
            default: break
            }
        }
        tellObservers()
    }

    /// A snapshot stands where the stream ends for an attachment, or its updates do.
    private func refreshed(_ reference: Reference, _ snapshot: ScreenSnapshot) {
        guard let channel = attachments[reference] else { return }
        channel.refreshed(snapshot)
        if channel.view.takesUpdates { image = ScreenImage(snapshot) }
        if !needsImage { image = nil }
    }

    /// Who comes and goes is told together, at most once a second.
    private func note(_ presence: Presence) {
        attached = presence.attached
        comings.note(presence, at: now)
        guard comingsTimer == nil, let due = comings.deadline else { return }
        comingsTimer = loop.schedule(at: started.advanced(by: due.sinceStart)) { [weak self] in self?.tellComings() }
    }

    private func tellComings() {
        comingsTimer = nil
        let notice = comings.take(at: now)
        for channel in attachments.values {
            channel.showTitle()
            if let notice, !notice.about.contains(channel.attach.who.name) { channel.show(notice) }
        }
    }

    private var now: Moment { Moment(sinceStart: ContinuousClock.now - started) }

    /// The holder first: what follows a key press shows where it was pressed before it shows elsewhere.
    private func fanOut(_ bytes: [UInt8]) {
        comings.noteOutput(bytes.count, at: now)
        let holder = turn.holder?.attachment
        for channel in attachments.values where channel.id == holder { channel.deliver(bytes) }
        for channel in attachments.values where channel.id != holder { channel.deliver(bytes) }
    }

    private func hostIsGone() {
        let closed = closed
        self.closed = nil
        closed?()
        let ending = ending
        for channel in attachments.values { channel.sessionIsOver(ending) }
        for channel in spawning.values { channel.failed("the session is over") }
        for channel in children.values { channel.sessionIsOver() }
        for answer in describing.values { answer(nil) }
        sockets.hostIsGone()
        // What waits for the host's version waits no longer.
        if turns.version == 0 { welcome(0) }
        let asking = asking
        self.asking = [:]
        for answer in asking.values { answer(nil) }
        controlAttachments = [:]
        tellObservers()
        attachments = [:]
        spawning = [:]
        children = [:]
        removals = [:]
        describing = [:]
    }
}

/// How a session ended: the shell's status, and who ended it where somebody did.
struct SessionEnding: Hashable {
    let status: Int
    let by: String?
}
