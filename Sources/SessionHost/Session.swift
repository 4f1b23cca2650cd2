import Journal
import Platform
import ScreenModel
import SessionModel
import SystemPackage
import Terminal
import Wire

/// The session: one process tree, its terminal, its journal, and whoever is attached.
///
/// Everything runs on the host's one thread. Front-ends come and go; this stays until the shell ends.
final class Session {
    let plan: LaunchPlan
    let loop: EventLoop
    let journal: JournalWriter
    /// Of the shell, and of the preparation before there is a shell.
    var pty: PtyController
    var shell: ProcessID
    /// What none of its processes can leave; `nil` where the machine has no such thing for us.
    let group: ControlGroup?
    /// Where it is seen what the session's processes use: its own group, or its container's.
    var usageGroup: ControlGroup?
    /// While the session's place is made.
    var preparing: PreparationWatch?
    /// Where the session runs, if that had to be made.
    var place: PreparedPlace?
    /// What went wrong when it was made, or behind that.
    var placeFailure: String?
    /// Whether somebody has come to the session, to attach or to run something.
    var isVisited = false
    /// How the preparation ended, where it failed and nobody has heard of it.
    var unheard: ChildExit?
    let screen: Screen
    let started: ContinuousClock.Instant
    var filter = StreamFilter()
    var arbiter: TurnArbiter
    var size: TerminalSize
    /// Whose window gives the size while nobody steers: the last who steered with one, or the first to attach.
    var sizeGiver: AttachmentID?
    /// Where the filtered stream stands.
    var offset = StreamOffset.start
    var frontEnds: [UInt32: FrontEnd] = [:]
    var attachments: [AttachmentID: HostAttachment] = [:]
    /// The newest number of what is open, attached or not.
    var lastAttachment: UInt32 = 0
    var lastFrontEnd: UInt32 = 0
    var children: [ChildID: HostChild] = [:]
    /// What to do when a process of the host's own has ended.
    var exitsAwaited: [ProcessID: () -> Void] = [:]
    var sockets = SessionSockets()
    var steps = StepQueue()
    var input = InputQueue()
    /// Where the program stands in what it was given.
    var delivered = DeliveredInput()
    /// What stands half-typed at the prompt.
    var line = TypedLine()
    var turnTimer: EventLoop.TimerID?
    /// Of the turn that is held now.
    var turnWatch = TurnWatch()
    var proposals = Proposals()
    var approvedWatch = ApprovedWatch()
    /// What agents did within the last hour.
    var ledger = AgentLedger()
    /// What leads set for agents, by name.
    var limitsByLeads: [String: AgentLimits] = [:]
    var isReading = true
    var stuckTimer: EventLoop.TimerID?
    var gap = AnnouncedGap()
    var untoldDamage: [JournalDamage] = []
    var shellWatch: ShellWatch
    /// Hides the shell's secret where something else than a mark shows it, and the environment's secrets.
    var mask: SecretMask
    /// Runs while the end of what was printed is held back.
    var maskTimer: EventLoop.TimerID?
    /// The attachments that are shown in the session, and what runs until front-ends are told of new ones.
    var watched = WatchedTokens()
    var watchedTimer: EventLoop.TimerID?
    /// Of the filtered stream.
    var history = OutputHistory(limit: 2 * 1_024 * 1_024)
    var events = EventRing()
    /// What is stopped while the session is frozen.
    var frozen: StoppedProcesses?
    /// Whether the group itself stands: nothing that enters it runs.
    var isGroupFrozen = false
    var updates: ScreenUpdates?
    var properties = TerminalProperties()
    var visits = Visits()
    /// When somebody last typed, or something was last printed.
    var lastActivity = Moment.start
    var limitWatch = LimitWatch()
    /// What its processes used when that was asked for last.
    var usageSeen: (usage: ResourceUsage, at: Moment)?
    var idleRule: IdleRule?
    /// When something happened that is activity for the idle rule.
    var lastHappening = Moment.start
    var endedBy: String?
    var isOver = false
    /// Called once, when the shell has ended and everybody was told.
    var over: ((ChildExit) -> Void)?

    init(
        plan: LaunchPlan, loop: EventLoop, journal: JournalWriter, pty: consuming PtyController, shell: ProcessID,
        group: ControlGroup? = nil
    ) throws(Errno) {
        self.plan = plan
        self.loop = loop
        started = loop.now
        self.journal = journal
        self.pty = pty
        self.shell = shell
        self.group = group
        usageGroup = group
        size = plan.size
        screen = Screen(size: plan.size, scrollbackLimit: plan.scrollback)
        let secret = Array((plan.marks?.secret ?? "").utf8)
        shellWatch = ShellWatch(secret: secret)
        mask = SecretMask(marks: secret, values: plan.hiddenValues.map { Array($0.utf8) })
        arbiter = TurnArbiter(rules: plan.turns, lastTurn: journal.lastTurn)
        let incarnation = plan.incarnation
        noteDamage()
        record(
            .started(
                incarnation, pid: UInt32(shell.rawValue), command: plan.shell.arguments, by: plan.createdBy))
        record(.resized(plan.size))
        watchCondition()
        try loop.watch(self.pty.descriptor.borrowed, for: .readable) { [weak self] readiness in
            self?.terminalIsReady(readiness)
        }
    }

    /// The same for all that one event brings.
    var now: Moment { Moment(sinceStart: loop.now - started) }

    /// Sends a message to every front-end that has an attachment or follows events.
    func broadcast(_ message: HostMessage) {
        let frame = message.encoded
        for frontEnd in frontEnds.values where frontEnd.version >= message.firstVersion {
            if !frontEnd.attachments.isEmpty || frontEnd.interest.contains(.events) { frontEnd.append(frame) }
        }
    }

    var watchingFrontEnds: [FrontEnd] { frontEnds.values.filter { !$0.attachments.isEmpty } }

    var description: SessionDescription {
        SessionDescription(
            session: plan.session, incarnation: plan.incarnation, environment: plan.environment,
            createdBy: plan.createdBy.name, runningFor: now.sinceStart, size: size, title: screen.title,
            turn: turnNotice, attachments: attachments.values.sorted { $0.id < $1.id }.map(describe),
            commandsBeside: UInt32(children.count))
    }

    private func describe(_ attachment: HostAttachment) -> AttachmentDescription {
        AttachmentDescription(
            id: attachment.id, operatorName: attachment.request.who.name, kind: attachment.request.who.kind,
            fingerprint: attachment.request.who.key.fingerprint, role: attachment.role,
            isSteering: attachment.isSteering, transport: attachment.request.transport,
            size: attachment.size, attachedFor: now.sinceStart - attachment.since.sinceStart)
    }
}
