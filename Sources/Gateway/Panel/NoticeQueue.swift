import SessionModel

/// Notices one after the other, each for a while; answers at once.
struct NoticeQueue: Hashable {
    static let duration = Duration.seconds(3)
    /// Notices that wait; past these the oldest is left out.
    static let limit = 4

    private(set) var shown: Notice?
    /// When the one that is shown goes.
    private(set) var deadline: Moment?
    /// What the operator was asked last.
    private(set) var question: Notice.Question?
    private var waiting: [Notice] = []

    mutating func show(_ notice: Notice, at now: Moment) {
        _ = passTime(to: now)
        guard notice != shown else {
            // Who asks again has not read it yet.
            if notice.isAnswer { deadline = now.advanced(by: Self.duration) }
            return
        }
        guard !waiting.contains(notice) else { return }
        guard let before = shown else { return begin(notice, at: now) }
        if notice.isAnswer {
            // What one did not have the time to read comes again.
            if !before.isAnswer { waiting.insert(before, at: 0) }
            begin(notice, at: now)
        } else {
            waiting.append(notice)
        }
        if waiting.count > Self.limit { waiting.removeFirst(waiting.count - Self.limit) }
    }

    /// Whether another notice is shown now, or none.
    mutating func passTime(to now: Moment) -> Bool {
        guard let deadline, deadline <= now else { return false }
        if waiting.isEmpty {
            shown = nil
            self.deadline = nil
        } else {
            begin(waiting.removeFirst(), at: now)
        }
        return true
    }

    /// Leaves out what asks something that is over.
    mutating func drop(at now: Moment, _ isOver: (Notice.Question) -> Bool) {
        func isOut(_ notice: Notice) -> Bool { notice.question.map(isOver) == true }
        waiting.removeAll(where: isOut)
        if question.map(isOver) == true { question = nil }
        guard let shown, isOut(shown) else { return }
        deadline = now
        _ = passTime(to: now)
    }

    private mutating func begin(_ notice: Notice, at now: Moment) {
        shown = notice
        question = notice.question ?? question
        deadline = now.advanced(by: Self.duration)
    }
}
