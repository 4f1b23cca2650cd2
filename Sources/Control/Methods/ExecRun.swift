import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let execRun = ControlMethod(
        "exec.run", "run a command beside the terminal, in the session's environment",
        details: "With its own input, output, errors and exit status; nobody sees it on the screen. When the time is "
            + "over it gets SIGHUP and a second later SIGKILL. What does not fit 'limit' is read and dropped.",
        scope: .session(.runBeside),
        parameters: [
            .init("command", .string(limit: 65_536), isRequired: true, "for the session's shell, with -c"),
            .init("commandBase64", .string(limit: 131_072), "the same in base64, where it is not UTF-8; it counts"),
            .init("stdin", .string(limit: 262_144), "what it reads"),
            .init("stdinBase64", .string(limit: 349_528), "the same in base64, where it is not UTF-8; it counts"),
            .init("timeout", .number, "seconds, 30 if not said, at most 50"),
            .init("limit", .integer(0...1_048_576), "bytes kept of each stream, 65536 if not said"),
        ],
        result: [
            .init("exitStatus", .count, isRequired: true, "128 + n where signal n ended it"),
            .init("stdout", .string(limit: 1_048_576), "what it printed"),
            .init("stdoutBase64", .string(limit: 1_398_104), "the same in base64, where it is not UTF-8"),
            .init("stderr", .string(limit: 1_048_576), "what it complained of"),
            .init("stderrBase64", .string(limit: 1_398_104), "the same in base64, where it is not UTF-8"),
            .init("stdoutBytes", .count, isRequired: true, "how much it printed in all"),
            .init("stderrBytes", .count, isRequired: true, "the same of its complaints"),
            .init("truncated", .boolean, isRequired: true, "whether some of that is not in the answer"),
            .init("timedOut", .boolean, isRequired: true, "whether it was ended because the time was over"),
            .init("seconds", .number, isRequired: true, "how long it ran"),
        ], failures: [.canNotRun],
        verb: VerbForm(
            "exec", [.session, .init("command", "COMMAND…", isRest: true)],
            status: { Int($0["exitStatus"]?.integer ?? 0) }
        ) { result, _ in result.carried("stdout") + result.carried("stderr") }
    ) { call async throws(ControlFailure) in
        let seconds = min(max(call.number("timeout") ?? 30, 0.1), ControlCall.longestWait)
        let command = try call.bytes("command")
        guard !command.hasNUL else {
            throw ControlFailure(
                .invalidParameters, "exec.run has a NUL byte in its 'command', which no program is given")
        }
        let request = ExecRequest(
            command: command, input: try call.bytes("stdin").bytes,
            limit: .milliseconds(Int(seconds * 1_000)), outputLimit: call.integer("limit") ?? 65_536)
        let result = try await call.live().run(request)
        var json = JSONObject([
            JSONValue.bytes(result.output.bytes, named: "stdout"),
            JSONValue.bytes(result.errors.bytes, named: "stderr"),
        ])
        json["exitStatus"] = .count(result.status)
        json["stdoutBytes"] = .count(result.output.count)
        json["stderrBytes"] = .count(result.errors.count)
        json["truncated"] = .bool(
            result.output.count > result.output.bytes.count || result.errors.count > result.errors.bytes.count)
        json["timedOut"] = .bool(result.isTimedOut)
        json["seconds"] = .seconds(result.duration)
        return .object(json)
    }
}
