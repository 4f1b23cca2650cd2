import JSONText
import ScreenModel
import SessionModel
import Wire

extension ControlMethod {
    static let screenWait = ControlMethod(
        "screen.wait", "wait until the screen shows something, comes to rest, or the prompt stands",
        details: "One of 'text', 'pattern', 'prompt' and 'idle'. A pattern has * for any text and ? for one character, "
            + "and is looked for in each line.", scope: .session(.observe), traits: [.readOnly, .idempotent],
        parameters: [
            .init("text", .string(limit: 1_024), "text that some line holds"),
            .init("pattern", .string(limit: 1_024), "a pattern that some line holds"),
            .init("gone", .boolean, "wait until text or pattern is on no line any more"),
            .init("prompt", .boolean, "wait until the shell reads a line at its prompt"),
            .init("idle", .number, "wait until nothing was printed for so many seconds"),
            .init("after", .count, "only a screen with a higher revision than this"),
            ControlCall.within,
        ],
        result: [
            .init("matched", .boolean, isRequired: true, "false when the time was over first"),
            .init("line", .optional(.count), isRequired: true, "the line that matched, from 0"),
            .init("shell", .object(JSONValue.shellSchema), isRequired: true, "what the shell does"),
            .init("screen", .object(screenResult), isRequired: true, "what it shows then"),
        ], failures: [.noPrompt],
        verb: VerbForm("wait", [.session], status: { $0["matched"]?.bool == true ? 0 : 1 }) { result, _ in
            result["matched"]?.bool == true ? "It is there.\n" : "It did not come in time.\n"
        }
    ) { call async throws(ControlFailure) in
        let wish = try ScreenWish(call)
        let live = try await call.live()
        let deadline = call.deadline(standard: 30)
        let found: ScreenWish.Found?
        if let idle = wish.idle {
            found = try await rest(live, for: idle, until: deadline)
        } else {
            found = try await live.wait([.screen, .events], until: deadline) { wish.found(in: live) }
        }
        if wish.wantsPrompt, found == nil, !live.shell.givesMarks {
            throw ControlFailure(
                .noPrompt,
                "the shell of '\(call.session)' gives no marks, so nobody knows when its prompt stands; "
                    + "wait for 'text' or 'idle'", data: ["shell": .shell(live.shell)])
        }
        guard case .looked(let snapshot) = try await live.ask(.look) else { throw .notRunning(call.session) }
        // A prompt's mark may come before the picture of it.
        let image = wish.wantsPrompt ? ScreenImage(snapshot) : found?.image ?? ScreenImage(snapshot)
        return [
            "matched": .bool(found != nil), "line": JSONValue(found?.line) { .count($0) },
            "shell": .shell(live.shell), "screen": .object(ScreenFacts.json(image, title: snapshot.title)),
        ]
    }

    /// Waits until nothing was printed for a while.
    private static func rest(
        _ live: any LiveSession, for idle: Duration, until deadline: ContinuousClock.Instant
    ) async throws(ControlFailure) -> ScreenWish.Found? {
        let nothing: Bool? = try await live.wait(.screen, until: ContinuousClock.now) { nil }
        _ = nothing
        while let image = live.image {
            let due = ContinuousClock.now.advanced(by: idle)
            let changed: Bool? = try await live.wait(.screen, until: min(due, deadline)) {
                live.image?.offset == image.offset ? nil : true
            }
            if changed == nil, due <= deadline { return .init(line: nil, image: image) }
            if ContinuousClock.now >= deadline { return nil }
        }
        return nil
    }
}

/// What a caller waits to see.
private struct ScreenWish {
    struct Found {
        let line: Int?
        let image: ScreenImage
    }

    let text: String?
    let pattern: [UInt8]?
    let isGone: Bool
    let wantsPrompt: Bool
    let idle: Duration?
    let after: StreamOffset?

    init(_ call: ControlCall) throws(ControlFailure) {
        text = call.text("text")
        pattern = call.text("pattern").map { Array("*\($0)*".utf8) }
        isGone = call.flag("gone") ?? false
        wantsPrompt = call.flag("prompt") ?? false
        idle = call.number("idle").map { .milliseconds(Int(min(max($0, 0.01), 50) * 1_000)) }
        after = call.integer("after").map { StreamOffset(bytes: UInt64($0)) }
        let wishes = [text != nil, pattern != nil, wantsPrompt, idle != nil].count { $0 }
        guard wishes == 1 else {
            throw ControlFailure(
                .invalidParameters, "screen.wait needs one of 'text', 'pattern', 'prompt' and 'idle', and has \(wishes)"
            )
        }
    }

    func found(in live: any LiveSession) -> Found? {
        guard let image = live.image else { return nil }
        if let after, image.offset <= after { return nil }
        if wantsPrompt { return live.shell.isAtPrompt ? Found(line: nil, image: image) : nil }
        let line = image.rows.firstIndex { row in
            let shown = row.text
            if let text { return shown.contains(text) }
            return pattern.map { Glob.matches($0[...], Array(shown.utf8)[...]) } ?? false
        }
        if isGone { return line == nil ? Found(line: nil, image: image) : nil }
        return line.map { Found(line: $0, image: image) }
    }
}
