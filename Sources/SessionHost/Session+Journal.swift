import Journal
import Platform
import Wire

/// What everybody attached was told of a journal that misses something.
struct AnnouncedGap {
    var isOpen = false
    /// Of output, since it was announced.
    var lostBytes: UInt64 = 0
    /// Runs while the journal has taken everything since the last loss.
    var closing: EventLoop.TimerID?
}

extension Session {
    /// What is short still fits where what is long does not: the end of a gap is announced when it has lasted.
    private static let gapPause = Duration.seconds(2)

    /// Writes the event down; a disk that is full is announced once, and so is the end of that.
    func record(_ event: JournalRecord) {
        let time = UnixTime.now.nanoseconds
        let outcome = journal.append(event, at: time)
        noteActivity(event)
        if event.isEvent {
            let entry = JournalEntry(number: journal.lastNumber, time: time, record: event)
            if case .missing = outcome {} else { events.append(entry) }
            tellFollowers(.happened(entry))
        }
        switch outcome {
        case .written: break
        case .missing:
            stopClosingGap()
            guard !gap.isOpen else { return }
            gap.isOpen = true
            broadcast(.journalGap(isOpen: true, lostBytes: 0))
        case .writtenAfterGap(let lost):
            gap.lostBytes += lost
            stopClosingGap()
            gap.closing = loop.schedule(after: Self.gapPause) { [weak self] in self?.closeGap() }
        }
    }

    private func stopClosingGap() {
        if let closing = gap.closing { loop.cancel(closing) }
        gap.closing = nil
    }

    private func closeGap() {
        broadcast(.journalGap(isOpen: false, lostBytes: gap.lostBytes))
        gap = AnnouncedGap()
    }
}
