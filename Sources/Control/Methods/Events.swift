import HostClient
import JSONText
import SessionModel
import Wire

extension ControlMethod {
    private static let since = Schema.Property(
        "since", .count, "the number of the first event wanted; without it, the next that happens")

    private static let eventSchema: [Schema.Property] = [
        .init("number", .count, isRequired: true, "counted from 1 in the session's record"),
        .init("time", .number, isRequired: true, "seconds since 1970"),
        .init("event", .text, isRequired: true, "what happened; the other members depend on it"),
    ]

    static let eventsRead = ControlMethod(
        "events.read", "read the events of a session, or wait for the next",
        details:
            "What is typed and printed is no event. Their numbers go on from one start of the session to the next, "
            + "and the record has all; 'skipped' says that some between 'since' and the first are not in it.",
        scope: .session(.observe), traits: [.readOnly, .idempotent],
        parameters: [
            since, .init("limit", .integer(1...500), "100 if not said"),
            .init("wait", .boolean, "wait until there is one"), ControlCall.within, ControlCall.incarnation,
        ],
        result: [
            .init("events", .list(.object(eventSchema)), isRequired: true, "oldest first"),
            .init("next", .count, isRequired: true, "the number to go on with"),
            .init("skipped", .boolean, isRequired: true, "whether older events that were wanted are not kept"),
            .init("gap", .optional(.text), isRequired: true, "why the record misses what happens now, where it does"),
        ],
        verb: VerbForm("log", [.session]) { result, _ in
            let gap = result["gap"]?.string.map { "From here on events are missing: \($0).\n" } ?? ""
            return (result["events"]?.array ?? []).map { SessionEvent.line($0) + "\n" }.joined() + gap
        }
    ) { call async throws(ControlFailure) in
        let answers = try await call.answers()
        let limit = call.integer("limit") ?? 100
        let isWaiting = call.flag("wait") == true
        guard let since = call.integer("since") else {
            // Who waits wants what comes next, and who does not the newest.
            return isWaiting
                ? try await call.nextEvents(limit, answers)
                : try await call.newestEvents(limit, answers)
        }
        return try await call.events(from: EventNumber(rawValue: UInt64(since)), limit, answers, isWaiting: isWaiting)
    }

    static let eventsSubscribe = ControlMethod(
        "events.subscribe", "be told of a session's events as they happen",
        details: "Each comes as a notification 'event' with 'subscription' and the event's members. Who reads slowly "
            + "gets them later; if by then some are not kept any more, a notification 'events.skipped' says so first. "
            + "Where events can not be recorded, and so not told, a notification 'events.gap' says when that begins, "
            + "with 'reason', and when it ends; what was missed then is counted by an event 'gap'. "
            + "To resume on another connection, give the number behind the last one as 'since'.",
        scope: .session(.observe), traits: [.readOnly, .subscribes], parameters: [since],
        result: [
            .init("subscription", .count, isRequired: true, "its number, for events.unsubscribe"),
            .init("next", .count, isRequired: true, "the number of the first event that will come"),
        ], failures: [.notSupported]
    ) { call async throws(ControlFailure) in
        let live = try await call.live()
        guard case .state(let state, _) = try await live.ask(.state(nil)), let subscriptions = call.subscriptions else {
            throw .notRunning(call.session)
        }
        let next = call.integer("since").map { EventNumber(rawValue: UInt64($0)) } ?? state.lastEvent.next
        let number = subscriptions.start { subscriber async throws(ControlFailure) in
            var reading = EventReading(answers: live, next: next)
            try await reading.tell(subscriber, of: live)
        }
        return ["subscription": .integer(number), "next": .count(next.rawValue)]
    }

    static let eventsUnsubscribe = ControlMethod(
        "events.unsubscribe", "be told of events no more", scope: .server, traits: [.idempotent, .subscribes],
        parameters: [.init("subscription", .count, isRequired: true, "its number")],
        result: [.init("ended", .boolean, isRequired: true, "whether there was one")], failures: [.notSupported]
    ) { call async throws(ControlFailure) in
        ["ended": .bool(call.subscriptions?.end(Int64(call.integer("subscription") ?? 0)) ?? false)]
    }
}

