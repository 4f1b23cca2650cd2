import Platform
import SessionModel
import SystemPackage
import Wire

extension Session {
    private static let childLimit = 1_000
    /// Descriptors that are open at once while a program is started.
    static let descriptorsOfStart = 12
    /// Bytes of a command in the list of what is open.
    private static let shownCommand = 200

    func child(_ id: ChildID, of frontEnd: FrontEnd) -> HostChild? {
        children[id].flatMap { $0.frontEnd === frontEnd ? $0 : nil }
    }

    /// Starts a program beside the terminal and passes its ends to the front-end.
    func spawn(_ reference: Reference, _ request: SpawnRequest, for frontEnd: FrontEnd) {
        let command = request.command ?? []
        guard !command.contains(0) else {
            return frontEnd.send(
                .spawnFailed(reference, sentence: "the command has a NUL byte in it, which no program can be given"))
        }
        let channel = OpenedChannel(
            id: nextNumber(), kind: request.command == nil ? .shell : .exec, who: request.who,
            transport: request.transport,
            detail: ByteString(Array(command.prefix(Self.shownCommand))).shown)
        inPlace(channel, reference, of: frontEnd) { [weak self] in
            self?.spawn(channel, reference, request, command, for: frontEnd)
        }
    }

    private func spawn(
        _ channel: OpenedChannel, _ reference: Reference, _ request: SpawnRequest, _ command: [UInt8],
        for frontEnd: FrontEnd
    ) {
        let program = besideProgram(request)
        start(channel, reference, program, for: frontEnd, command: command) {
            try request.terminal.map { try BesideTerminal.start(program, size: $0) } ?? BesideTerminal.start(program)
        }
    }

    /// Serves the session's files, and hears what becomes of them.
    func serveFiles(
        _ reference: Reference, by who: Operator, over transport: String, for frontEnd: FrontEnd
    ) {
        let channel = OpenedChannel(id: nextNumber(), kind: .sftp, who: who, transport: transport, detail: "")
        inPlace(channel, reference, of: frontEnd) { [weak self] in
            self?.serveFiles(channel, reference, for: frontEnd)
        }
    }

    /// Goes on when the session's place is there, unless the channel is not wanted any more by then.
    private func inPlace(
        _ channel: OpenedChannel, _ reference: Reference, of frontEnd: FrontEnd, _ body: @escaping () -> Void
    ) {
        let goOn = { [weak self] in
            guard let self, frontEnd.awaitingPlace.removeValue(forKey: reference) != nil, frontEnd.isOpen else {
                return
            }
            guard self.isPlaceThere else {
                return frontEnd.send(.spawnFailed(reference, sentence: self.refuseForWantOfPlace()))
            }
            body()
        }
        frontEnd.awaitingPlace[reference] = KeptChannel(channel: channel, since: now)
        if !whenPlaceIsThere(goOn) { goOn() }
    }

    private func serveFiles(_ channel: OpenedChannel, _ reference: Reference, for frontEnd: FrontEnd) {
        let program = inside(["files"])
        let child = start(channel, reference, program, for: frontEnd, command: Array("sftp".utf8)) {
            try BesideTerminal.startTelling(program)
        }
        let (who, transport) = (channel.who, channel.transport)
        guard let child, let reports = child.reports else { return }
        let hear = { [weak self, weak child] in
            if let child { self?.hearOfFiles(child, who, transport) }
        }
        child.lastWords = hear
        try? loop.watch(reports.borrowed, for: .readable) { _ in hear() }
    }

    private func hearOfFiles(_ child: HostChild, _ who: Operator, _ transport: String) {
        guard let reports = child.reports else { return }
        var bytes = [UInt8](repeating: 0, count: 16 * 1_024)
        while true {
            var none: [FileDescriptor] = []
            let outcome = bytes.withUnsafeMutableBytes { room in
                try? reports.borrowed.receiveAvailable(into: room, descriptors: &none)
            }
            for descriptor in none { _ = OwnedDescriptor(taking: descriptor) }
            if outcome == .wouldBlock { return }
            guard case .completed(let count) = outcome, count > 0 else { return loop.unwatch(reports.borrowed) }
            guard let move = try? FileMove(decoding: Array(bytes[..<count])) else { continue }
            record(.filesMoved(child.id, who, transport: transport, move))
        }
    }

