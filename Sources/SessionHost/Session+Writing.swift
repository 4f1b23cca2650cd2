import Platform
import SessionModel
import Wire

/// From the input queue into the terminal: written down first, and no handover in the middle of something.
extension Session {
    /// Whose line stands half-typed at the prompt, besides this operator's own; `nil` if none does.
    func halfTypedLine(besides name: String) -> String? {
        pty.foregroundGroup == shell ? line.owners(besides: name) : nil
    }

    /// Writes what is queued, a piece after the other, until the terminal takes no more. A step of its own.
    func writeQueuedInput() {
        guard !isOver else { return }
        if isAwaitingPlace { interruptPreparation() }
        while !isAwaitingPlace, let piece = input.head {
            if !piece.isJournalled {
                journalInput(piece)
                input.noteJournalled()
            }
            // Before it is written: a program that a line starts may have the foreground at once.
            let reader = Reader(isShell: pty.foregroundGroup == shell, readsLines: pty.readsLines)
            guard let count = writeToTerminal(piece.bytes) else { break }
            input.consume(count)
            noteWritten(piece.bytes.prefix(count), of: piece, for: reader)
        }
        updateTerminalInterest()
        if input.isEmpty { approvedIsDue() }
    }

    /// While there is no shell, what is typed is held for it. `Ctrl-C` is not, and takes what stands before it along,
    /// as a terminal does.
    private func interruptPreparation() {
        while input.hasInterrupt, let piece = input.head {
            if !piece.isJournalled { journalInput(piece) }
            if let author = piece.author { acknowledge(piece.bytes.count, from: author.attachment) }
            input.consume(piece.bytes.count)
            if piece.isInterrupt { pty.signalForeground(Signals.interrupt) }
        }
    }

    /// How much the terminal took; `nil` when it takes nothing now.
    private func writeToTerminal(_ bytes: ArraySlice<UInt8>) -> Int? {
        do {
            let outcome = try bytes.withUnsafeBytes { try pty.descriptor.borrowed.writeAvailable($0) }
            guard case .completed(let count) = outcome, count > 0 else { return nil }
            return count
        } catch {
            return nil
        }
    }

    private func journalInput(_ piece: InputQueue.Piece) {
        guard let author = piece.author else { return }
        let content: InputRecord.Content =
            piece.isHidden || pty.hidesInput
            ? .hidden(count: UInt32(piece.bytes.count)) : .bytes(Array(piece.bytes))
        record(
            .input(
                InputRecord(
                    who: author.who, attachment: author.attachment, turn: author.turn, transport: author.transport,
                    content: content)))
    }

    private func noteWritten(_ bytes: ArraySlice<UInt8>, of piece: InputQueue.Piece, for reader: Reader) {
        if let turn = piece.turn { delivered.note(bytes, in: turn) }
        guard let author = piece.author else { return }
        if author.turn == arbiter.lastTurn { turnWatch.written += bytes.count }
        acknowledge(bytes.count, from: author.attachment)
        noteLine(bytes, of: piece, by: author, for: reader)
    }

    /// A line stands half-typed when the shell itself reads and the last key did not end the line.
    private func noteLine(
        _ bytes: ArraySlice<UInt8>, of piece: InputQueue.Piece, by author: InputQueue.Author, for reader: Reader
    ) {
        switch piece.kind {
        case .keys, .pasteBegin, .paste:
            noteTyped(bytes, isPaste: piece.kind != .keys, readsLines: reader.readsLines)
            noteEntered(bytes, of: piece, by: author, for: reader)
        // A click at a half-typed line does not shorten its time.
        case .mouse: break
        case .focus, .reply: return
        }
        // What was written late must not prolong the turn of somebody else.
        guard author.turn == arbiter.lastTurn else { return }
        arbiter.noteLine(isOpen: line.isOpen, at: now)
        scheduleTurnTimer()
    }

    private func noteEntered(
        _ bytes: ArraySlice<UInt8>, of piece: InputQueue.Piece, by author: InputQueue.Author, for reader: Reader
    ) {
        let (isPaste, isHidden) = (piece.kind != .keys, piece.isHidden)
        var lines: [TypedLine.Entered] = []
        if reader.isShell {
            lines = line.note(bytes, isPaste: isPaste, isHidden: isHidden, by: author.who.name)
            shellWatch.ahead.clear()
        } else {
            line.clear()
            // What a program does not show may be a password. What is to be hidden may be left to the shell, too.
            guard !pty.hidesInput, reader.readsLines || isHidden else { return shellWatch.ahead.clear() }
            lines = shellWatch.ahead.note(bytes, isPaste: isPaste, isHidden: isHidden, by: author.who.name)
        }
        let approver = author.turn == arbiter.lastTurn ? turnWatch.command?.approver : nil
        for entered in lines {
            shellWatch.entered.add(
                EnteredLines.Line(
                    writers: entered.writers, turn: author.turn, approver: approver, text: entered.text,
                    isForShell: reader.isShell, isHidden: entered.isHidden))
        }
    }

    /// What had the terminal when something was written to it.
    private struct Reader {
        var isShell: Bool
        var readsLines: Bool
    }

    func updateTerminalInterest() {
        guard !isOver else { return }
        var interest: EventLoop.Readiness = []
        if isReading { interest.insert(.readable) }
        if !input.isEmpty, !isAwaitingPlace { interest.insert(.writable) }
        loop.rewatch(pty.descriptor.borrowed, for: interest)
    }

    // MARK: The end of a turn

    /// Drops what was not written, but completes a begun character or sequence, and closes an open paste.
    /// - Returns: how many bytes were dropped.
    func cutInput(of turn: TurnNumber) -> Int {
        let cut = input.cut(turn, after: delivered)
        if cut.journalled > 0 { record(.inputCut(turn, count: UInt32(clamping: cut.journalled))) }
        if !cut.dropped.isEmpty { shellWatch.log.noteCut(of: turn) }
        for (id, count) in cut.dropped { acknowledge(count, from: id) }
        for piece in input.takeUnjournalled(of: turn) { journalInput(piece) }
        closePaste(of: turn)
        writeInput()
        return cut.dropped.values.reduce(0, +)
    }

    /// Ends the paste that nobody will end any more.
    func closePaste(of turn: TurnNumber) {
        let closing = input.writtenOut(delivered).pasteClosing
        guard !closing.isEmpty else { return }
        input.append(closing[...], from: .closing(turn))
        record(.pasteClosed(turn))
        writeInput()
    }
}
