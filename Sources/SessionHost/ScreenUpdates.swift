import Platform
import ScreenModel
import SessionModel
import Terminal
import Wire

/// Screen updates as the front-ends have them that are sent any.
struct ScreenUpdates {
    /// Sixty a second.
    static let interval = Duration.nanoseconds(16_666_667)
    /// Rows that scrolled off, of which an update brings the newest.
    static let scrolledLimit = 500

    /// What those front-ends show.
    var base: ScreenImage
    /// How many rows had scrolled off then.
    var scrolledRows: UInt64
    var timer: EventLoop.TimerID?
    var lastSent: Moment
}

extension Session {
    /// Something that is shown may have changed: who is shown updates gets one, soon.
    func screenChanged() {
        guard let pending = updates, pending.timer == nil else { return }
        let due = pending.lastSent.advanced(by: ScreenUpdates.interval)
        let time = started.advanced(by: max(due, now).sinceStart)
        updates?.timer = loop.schedule(at: time) { [weak self] in self?.sendScreenUpdate() }
    }

    /// Brings every front-end that is shown updates to where the session stands.
    func sendScreenUpdate() {
        guard var pending = updates else { return }
        if let timer = pending.timer { loop.cancel(timer) }
        let image = ScreenImage(screen.snapshot(at: offset, scrollbackRows: 0))
        let (scrolled, skipped) = screen.scrolled(since: pending.scrolledRows, limit: ScreenUpdates.scrolledLimit)
        let update = ScreenUpdate(from: pending.base, to: image, scrolled: scrolled, skippedRows: skipped)
        pending.base = image
        pending.scrolledRows = screen.scrolledRows
        pending.timer = nil
        pending.lastSent = now
        updates = pending
        guard !update.isEmpty else { return }
        let frame = HostMessage.screen(update).encoded
        for frontEnd in frontEnds.values where frontEnd.wantsUpdates { frontEnd.append(frame) }
    }

    /// Changes between the stream and updates for one attachment; the snapshot is where the one ends.
    func show(_ attachment: HostAttachment, asUpdates: Bool) {
        // Whoever is shown updates already stands where the snapshot will.
        sendScreenUpdate()
        if attachment.isShownUpdates != asUpdates {
            attachments[attachment.id]?.isShownUpdates = asUpdates
            attachment.frontEnd.updatedAttachments += asUpdates ? 1 : -1
        }
        adjustUpdates()
        attachment.frontEnd.send(.refreshed(attachment.reference, screen.snapshot(at: offset, scrollbackRows: 0)))
    }

    /// Begins to make updates when somebody is shown them, and ends with the last.
    func adjustUpdates() {
        guard frontEnds.values.contains(where: \.wantsUpdates) else {
            if let timer = updates?.timer { loop.cancel(timer) }
            updates = nil
            return
        }
        guard updates == nil else { return }
        updates = ScreenUpdates(
            base: ScreenImage(screen.snapshot(at: offset, scrollbackRows: 0)), scrolledRows: screen.scrolledRows,
            lastSent: now)
    }

    /// Tells of a new title, and of what the program wants reported, which is for the holder's terminal alone.
    func announceProperties() {
        let current = TerminalProperties(title: screen.title, screen.modes)
        guard current != properties else { return }
        properties = current
        broadcast(.properties(current))
    }
}
