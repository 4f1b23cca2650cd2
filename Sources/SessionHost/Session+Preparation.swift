import Platform
import SessionModel
import SystemPackage
import Wire

/// A preparation that runs: what it says, and who waits for it.
final class PreparationWatch {
    let pid: ProcessID
    let socket: OwnedDescriptor
    var waiting: [() -> Void] = []

    init(pid: ProcessID, socket: consuming OwnedDescriptor) {
        self.pid = pid
        self.socket = socket
    }
}

extension Preparation {
    func started(_ plan: LaunchPlan) -> ChildProgram {
        ChildProgram(
            path: program.path, arguments: program.arguments,
            environment: Session.ownEnvironment + ["HOME=\(Account.current.home)", "TERM=xterm-256color"],
            directory: "/")
    }

    /// Takes down what was made; its words go where the host's own go.
    func end(_ plan: LaunchPlan) -> ProcessID? {
        var ending = started(plan)
        ending.arguments.append("end")
        do {
            let nothing = OwnedDescriptor(taking: try FileDescriptor.open("/dev/null", .readWrite))
            let recipe = try MemoryFile.holding(recipe)
            return try ending.spawn(
                standard: (nothing.borrowed, nothing.borrowed, .standardError), inherited: [recipe.borrowed])
        } catch {
            Diagnostics.note("can not take down where the session ran: \(error)")
            return nil
        }
    }
}

/// From the terminal of the preparation to that of the shell.
extension Session {
    private static let waitingLimit = 1_000
    /// How long a session whose place could not be made stays for those who are on the way to it.
    private static let patience = Duration.seconds(15)
    /// Characters of what a preparation says went wrong.
    private static let sentenceLimit = 1_000

    func awaitPlace(_ watch: PreparationWatch) throws(Errno) {
        preparing = watch
        try watch.socket.borrowed.setNonBlocking()
        try loop.watch(watch.socket.borrowed, for: .readable) { [weak self] _ in self?.hearPreparation() }
    }

    /// Puts off what needs the place.
    ///
    /// - Returns: false where it is there, and `body` was not taken.
    func whenPlaceIsThere(_ body: @escaping () -> Void) -> Bool {
        guard let preparing, place == nil, preparing.waiting.count < Self.waitingLimit else { return false }
        preparing.waiting.append(body)
        isVisited = true
        return true
    }

    /// False for a session whose place could not be made: nothing may run where the host itself does.
    var isPlaceThere: Bool { plan.preparation == nil || place != nil }

    /// What is typed meanwhile is for the shell, but for `Ctrl-C`.
    var isAwaitingPlace: Bool { plan.preparation != nil && place == nil }

    /// Why something can not be where the session runs. Who asks has heard of the end then.
    func refuseForWantOfPlace() -> String {
        visited()
        return "the session's environment could not be made"
            + (placeFailure.map { ": \($0)" } ?? "; 'environment \(plan.session)' shows how far that came")
    }

    /// Answers once the place is there, or can not be.
    func tellReadiness(_ reference: Reference, to frontEnd: FrontEnd) {
        if whenPlaceIsThere({ [weak self] in self?.tellReadiness(reference, to: frontEnd) }) { return }
        let failure = isPlaceThere ? nil : refuseForWantOfPlace()
        frontEnd.send(.control(reference, .readiness(failure: failure)))
    }

    func awaitExit(of pid: ProcessID, _ body: @escaping () -> Void) { exitsAwaited[pid] = body }

    private func hearPreparation() {
        while let preparing, hearReport(of: preparing) {}
    }

    /// - Returns: whether there may be another.
    private func hearReport(of preparing: PreparationWatch) -> Bool {
        var bytes = [UInt8](repeating: 0, count: PreparedPlace.limit)
        var received: [FileDescriptor] = []
        let outcome = bytes.withUnsafeMutableBytes { room in
            try? preparing.socket.borrowed.receiveAvailable(into: room, descriptors: &received)
        }
        defer { for surplus in received { _ = OwnedDescriptor(taking: surplus) } }
        if outcome == .wouldBlock { return false }
        guard case .completed(let count) = outcome, count > 0 else {
            loop.unwatch(preparing.socket.borrowed)
            return false
        }
        do {
            switch try PreparationReport(decoding: Array(bytes[..<count])) {
            case .made(let made):
                guard place == nil, !received.isEmpty else { throw WireError.invalid("place") }
                try enter(made, terminal: OwnedDescriptor(taking: received.removeFirst()))
            case .failed(let sentence): placeFailure = Self.line(sentence)
            }
        } catch {
            Diagnostics.note("what the preparation said can not be used: \(error)")
        }
        return true
    }

    /// One line, in which nothing acts on the terminal that shows it.
    private static func line(_ sentence: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in sentence.unicodeScalars.prefix(sentenceLimit) {
            line.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return String(line)
    }

    /// The shell's terminal becomes the session's. What the preparation printed stays on the screen.
    private func enter(_ place: PreparedPlace, terminal: consuming OwnedDescriptor) throws(Errno) {
        while readTerminal() {}
        releaseMasked()
        loop.unwatch(pty.descriptor.borrowed)
        try terminal.borrowed.setNonBlocking()
        pty = PtyController(taking: terminal)
        shell = ProcessID(rawValue: Int32(place.shell))
        self.place = place
        hide(place.secrets)
        usageGroup = ControlGroup(of: ProcessID(rawValue: Int32(place.leader)), named: "libpod-")
        watchLimits()
        isReading = true
        try pty.resize(columns: size.columns, rows: size.rows)
        try loop.watch(pty.descriptor.borrowed, for: .readable) { [weak self] readiness in
            self?.terminalIsReady(readiness)
        }
        let waiting = preparing?.waiting ?? []
        preparing?.waiting = []
        for body in waiting { body() }
        writeInput()
    }

    /// Without a place the preparation was all there is of the session: what it printed says why.
    func preparationEnded(_ exit: ChildExit) {
        // Its last message may not have been read yet.
        hearPreparation()
        guard let preparing else { return }
        loop.unwatch(preparing.socket.borrowed)
        self.preparing = nil
        let waiting = preparing.waiting
        preparing.waiting = []
        if place == nil {
            for body in waiting { body() }
        } else if exit.status != 0 {
            let words = placeFailure ?? "a command of the environment failed with status \(exit.status)"
            broadcast(.said(by: OperatorName.server, .person, words))
        }
    }

    /// All of a container ends with its first process, which is not quite gone when the shell already is: it has no
    /// memory any more, and so no arguments.
    var isContainerGone: Bool {
        guard let place else { return false }
        return ProcessTree.arguments(of: ProcessID(rawValue: Int32(place.leader))).isEmpty
    }

    // MARK: Without a place

    /// What there was of the session has ended. A preparation may fail before those who had it started are there, and
    /// without it they would only find that there is nothing: it stays until the first of them has heard of it.
    func shellEnded(_ exit: ChildExit) {
        guard isAwaitingPlace, !isVisited, endedBy == nil else { return finish(exit) }
        unheard = exit
        while readTerminal() {}
        loop.schedule(after: Self.patience) { [weak self] in self?.visited() }
    }

    /// Somebody is there, and is told how it stands.
    func visited() {
        isVisited = true
        guard let exit = unheard else { return }
        unheard = nil
        // Behind what it is just being told.
        loop.afterThisRound { [weak self] in self?.finish(exit) }
    }
}
