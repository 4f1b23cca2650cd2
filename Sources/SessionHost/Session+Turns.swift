import Platform
import SessionModel
import Terminal
import Wire

extension Session {
    var turnNotice: TurnNotice {
        TurnNotice(turn: arbiter.lastTurn, holder: arbiter.holder.flatMap { attachments[$0.id]?.holder })
    }

    /// Carries out what the arbiter decided: journal, pending input, size, and everybody's notice.
    func perform(_ effects: [TurnArbiter.Effect]) {
        for effect in effects {
            switch effect {
            case .began(let turn, let who, let how):
                began(turn, who.id, how)
            case .ended(let turn, let who, let how):
                cutInput(of: turn)
                record(.turnEnded(turn, who.id, how))
            }
        }
        if !effects.isEmpty { broadcast(.turn(turnNotice)) }
        scheduleTurnTimer()
    }

    private func began(_ turn: TurnNumber, _ id: AttachmentID, _ how: TurnBeginning) {
        record(.turnBegan(turn, id, how))
        guard let attachment = attachments[id] else { return }
        let name = attachment.request.who.name
        visits.noteTurn(turn, of: name)
        // Whoever is back types on another connection: what the lost one was pasting has no end.
        if how == .resumed { closePaste(of: turn) }
        if let owners = halfTypedLine(besides: name) {
            attachment.frontEnd.send(.lineStands(attachment.reference, of: owners))
        }
        if let window = attachment.size { resize(to: window, givenBy: id) }
    }

    func scheduleTurnTimer() {
        if let turnTimer { loop.cancel(turnTimer) }
        turnTimer = arbiter.deadline.map { deadline in
            loop.schedule(at: started.advanced(by: deadline.sinceStart)) { [weak self] in self?.turnTimerFired() }
        }
    }

    private func turnTimerFired() {
        turnTimer = nil
        // Whoever waits for a program to read what was typed is not idle.
        if !input.isEmpty, let deadline = arbiter.deadline, deadline <= now, arbiter.holder != nil {
            arbiter.noteLine(isOpen: false, at: now)
        }
        perform(arbiter.passTime(to: now))
    }

    /// Says that input was dealt with; not for every key, but well before a front-end runs out of room.
    func acknowledge(_ count: Int, from id: AttachmentID) {
        guard var attachment = attachments[id] else { return }
        attachment.unannounced += count
        if attachment.unannounced >= Self.announcedInput {
            attachment.frontEnd.send(
                .inputTaken(attachment.reference, count: UInt32(clamping: attachment.unannounced)))
            attachment.unannounced = 0
        }
        attachments[id] = attachment
    }

    // MARK: Size

    /// The session takes the size of whoever steers.
    func resize(to window: TerminalSize, givenBy id: AttachmentID) {
        sizeGiver = id
        guard window != size else { return }
        size = window
        screen.resize(to: window)
        do {
            try pty.resize(columns: window.columns, rows: window.rows)
        } catch {
            Diagnostics.note("the terminal did not take its new size: \(error)")
        }
        record(.resized(window))
        broadcast(.resized(window))
        screenChanged()
    }

    /// A client's window changed. It is the session's size if that client steers, or gave the size last.
    func windowChanged(of id: AttachmentID, to window: TerminalSize) {
        attachments[id]?.size = window
        let steers = arbiter.holder.map { $0.id == id } ?? (sizeGiver == id)
        if steers { resize(to: window, givenBy: id) }
    }
}