    @discardableResult
    private func start(
        _ channel: OpenedChannel, _ reference: Reference, _ program: ChildProgram, for frontEnd: FrontEnd,
        command: [UInt8], _ start: () throws -> BesideTerminal.Started
    ) -> HostChild? {
        guard !isFrozen else {
            frontEnd.send(.spawnFailed(reference, sentence: Self.frozenSentence))
            return nil
        }
        guard children.count < Self.childLimit else {
            frontEnd.send(.spawnFailed(reference, sentence: "\(children.count) commands run in this session already"))
            return nil
        }
        guard OpenFileLimit.hasRoom(for: Self.descriptorsOfStart) else {
            frontEnd.send(.spawnFailed(reference, sentence: Self.fullSentence()))
            return nil
        }
        do {
            let started = try start()
            let child = HostChild(
                channel, pid: started.pid, since: now, of: frontEnd, by: reference, reports: started.reports)
            children[child.id] = child
            record(
                .spawned(
                    child.id, pid: UInt32(child.pid.rawValue), channel.who, transport: channel.transport,
                    command: command))
            frontEnd.send(
                .spawned(reference, child.id, descriptors: UInt8(started.ends.count)), descriptors: started.ends)
            return child
        } catch let failure as SpawnFailure {
            frontEnd.send(.spawnFailed(reference, sentence: failure.sentence(about: program)))
        } catch {
            frontEnd.send(.spawnFailed(reference, sentence: "can not make its pipes: \(error)"))
        }
        return nil
    }

    /// For whoever asks for a program or a socket that the host has no descriptors for.
    static func fullSentence() -> String {
        Diagnostics.noteShortage(of: "what is to run beside the terminal")
        return "the session's host has as many files open as it may (RLIMIT_NOFILE is \(OpenFileLimit.current)); "
            + "end some of what runs beside the terminal"
    }

    /// Collects what has ended: commands beside the terminal, orphans, and at last the shell.
    func reap() {
        var shellExit: ChildExit?
        while let exit = ChildExit.next() {
            if exit.pid == shell { shellExit = exit }
            if exit.pid == preparing?.pid { preparationEnded(exit) }
            exitsAwaited.removeValue(forKey: exit.pid)?()
            guard let child = children.values.first(where: { $0.pid == exit.pid }) else { continue }
            children[child.id] = nil
            // Of one that was ended, what is left of its group ends with it.
            if child.isEnding { child.pid.signalGroup(Signals.kill) }
            child.lastWords?()
            if let reports = child.reports { loop.unwatch(reports.borrowed) }
            let (status, signal) = (UInt8(clamping: exit.status), UInt8(clamping: exit.signal))
            record(.childExited(child.id, status: status, signal: signal))
            child.frontEnd.send(.childExited(child.id, status: status, signal: signal))
        }
        // The last words of a preparation may say that there is a shell.
        if let shellExit, shellExit.pid == shell { shellEnded(shellExit) }
    }

    /// Somebody who may ends the session: what the terminal's loss would do, and after a while what nobody survives.
    func end(by who: Operator) { end(by: who.name) }

    /// Likewise, but it need not be somebody.
    func end(by name: String) {
        guard endedBy == nil, !isOver else { return }
        endedBy = name
        guard unheard == nil else { return visited() }
        thaw()
        pty.signalForeground(Signals.hangUp)
        shell.signalGroup(Signals.hangUp)
        shell.signalGroup(Signals.resume)
        loop.schedule(after: .seconds(2)) { [shell, group] in
            shell.signalGroup(Signals.kill)
            group?.kill()
        }
    }

    /// Whether it was ended by somebody or something, or by itself.
    var isEnding: Bool { endedBy != nil || unheard != nil || isOver }

    func finish(_ exit: ChildExit) {
        guard !isOver else { return }
        isReading = true
        while readTerminal() {}
        releaseMasked()
        isOver = true
        noteShellEnd(exit)
        if endedBy == nil, exit.signal != 0, isContainerGone {
            endedBy = "a stop of its container from outside (attach again, and it starts)"
        }
        loop.unwatch(pty.descriptor.borrowed)
        perform(arbiter.finish())
        if let turnTimer { loop.cancel(turnTimer) }
        let (status, signal) = (UInt8(clamping: exit.status), UInt8(clamping: exit.signal))
        record(.ended(status: status, signal: signal, by: endedBy))
        for frontEnd in frontEnds.values {
            frontEnd.send(.ended(status: status, signal: signal, by: endedBy))
        }
        over?(exit)
    }
}
