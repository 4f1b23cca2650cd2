import Platform
import SessionModel
import SystemPackage
import Wire

extension Session {
    private static let childLimit = 1_000

    func child(_ id: ChildID, of frontEnd: FrontEnd) -> HostChild? {
        children[id].flatMap { $0.frontEnd === frontEnd ? $0 : nil }
    }

    /// Starts a program beside the terminal and passes its ends to the front-end.
    func spawn(_ reference: Reference, _ request: SpawnRequest, for frontEnd: FrontEnd) {
        if whenPlaceIsThere({ [weak self] in self?.spawn(reference, request, for: frontEnd) }) { return }
        guard isPlaceThere else {
            return frontEnd.send(.spawnFailed(reference, sentence: "the session's environment could not be made"))
        }
        guard children.count < Self.childLimit else {
            return frontEnd.send(
                .spawnFailed(reference, sentence: "\(children.count) commands run in this session already"))
        }
        do {
            let started =
                try request.terminal.map { try BesideTerminal.start(besideProgram(request), size: $0) }
                ?? BesideTerminal.start(besideProgram(request))
            lastChild += 1
            let child = HostChild(id: ChildID(rawValue: lastChild), pid: started.pid, frontEnd: frontEnd)
            children[child.id] = child
            record(
                .spawned(
                    child.id, pid: UInt32(child.pid.rawValue), request.who, transport: request.transport,
                    command: request.command ?? []))
            frontEnd.send(
                .spawned(reference, child.id, descriptors: UInt8(started.ends.count)), descriptors: started.ends)
        } catch let failure as SpawnFailure {
            frontEnd.send(.spawnFailed(reference, sentence: failure.sentence(about: besideProgram(request))))
        } catch {
            frontEnd.send(.spawnFailed(reference, sentence: "can not make its pipes: \(error)"))
        }
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
            let (status, signal) = (UInt8(clamping: exit.status), UInt8(clamping: exit.signal))
            record(.childExited(child.id, status: status, signal: signal))
            child.frontEnd.send(.childExited(child.id, status: status, signal: signal))
        }
        // The last words of a preparation may say that there is a shell.
        if let shellExit, shellExit.pid == shell { finish(shellExit) }
    }

    /// Somebody who may ends the session: what the terminal's loss would do, and after a while what nobody survives.
    func end(by who: Operator) {
        guard endedBy == nil, !isOver else { return }
        endedBy = who.name
        pty.foregroundGroup?.signalGroup(Signals.hangUp)
        shell.signalGroup(Signals.hangUp)
        shell.signalGroup(Signals.resume)
        loop.schedule(after: .seconds(2)) { [shell] in shell.signalGroup(Signals.kill) }
    }

    private func finish(_ exit: ChildExit) {
        guard !isOver else { return }
        isReading = true
        while readTerminal() {}
        isOver = true
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
