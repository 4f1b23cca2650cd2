import HostClient
import JSONText
import SessionModel
import Wire

/// One session as `session.list` and `session.get` tell of it.
struct SessionFacts {
    let name: SessionName
    let status: SessionStatus
    /// `nil` where its host does not run, or does not answer.
    let live: SessionDescription?
    let role: Role?
    var retention = SessionRetention()

    /// The state of a session whose host runs, and does not say how it stands.
    package static let silent = "not responding"
    private var isSilent: Bool { status == .live && live == nil }

    private var exitStatus: Int? { if case .ended(let code) = status { code } else { nil } }

    var json: JSONValue {
        [
            "name": .string(name.text),
            "state": .string(live?.condition?.phase.word ?? (isSilent ? Self.silent : status.name)),
            "exitStatus": JSONValue(exitStatus) { .integer(Int64($0)) },
            "role": JSONValue(role) { .string($0.name) },
            "attached": JSONValue(live) { .integer(Int64($0.attachments.count)) },
            "steers": JSONValue(live?.turn.holder) { .string($0.name) },
            "upSeconds": JSONValue(live) { .integer($0.runningFor.components.seconds) },
            "idleSeconds": JSONValue(live?.idleFor) { .integer($0.components.seconds) },
            "incarnation": JSONValue(live) { .integer(Int64($0.incarnation.rawValue)) },
            "environment": JSONValue(live) { .string($0.environment) },
            "createdBy": JSONValue(live) { .string($0.createdBy) },
            "title": JSONValue(live) { .string($0.title) },
            "columns": JSONValue(live) { .integer(Int64($0.size.columns)) },
            "rows": JSONValue(live) { .integer(Int64($0.size.rows)) },
            "commandsBeside": JSONValue(live) { .integer(Int64($0.commandsBeside)) },
            "removedInSeconds": JSONValue(retention.remains) { .count($0.components.seconds) },
            "keptBecause": JSONValue(retention.keptBecause) { .string($0) },
        ]
    }

    static let schema: [Schema.Property] = [
        .init("name", .text, isRequired: true, "the session's name"),
        .init(
            "state", .word(["starting", "live", "frozen", "ending", silent, "ended", "lost"]), isRequired: true,
            "whether its processes run, and its host answers"),
        .init("exitStatus", .optional(.count), isRequired: true, "the shell's, where it ended"),
        .init("role", .optional(.text), isRequired: true, "yours in it"),
        .init("attached", .optional(.count), isRequired: true, "how many are attached"),
        .init("steers", .optional(.text), isRequired: true, "whose turn it is"),
        .init("upSeconds", .optional(.count), isRequired: true, "since this incarnation began"),
        .init("idleSeconds", .optional(.count), isRequired: true, "since somebody typed or something was printed"),
        .init("incarnation", .optional(.count), isRequired: true, "its process tree, counted from 1"),
        .init("environment", .optional(.text), isRequired: true, "what it runs in"),
        .init("createdBy", .optional(.text), isRequired: true, "who started this incarnation"),
        .init("title", .optional(.text), isRequired: true, "what its programs set as title"),
        .init("columns", .optional(.count), isRequired: true, "of its terminal"),
        .init("rows", .optional(.count), isRequired: true, "of its terminal"),
        .init("commandsBeside", .optional(.count), isRequired: true, "commands that run beside the terminal"),
        .init("removedInSeconds", .optional(.count), isRequired: true, "until an ended session is removed by itself"),
        .init("keptBecause", .optional(.text), isRequired: true, "why it was not, though its time is over"),
    ]
}

extension SessionFacts {
    static func json(_ usage: ResourceUsage) -> JSONValue {
        [
            "processes": .count(usage.processes), "memoryBytes": JSONValue(usage.memory) { .count($0) },
            "memoryPeakBytes": JSONValue(usage.memoryPeak) { .count($0) },
            "cpuSeconds": JSONValue(usage.processorTime) { .seconds($0) },
            "memoryLimitBytes": JSONValue(usage.memoryLimit) { .count($0) },
            "processesLimit": JSONValue(usage.processesLimit) { .count($0) },
            "killedForMemory": .count(usage.killed), "notStarted": .count(usage.refused),
        ]
    }

    /// `3 processes of 200, 12M of 256M, 5s of processor time`.
    static func words(ofUsage usage: JSONValue) -> String {
        func number(_ name: String) -> Int64? { usage[name]?.integer }
        func bounded(_ text: String, _ limit: String?) -> String { text + (limit.map { " of \($0)" } ?? "") }
        let processes = bounded("\(number("processes") ?? 0) processes", number("processesLimit").map { "\($0)" })
        let memory = number("memoryBytes").map {
            bounded("\($0 >> 20)M", number("memoryLimitBytes").map { "\($0 >> 20)M" })
        }
        let time = usage["cpuSeconds"]?.number.map { "\(Table.duration(.seconds($0))) of processor time" }
        return [processes, memory, time].compactMap(\.self).joined(separator: ", ")
    }

    static let usageSchema: [Schema.Property] = [
        .init("processes", .count, isRequired: true, "how many there are"),
        .init("memoryBytes", .optional(.count), isRequired: true, "what they have in memory, cached files among it"),
        .init("memoryPeakBytes", .optional(.count), isRequired: true, "the most that they had"),
        .init("cpuSeconds", .optional(.number), isRequired: true, "processor time of all that ever were"),
        .init("memoryLimitBytes", .optional(.count), isRequired: true, "what they may have"),
        .init("processesLimit", .optional(.count), isRequired: true, "how many there may be"),
        .init("killedForMemory", .count, isRequired: true, "processes that the kernel ended for want of memory"),
        .init("notStarted", .count, isRequired: true, "processes that were one too many"),
    ]
}
