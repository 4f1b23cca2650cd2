import Journal
import Platform
import SessionModel
import SystemPackage
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

    /// Writes the event down; a disk that does not take it is announced once, and so is the end of that.
    func record(_ event: JournalRecord) {
        let time = UnixTime.now.nanoseconds
        let outcome = journal.append(event, at: time)
        noteActivity(event)
        tellJournalNews()
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
            broadcast(openGap)
        case .writtenAfterGap(let lost): gapClosed(lost)
        }
    }

    /// That the record misses what happens now, and why.
    var openGap: HostMessage { .journalGap(isOpen: true, detail: UInt64(clamping: journal.failure.rawValue)) }

    /// Others may have done something to the journal's files, and a disk may have room again, though nothing happens.
    func inspectJournal() {
        let hasClosed = journal.inspect(at: UnixTime.now.nanoseconds)
        tellJournalNews()
        if hasClosed { gapClosed(journal.lostOutput) }
    }

    /// What the journal has to say besides what was written: a gap, for those who follow events, and what others did to
    /// its files, for everybody.
    private func tellJournalNews() {
        if let entry = journal.writtenGap {
            events.append(entry)
            tellFollowers(.happened(entry))
        }
        guard let interference = journal.takeInterference() else { return }
        Diagnostics.note("\(interference)")
        broadcast(.said(by: OperatorName.server, .person, "\(interference)"))
    }

    /// What was set aside when the session started, told to the first who attaches.
    func tellDamage(to frontEnd: FrontEnd) {
        for damage in untoldDamage { frontEnd.send(.said(by: OperatorName.server, .person, damage.summary)) }
        untoldDamage = []
    }

    /// The session begins its part of a record of which something could not be read.
    func noteDamage() {
        untoldDamage = journal.damage
        guard !untoldDamage.isEmpty else { return }
        for damage in untoldDamage { Diagnostics.note("\(damage)") }
        record(.gap(records: 0, outputBytes: 0))
    }

    private func gapClosed(_ lost: UInt64) {
        guard gap.isOpen else { return }
        gap.lostBytes += lost
        stopClosingGap()
        gap.closing = loop.schedule(after: Self.gapPause) { [weak self] in self?.closeGap() }
    }

    private func stopClosingGap() {
        if let closing = gap.closing { loop.cancel(closing) }
        gap.closing = nil
    }

    private func closeGap() {
        broadcast(.journalGap(isOpen: false, detail: gap.lostBytes))
        gap = AnnouncedGap()
    }
}
