import Platform
import ScreenModel
import SessionModel
import Wire

/// What the client is shown.
extension AttachmentChannel {
    func deliver(_ bytes: [UInt8]) {
        guard isLive else { return }
        view.deliver(bytes)
        scheduleFlush()
    }

    /// The answer to what was asked of the host: from here on the client is shown the other source.
    func refreshed(_ snapshot: ScreenSnapshot) {
        guard isLive else { return }
        view.refreshed(snapshot)
        view.report(wantedReports)
        viewChanged()
    }

    func updated(_ update: ScreenUpdate) {
        guard isLive, view.takesUpdates else { return }
        view.updated(update)
        scheduleFlush()
    }

    func sessionResized(to size: TerminalSize) {
        view.sessionSize = size
        guard isLive else { return }
        view.report(wantedReports)
        viewChanged()
    }

    func turnChanged(from old: TurnNotice) {
        let wasOpen = panel.isOpen
        panel.holdsTurn = holdsTurn
        guard isLive else { return }
        showTitle()
        if wasOpen { panelChanged() }
        view.report(wantedReports)
        // A host of an earlier version tells nobody what concerns them.
        if link?.turns.isNew == false, let notice = Notice.turn(from: old, to: link?.turn, seenBy: id) { show(notice) }
        scheduleFlush()
    }

    /// Others wait for the turn, or other commands for approval.
    func turnsChanged() {
        guard let link else { return }
        let wasOpen = panel.isOpen
        panel.time = now
        panel.holdsTurn = holdsTurn
        panel.queue = link.turns.queue
        if panel.proposals != link.turns.proposals { panel.proposals = link.turns.proposals }
        guard isLive else { return }
        showTitle()
        if wasOpen || panel.isOpen { panelChanged() }
    }

    /// What concerns the operator does not wait for what does not.
    func learned(_ news: TurnNews) {
        var notice = Notice.news(news)
        notice.isAnswer = true
        // What is left of a paste needs no other answer. Hosts of earlier versions tell it before the next turn begins.
        switch news {
        case .taken(_, _, let dropped) where dropped > 0: refusedInTurn = link?.turn.turn.next
        case .lost(let loss) where loss.dropped > 0: refusedInTurn = link?.turn.turn
        case .endsSoon(let rest): endsSoon(in: rest)
        default: break
        }
        show(notice)
    }

    private func endsSoon(in rest: Duration) {
        guard isLive, let link else { return }
        turnWarning = TurnWarning(of: link.turn.turn, link.turns.queue, until: now.advanced(by: rest))
        showTitle()
        // If it does not end after all, the title says so no more.
        loop.schedule(after: rest) { [weak self] in self?.showTitle() }
    }

    func propertiesChanged() {
        guard isLive else { return }
        showTitle()
        view.report(wantedReports)
        scheduleFlush()
    }

    /// Mouse and focus are reported by the holder's terminal alone, and only where its places are the session's.
    var wantedReports: TerminalProperties {
        guard holdsTurn, view.fits, view.window != nil, let link else { return TerminalProperties() }
        return link.properties
    }

    func showTitle() {
        guard isLive, let link else { return }
        let isEnding = holdsTurn && turnWarning?.holds(of: link.turn.turn, link.turns.queue, at: now) == true
        let holder = link.turn.holder
        let title = Screens.title(
            attach, turn: holder, isEnding: isEnding, queue: panel.queue,
            watchers: link.attached < 2 ? 0 : link.attached - (holder?.isKept == false ? 1 : 0),
            programTitle: link.properties.title)
        guard title != shownTitle else { return }
        shownTitle = title
        view.append(Screens.setTitle(title))
        scheduleFlush()
    }

    // MARK: Notices and the panel

    func refused(_ refusal: Refusal, _ turn: TurnNotice) {
        // Once for each turn: whoever goes on typing knows by now.
        guard refusedInTurn != turn.turn else { return }
        refusedInTurn = turn.turn
        let isLead = role == .lead && attach.who.kind == .person
        show(.refused(refusal, turn, link?.turns.queue.mode ?? .open, isLead: isLead))
    }

    func show(_ notice: Notice) {
        guard isLive else { return }
        panel.show(notice, at: now)
        panelChanged()
    }

    func panelChanged() {
        view.cover(panel.isOpen)
        schedulePanelTimer()
        viewChanged()
    }

    private func schedulePanelTimer() {
        if let panelTimer { loop.cancel(panelTimer) }
        panelTimer = panel.deadline.map { deadline in
            loop.schedule(at: time(of: deadline)) { [weak self] in self?.panelTimeIsUp() }
        }
    }

    private func panelTimeIsUp() {
        panelTimer = nil
        // A client that is behind has not seen it yet.
        guard !view.isCoverPending else {
            panelTimer = loop.schedule(after: .seconds(1)) { [weak self] in self?.panelTimeIsUp() }
            return
        }
        _ = panel.passTime(to: now)
        panelChanged()
    }

    // MARK: Bytes

    /// Asks the host for what the view now needs, and shows what there is.
    func viewChanged() {
        if let source = view.request() { ask(for: source) }
        scheduleFlush()
    }

    func ask(for source: AttachmentView.Source) { link?.send(.show(reference, asUpdates: source == .updates)) }

    func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        loop.afterThisRound { [weak self] in self?.flush() }
    }

    /// What was drawn is on its way.
    private func noteDrawn() {
        guard let (drawn, size) = drawn else { return }
        self.drawn = nil
        panel.noteDrawn(drawn, in: size)
    }

    /// One write a round: each costs three system calls, whatever its size.
    func flush() {
        isFlushScheduled = false
        guard channel.room > 0 || view.isEmpty else { return }
        view.drain { channel.write($0) }
        guard view.isEmpty else { return }
        noteDrawn()
        if isLive, view.isDirty {
            let panel = panel
            view.render(link?.image) { frame in
                drawn = (panel, frame.size)
                return panel.over(frame)
            }
            view.drain { channel.write($0) }
            guard view.isEmpty else { return }
            noteDrawn()
        }
        if case .ending(let status) = phase {
            phase = .over
            // Over for the connection only when the client has closed too: it has shown the last words by then.
            if let status { channel.finish(status: status) } else { channel.close() }
        } else if isLive, let source = view.request() {
            ask(for: source)
        }
    }
}
