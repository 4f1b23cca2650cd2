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

    private var exitStatus: Int? { if case .ended(let code) = status { code } else { nil } }

    var json: JSONValue {
        [
            "name": .string(name.text), "state": .string(status.name),
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
        ]
    }

    static let schema: [Schema.Property] = [
        .init("name", .text, isRequired: true, "the session's name"),
        .init("state", .word(["live", "ended", "lost"]), isRequired: true, "whether its processes run"),
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
    ]
}
