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
        details: "What is typed and printed is no event. The newest 2000 are kept; 'skipped' says that some between "
            + "'since' and the first are not.", scope: .session(.observe), traits: [.readOnly, .idempotent],
        parameters: [
            since, .init("limit", .integer(1...500), "100 if not said"),
            .init("wait", .boolean, "wait until there is one"), ControlCall.within,
        ],
        result: [
            .init("events", .list(.object(eventSchema)), isRequired: true, "oldest first"),
            .init("next", .count, isRequired: true, "the number to go on with"),
            .init("skipped", .boolean, isRequired: true, "whether older events that were wanted are not kept"),
        ],
        verb: VerbForm("log", [.session]) { result, _ in
            (result["events"]?.array ?? []).map { SessionEvent.line($0) + "\n" }.joined()
        }
    ) { call async throws(ControlFailure) in
        let live = try await call.live()
        guard case .state(let state, _) = try await live.ask(.state(nil)) else { throw .notRunning(call.session) }
        let limit = call.integer("limit") ?? 100
        let isWaiting = call.flag("wait") == true
        // Who waits for nothing and names no beginning wants the newest.
        let newest = state.lastEvent.rawValue
        let first =
            call.integer("since").map { EventNumber(rawValue: UInt64($0)) }
            ?? EventNumber(rawValue: isWaiting ? newest + 1 : 0)
        if isWaiting, newest < first.rawValue {
            _ = try await live.wait(.events, until: call.deadline(standard: 30)) {
                live.lastEvent >= first ? true : nil
            }
        }
        var reading = EventReading(live: live, next: first)
        var events = try await reading.read(call.integer("since") == nil && !isWaiting ? 500 : limit)
        if call.integer("since") == nil, !isWaiting { events = events.suffix(limit) }
        return [
            "events": .array(events.map(SessionEvent.json)), "next": .count(reading.next.rawValue),
            "skipped": .bool(reading.hasSkipped && call.integer("since") != nil),
        ]
    }

    static let eventsSubscribe = ControlMethod(
        "events.subscribe", "be told of a session's events as they happen",
        details: "Each comes as a notification 'event' with 'subscription' and the event's members. Who reads slowly "
            + "gets them later; if by then some are not kept any more, a notification 'events.skipped' says so first. "
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
            var reading = EventReading(live: live, next: next)
            try await reading.tell(subscriber)
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

/// Somebody's way through a session's events.
private struct EventReading {
    let live: any LiveSession
    var next: EventNumber
    var hasSkipped = false

    init(live: any LiveSession, next: EventNumber) {
        self.live = live
        self.next = next
    }

    mutating func read(_ limit: Int) async throws(ControlFailure) -> [JournalEntry] {
        let question = ControlQuestion.events(from: next, limit: UInt16(clamping: limit))
        guard case .events(let events, let oldest) = try await live.ask(question) else { throw .notRunning(live.name) }
        hasSkipped = next < oldest
        if let last = events.last { next = last.number.next }
        return events
    }

    /// Tells what happens until nobody reads any more, or the session ends.
    mutating func tell(_ subscriber: any Subscriber) async throws(ControlFailure) {
        while true {
            let start = next
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
            guard start == next else { continue }
            let wanted = next
            _ = try await live.wait(
                .events, until: ContinuousClock.now.advanced(by: .seconds(3_600))
            ) { [live] in live.lastEvent >= wanted ? true : nil }
        }
    }
}
