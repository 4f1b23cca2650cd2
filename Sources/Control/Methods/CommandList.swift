import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let commandList = ControlMethod(
        "command.list", "list the commands that were run at the prompt",
        details: "Of the incarnation that runs the newest 1000; of one that has ended all that its record has.",
        scope: .session(.observe), traits: [.readOnly, .idempotent],
        parameters: [
            .init("from", .integer(0...4_294_967_295), "the number to begin with; without it, the newest 'limit'"),
            .init("limit", .integer(1...500), "50 if not said"), ControlCall.incarnation,
        ],
        result: [
            .init("commands", .list(.object(JSONValue.commandSchema)), isRequired: true, "oldest first"),
            .init("shell", .object(JSONValue.shellSchema), isRequired: true, "what the shell does now"),
        ],
        verb: VerbForm("commands", [.session]) { result, _ in
            let commands = result["commands"]?.array ?? []
            guard !commands.isEmpty else {
                return result["shell"]?["state"]?.string == "unknown"
                    ? "The shell of this session gives no marks, so its commands are not known.\n"
                    : "No command yet. Of an earlier start of the session, --incarnation NUMBER has them.\n"
            }
            return Table.text([["NUMBER", "BY", "STATUS", "FOR", "COMMAND"]] + commands.map(row(of:)))
        }
    ) { call async throws(ControlFailure) in
        let live = try await call.answers()
        guard case .state(let state, _) = try await live.ask(.state(nil)) else { throw .notRunning(call.session) }
        let limit = call.integer("limit") ?? 50
        let newest = Int(state.shell.command.rawValue)
        let from = call.integer("from") ?? max(newest - limit + 1, 0)
        let question = ControlQuestion.commands(
            from: CommandNumber(rawValue: UInt32(clamping: from)), limit: UInt16(clamping: limit))
        guard case .commands(let commands) = try await live.ask(question) else { throw .notRunning(call.session) }
        return ["commands": .array(commands.map { .command($0) }), "shell": .shell(state.shell)]
    }

    static let commandGet = ControlMethod(
        "command.get", "tell of one command that was run at the prompt", scope: .session(.observe),
        traits: [.readOnly, .idempotent],
        parameters: [
            .init("number", .integer(1...4_294_967_295), "which; without it, the newest"), ControlCall.incarnation,
        ],
        result: JSONValue.commandSchema, failures: [.noSuchCommand]
    ) { call async throws(ControlFailure) in
        .command(try await call.answers().command(call.integer("number"), in: call.session))
    }

    static func row(of command: JSONValue) -> [String] {
        var operators = (command["operators"]?.array ?? []).compactMap(\.string).joined(separator: "+").printable
        if let approver = command["approvedBy"]?.string { operators += " (approved by \(approver.printable))" }
        let started = command["started"]?.number ?? 0
        let ended = command["ended"]?.number
        let text = (command["text"]?.string ?? "").split(separator: "\n").first.map(String.init) ?? ""
        return [
            "\(command["number"]?.integer ?? 0)", operators.isEmpty ? "-" : operators,
            command["exitStatus"]?.integer.map { "\($0)" } ?? (command["running"] == true ? "runs" : "-"),
            ended.map { Table.duration(.milliseconds(Int(($0 - started) * 1_000))) } ?? "-",
            text.isEmpty ? "(not known)" : text.printable,
        ]
    }
}
