import JSONText
import SessionModel
import Wire

extension ControlMethod {
    static let processTree = ControlMethod(
        "process.tree", "list the processes of a session", scope: .session(.observe), traits: [.readOnly, .idempotent],
        result: [
            .init("processes", .list(.object(ProcessEntry.schema)), isRequired: true, "parents before their children")
        ],
        verb: VerbForm("ps", [.session]) { result, _ in
            Table.text(
                [["PID", "PARENT", "STATE", "CPU", "MEMORY", "COMMAND", "PROGRAM"]]
                    + (result["processes"]?.array ?? []).map(line))
        }
    ) { call async throws(ControlFailure) in
        let live = try await call.live()
        guard let host = live.hostProcess else { throw .notRunning(call.session) }
        guard case .commands(let commands) = try await live.ask(.commands(from: CommandNumber(rawValue: 0), limit: 500))
        else { throw .notRunning(call.session) }
        guard case .state(let state, _) = try await live.ask(.state(nil)) else { throw .notRunning(call.session) }
        let all = call.desk.processes(of: call.session, below: host, beside: state.shellProcess)
        var ofTerminal: Set = [state.shellProcess]
        for process in all where ofTerminal.contains(process.parent) { ofTerminal.insert(process.pid) }
        ofTerminal.remove(state.shellProcess)
        return [
            "processes": .array(
                all.map { process in
                    let command = ofTerminal.contains(process.pid) ? command(of: process, in: commands) : nil
                    var process = process
                    // To the kernel they wait, or sleep; nothing wakes them before the session goes on.
                    if state.isFrozen, process.state != "ended" { process.state = "stopped" }
                    return ProcessEntry(process, startedBy: command).json
                })
        ]
    }

    /// How much earlier than its command a process may seem to begin: the kernel tells that to a hundredth of a second,
    /// and the shell's mark takes its time.
    private static let blur: UInt64 = 50_000_000

    /// The command that ran when the process began.
    private static func command(of process: SessionProcess, in commands: [CommandRecord]) -> CommandRecord? {
        commands.last { command in
            process.startTime + blur >= command.start.time
                && process.startTime <= (command.end?.time ?? .max)
        }
    }

    private static func line(_ process: JSONValue) -> [String] {
        let arguments = (process["argv"]?.array ?? []).compactMap(\.string).joined(separator: " ")
        return [
            "\(process["pid"]?.integer ?? 0)", "\(process["parent"]?.integer ?? 0)",
            process["state"]?.string ?? "", "\(process["cpuSeconds"]?.number ?? 0)",
            "\((process["memoryBytes"]?.integer ?? 0) >> 20)M",
            process["command"]?.integer.map { "\($0)" } ?? "-",
            (arguments.isEmpty ? "[\(process["name"]?.string ?? "")]" : arguments).printable,
        ]
    }
}

/// One process of a session.
package struct SessionProcess: Hashable, Sendable {
    package var pid: Int32
    package var parent: Int32
    package var name: String
    package var arguments: [String]
    package var state: String
    package var processorTime: Duration
    package var memoryBytes: Int
    /// Nanoseconds since 1970, to a hundredth of a second or so.
    package var startTime: UInt64

    package init(
        pid: Int32, parent: Int32, name: String, arguments: [String], state: String, processorTime: Duration,
        memoryBytes: Int, startTime: UInt64
    ) {
        self.pid = pid
        self.parent = parent
        self.name = name
        self.arguments = arguments
        self.state = state
        self.processorTime = processorTime
        self.memoryBytes = memoryBytes
        self.startTime = startTime
    }
}

private struct ProcessEntry {
    let process: SessionProcess
    let command: CommandRecord?

    init(_ process: SessionProcess, startedBy command: CommandRecord?) {
        self.process = process
        self.command = command
    }

    var json: JSONValue {
        [
            "pid": .count(process.pid), "parent": .count(process.parent), "name": .string(process.name),
            "argv": .array(process.arguments.prefix(256).map { .string($0) }), "state": .string(process.state),
            "cpuSeconds": .seconds(process.processorTime), "memoryBytes": .count(process.memoryBytes),
            "started": .time(process.startTime), "command": JSONValue(command) { .count($0.number.rawValue) },
            "turn": JSONValue(command?.start.turn) { .count($0.rawValue) },
            "operators": .array((command?.start.authors ?? []).map { .string($0) }),
            "known": .string(command == nil ? Knowledge.weak.name : Knowledge.strong.name),
        ]
    }

    static let schema: [Schema.Property] = [
        .init("pid", .count, isRequired: true, "its process id"),
        .init("parent", .count, isRequired: true, "its parent's"),
        .init("name", .text, isRequired: true, "its name for itself"),
        .init("argv", .list(.string(limit: 65_536)), isRequired: true, "its arguments; at most 256"),
        .init(
            "state", .word(["running", "sleeping", "waiting", "stopped", "ended", "other"]), isRequired: true,
            "waiting is for a device; ended is not yet waited for by its parent"),
        .init("cpuSeconds", .number, isRequired: true, "processor time so far"),
        .init("memoryBytes", .count, isRequired: true, "resident"),
        .init("started", .number, isRequired: true, "seconds since 1970"),
        .init("command", .optional(.count), isRequired: true, "the command at the prompt during which it started"),
        .init("turn", .optional(.count), isRequired: true, "the turn in which that was entered"),
        .init("operators", .list(.text), isRequired: true, "who wrote that"),
        .init("known", .word(["exact", "strong", "weak"]), isRequired: true, "how the command is known: by its times"),
    ]
}