extension ControlCall {
    fileprivate func newestEvents(
        _ limit: Int, _ answers: any SessionAnswers
    ) async throws(ControlFailure) -> JSONValue {
        guard answers is any LiveSession else {
            // What is kept is asked for from its end.
            var kept = EventReading(answers: answers, next: .end)
            return kept.json(try await kept.read(limit), hasSkipped: false)
        }
        var reading = EventReading(answers: answers, next: EventNumber(rawValue: 0))
        var newest: [JournalEntry] = []
        while case let page = try await reading.read(500), !page.isEmpty { newest = (newest + page).suffix(limit) }
        return reading.json(newest, hasSkipped: false)
    }

    fileprivate func nextEvents(_ limit: Int, _ answers: any SessionAnswers) async throws(ControlFailure) -> JSONValue {
        guard case .state(let state, _) = try await answers.ask(.state(nil)) else { throw .notRunning(session) }
        return try await events(from: state.lastEvent.next, limit, answers, isWaiting: true)
    }

    fileprivate func events(
        from first: EventNumber, _ limit: Int, _ answers: any SessionAnswers, isWaiting: Bool
    ) async throws(ControlFailure) -> JSONValue {
        if isWaiting, let live = answers as? any LiveSession {
            _ = try await live.wait(.events, until: deadline(standard: 30)) { live.lastEvent >= first ? true : nil }
        }
        var reading = EventReading(answers: answers, next: first)
        let events = try await reading.read(limit)
        guard reading.hasSkipped else { return reading.json(events, hasSkipped: false) }
        // The host has the newest only.
        var kept = EventReading(answers: desk.past(session, .at(first)), next: first)
        guard let older = try? await kept.read(limit), !older.isEmpty else {
            return reading.json(events, hasSkipped: true)
        }
        return kept.json(older, hasSkipped: kept.hasSkipped)
    }
}

extension EventNumber {
    /// Behind all there are.
    fileprivate static let end = EventNumber(rawValue: .max)
}

/// Somebody's way through a session's events.
private struct EventReading {
    let answers: any SessionAnswers
    var next: EventNumber
    var hasSkipped = false

    init(answers: any SessionAnswers, next: EventNumber) {
        self.answers = answers
        self.next = next
    }

    func json(_ events: [JournalEntry], hasSkipped: Bool) -> JSONValue {
        [
            "events": .array(events.map(SessionEvent.json)), "next": .count(next.rawValue),
            "skipped": .bool(hasSkipped),
            "gap": JSONValue((answers as? any LiveSession)?.recordGap) { .string(RecordGap.reason($0)) },
        ]
    }

    mutating func read(_ limit: Int) async throws(ControlFailure) -> [JournalEntry] {
        let question = ControlQuestion.events(from: next, limit: UInt16(clamping: limit))
        guard case .events(let events, let oldest) = try await answers.ask(question) else {
            throw .notRunning(answers.name)
        }
        hasSkipped = next < oldest
        if let last = events.last { next = last.number.next }
        return events
    }

    /// Tells what happens until nobody reads any more, or the session ends.
    mutating func tell(_ subscriber: any Subscriber, of live: any LiveSession) async throws(ControlFailure) {
        var told: UInt64?
        while true {
            let start = next
            let gap = live.recordGap
            if gap != told {
                guard await subscriber.notify("events.gap", Self.mark(gap, subscriber.number)) else { return }
                told = gap
            }
            for event in try await read(100) {
                if hasSkipped, event.number > start {
                    hasSkipped = false
                    let gap = JSONObject([
                        ("subscription", .integer(subscriber.number)), ("from", .count(start.rawValue)),
                        ("to", .count(event.number.rawValue - 1)),
                    ])
                    guard await subscriber.notify("events.skipped", gap) else { return }
                }
                var parameters = JSONObject([("subscription", .integer(subscriber.number))])
                for (name, value) in SessionEvent.json(event).object?.members ?? [] { parameters[name] = value }
                guard await subscriber.notify("event", parameters) else { return }
            }
            guard start == next, live.recordGap == gap else { continue }
            let wanted = next
            _ = try await live.wait(
                .events, until: ContinuousClock.now.advanced(by: .seconds(3_600))
            ) { live.lastEvent >= wanted || live.recordGap != gap ? true : nil }
        }
    }

    private static func mark(_ gap: UInt64?, _ subscription: Int64) -> JSONObject {
        JSONObject([
            ("subscription", .integer(subscription)), ("open", .bool(gap != nil)),
            ("reason", JSONValue(gap) { .string(RecordGap.reason($0)) }),
        ])
    }
}
