import Platform
import SessionModel
import SystemPackage
import Terminal
import Wire

extension Session {
    /// Bytes read in one go, so that input is looked at in between.
    private static let readLimit = 128 * 1_024
    /// How long a front-end that reads nothing may hold up the terminal.
    private static let patience = Duration.seconds(2)

    func terminalIsReady(_ readiness: EventLoop.Readiness) {
        if readiness.contains(.writable) { writeInput() }
        if isReading, !readiness.isDisjoint(with: [.readable, .hangup]) { _ = readTerminal() }
    }

    /// Reads what the programs printed; false when there is nothing more, for now or for ever.
    func readTerminal() -> Bool {
        var isMore = false
        var isEnd = false
        var read: [UInt8] = []
        withUnsafeTemporaryAllocation(byteCount: Self.readLimit, alignment: 16) { room in
            var count = 0
            reading: while count < room.count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: room[count...])
                switch try? pty.descriptor.borrowed.readAvailable(into: rest) {
                case .completed(let more): count += more
                case .wouldBlock: break reading
                case .endOfStream, nil:
                    isEnd = true
                    break reading
                }
            }
            isMore = count == room.count
            read = Array(room[..<count])
        }
        show(mask.mask(read))
        releaseSoon()
        // The shell's exit, not this, is the end of the session: a terminal that everybody closed can be opened again.
        if isEnd { pauseReading() }
        return isMore
    }

    /// What may be a secret's beginning is shown when nothing more comes.
    private func releaseSoon() {
        if let maskTimer { loop.cancel(maskTimer) }
        maskTimer = nil
        guard mask.isHolding else { return }
        maskTimer = loop.schedule(after: SecretMask.patience) { [weak self] in self?.releaseMasked() }
    }

    func releaseMasked() {
        if let maskTimer { loop.cancel(maskTimer) }
        maskTimer = nil
        show(mask.release())
    }

    /// From now on these are masked, too.
    func hide(_ values: [String]) {
        releaseMasked()
        let all = plan.hiddenValues + values
        mask = SecretMask(marks: shellWatch.secret, values: all.map { Array($0.utf8) })
    }

    private func show(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        var printed: [UInt8] = []
        bytes.withUnsafeBytes {
            screen.feed($0)
            filter.filter($0, into: &printed)
        }
        let start = offset
        publish(printed)
        let marks = filter.takeMarks()
        noteWatched(marks)
        note(marks, from: start)
        if shellWatch.keys.mayBeEmpty { lookForEmptyLine() }
        announceProperties()
        screenChanged()
        answer(screen.takeReplies())
        // A shell without marks does not say that its prompt stands.
        if proposals.hasApproved, isReadyForCommand { approvedIsDue() }
    }

    private func publish(_ printed: [UInt8]) {
        guard !printed.isEmpty else { return }
        lastActivity = now
        record(.output(offset, printed))
        let frame = HostMessage.output(offset, printed).encoded
        offset = offset.advanced(by: printed.count)
        history.append(printed)
        for frontEnd in watchingFrontEnds { frontEnd.append(frame) }
        waitForFrontEnds()
    }

    // MARK: Waiting for front-ends

    /// Stops reading while a front-end is behind: it drains at memory speed, whatever its clients do.
    private func waitForFrontEnds() {
        guard isReading, frontEnds.values.contains(where: \.isBehind) else { return }
        pauseReading()
        stuckTimer = loop.schedule(after: Self.patience) { [weak self] in self?.cutStuckFrontEnds() }
    }

    func frontEndDrained() {
        guard !isReading, !frontEnds.values.contains(where: \.isBehind) else { return }
        if let stuckTimer { loop.cancel(stuckTimer) }
        stuckTimer = nil
        isReading = true
        updateTerminalInterest()
    }

    private func cutStuckFrontEnds() {
        stuckTimer = nil
        for frontEnd in frontEnds.values where frontEnd.isBehind {
            Diagnostics.note("a front-end reads nothing and is cut off")
            frontEnd.close()
        }
        frontEndDrained()
    }

    private func pauseReading() {
        isReading = false
        updateTerminalInterest()
    }
}
