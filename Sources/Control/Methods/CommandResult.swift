import JSONText
import SessionModel
import Wire

/// How much output an answer has.
struct CommandOutput {
    let limit: UInt32
    let keepsEnd: Bool

    init(_ call: ControlCall) {
        limit = UInt32(call.integer("limit") ?? 65_536)
        keepsEnd = call.text("keep") != "start"
    }
}

/// What became of commands that were typed as one.
struct CommandResult {
    let commands: [CommandRecord]

    static let schema: [Schema.Property] = [
        .init("command", .count, isRequired: true, "the number of the last command of it"),
        .init("commands", .count, isRequired: true, "how many commands the shell made of it"),
        .init("running", .boolean, isRequired: true, "whether it has not ended"),
        .init("exitStatus", .optional(.count), isRequired: true, "of the last command; null while it runs"),
        .init("output", .string(limit: 4_194_304), "what was printed, without escape sequences"),
        .init("outputBase64", .string(limit: 4_194_304), "the same in base64, where it is not UTF-8"),
        .init("outputStart", .count, isRequired: true, "the stream offset of the first byte given"),
        .init("next", .count, isRequired: true, "the stream offset to go on with"),
        .init("truncated", .boolean, isRequired: true, "whether some of the output is not in it"),
        .init("seconds", .optional(.number), isRequired: true, "how long it ran"),
        JSONValue.knownSchema,
    ]

    /// - Parameter session: that ran them, or what is kept of it.
    func json(
        _ output: CommandOutput, from session: any SessionAnswers
    ) async throws(ControlFailure) -> JSONValue {
        guard let first = commands.first, let last = commands.last else { throw .hasNotBegun }
        let range = OutputRange(
            from: first.start.output, to: last.end?.output, limit: output.limit, keepsEnd: output.keepsEnd,
            isPlain: true)
        guard case .output(let part) = try await session.ask(.output(range)) else { throw .notRunning(session.name) }
        let end = last.end?.output ?? part.newest
        let known = commands.flatMap { [$0.start.knowledge, $0.end?.knowledge ?? .exact] }.min() ?? .weak
        var json = JSONObject([JSONValue.bytes(part.bytes, named: "output")])
        json["command"] = .count(last.number.rawValue)
        json["commands"] = .count(commands.count)
        json["running"] = .bool(last.end == nil)
        json["exitStatus"] = JSONValue(last.end?.status) { .count($0) }
        json["outputStart"] = .count(part.start.bytes)
        json["next"] = .count(part.end.bytes)
        json["truncated"] = .bool(part.start > first.start.output || part.end < end)
        json["seconds"] = JSONValue(last.end) { .number(Double(($0.time - first.start.time) / 1_000_000) / 1_000) }
        json["known"] = .string(known.name)
        return .object(json)
    }
}

/// The commands that the shell made of what was typed as one: by what typed it, whoever else types meanwhile.
struct OwnCommands {
    /// `nil`: the host is of an earlier version, and says only in which turn a line was entered.
    let origin: CommandOrigin?
    /// None of them has a lower number.
    let first: CommandNumber
    let turn: TurnNumber?

    init(origin: CommandOrigin?, first: CommandNumber, turn: TurnNumber? = nil) {
        self.origin = origin
        self.first = first
        self.turn = turn
    }

    private static let pageLimit: UInt16 = 500

    func all(in session: any SessionAnswers) async throws(ControlFailure) -> [CommandRecord] {
        var own: [CommandRecord] = []
        var next = first
        while true {
            guard case .commands(let page) = try await session.ask(.commands(from: next, limit: Self.pageLimit)) else {
                throw .notRunning(session.name)
            }
            own += page.filter(isOwn)
            // They stand together.
            guard let last = page.last, page.count == Self.pageLimit, own.isEmpty || isOwn(last) else { return own }
            next = last.number.next
        }
    }

    private func isOwn(_ command: CommandRecord) -> Bool {
        origin.map { command.start.origin == $0 } ?? (command.start.turn != nil && command.start.turn == turn)
    }

    /// What became of them in a session that has ended since; `nil` where that is not known.
    func result(
        _ output: CommandOutput, from session: any SessionAnswers
    ) async throws(ControlFailure) -> JSONValue? {
        let commands = try await all(in: session)
        guard commands.last?.end != nil else { return nil }
        return try await CommandResult(commands: commands).json(output, from: session)
    }
}
