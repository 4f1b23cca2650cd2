import JSONText
import SessionModel
import Wire

/// The facts of a session as they stand in results. The names are a promise: they stay, and new ones may come.
extension JSONValue {
    /// Bytes as text, or as base64 where they are none: the member's name tells which.
    static func bytes(_ bytes: [UInt8], named name: String) -> (String, JSONValue) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return ("\(name)Base64", .string(Base64.encode(bytes)))
        }
        return (name, .string(text))
    }

    /// Bytes of a member that ``bytes(_:named:)`` made, as ``ByteString/carried`` has them.
    func carried(_ name: String) -> String {
        if let text = self[name]?.string { return ByteString(text).carried }
        return Base64.decode((self["\(name)Base64"]?.string ?? "").utf8).map { ByteString($0).carried } ?? ""
    }

    /// Bytes that are shown to people: as text, in which what is no UTF-8 stands as `\xe9`; then they stand in base64,
    /// too.
    static func shown(_ bytes: [UInt8], named name: String) -> [(String, JSONValue)] {
        let text = ByteString(bytes)
        let members = [(name, JSONValue.string(text.shown))]
        return text.text == nil ? members + [("\(name)Base64", .string(Base64.encode(bytes)))] : members
    }

    static func count(_ number: some BinaryInteger) -> JSONValue { .integer(Int64(clamping: number)) }

    /// Seconds since 1970, of nanoseconds.
    static func time(_ nanoseconds: UInt64) -> JSONValue { .number(Double(nanoseconds / 1_000_000) / 1_000) }

    static func seconds(_ duration: Duration) -> JSONValue {
        let (seconds, attoseconds) = duration.components
        return .number(Double(seconds) + Double(attoseconds / 1_000_000_000_000_000) / 1_000)
    }

    static func turn(_ notice: TurnNotice) -> JSONValue {
        [
            "turn": .count(notice.turn.rawValue), "holder": JSONValue(notice.holder) { .string($0.name) },
            "attachment": JSONValue(notice.holder) { $0.isKept ? .null : .count($0.attachment.rawValue) },
            "kind": JSONValue(notice.holder) { .string($0.kind.word) },
            "kept": .bool(notice.holder?.isKept == true),
        ]
    }

    static func shell(_ shell: ShellState) -> JSONValue {
        [
            "state": .string(shell.phase.word), "atPrompt": .bool(shell.isAtPrompt),
            "lineEmpty": .bool(shell.isLineEmpty), "command": .count(shell.command.rawValue),
            "known": .string(shell.givesMarks ? shell.knowledge.name : Knowledge.weak.name),
        ]
    }

    static func command(_ command: CommandRecord) -> JSONValue {
        let start = command.start
        let end = command.end
        let known = min(start.knowledge, end?.knowledge ?? start.knowledge)
        return [
            "number": .count(start.number.rawValue), "text": .string(start.text),
            "textKnown": .string(start.textKnowledge.name), "directory": .string(start.directory),
            "operators": .array(start.authors.map { .string($0) }),
            "approvedBy": JSONValue(start.approver) { .string($0) },
            "turn": JSONValue(start.turn) { .count($0.rawValue) },
            "started": .time(start.time), "ended": JSONValue(end) { .time($0.time) },
            "running": .bool(end == nil),
            "exitStatus": JSONValue(end?.status) { .count($0) },
            "outputStart": .count(start.output.bytes), "outputEnd": JSONValue(end) { .count($0.output.bytes) },
            "known": .string(known.name),
        ]
    }

    /// With the rules and with who waits.
    static func turn(_ notice: TurnNotice, _ queue: TurnQueue) -> JSONValue {
        var object = turn(notice).object ?? JSONObject()
        object["mode"] = .string(queue.mode.name)
        object["waiting"] = .array(
            queue.waiting.map {
                [
                    "operator": .string($0.who.name), "attachment": .count($0.who.attachment.rawValue),
                    "kind": .string($0.who.kind.word), "seconds": .seconds($0.waitedFor),
                    "atPrompt": .bool($0.isForPrompt),
                ]
            })
        return .object(object)
    }

    static let queueSchema: [Schema.Property] =
        turnSchema + [
            .init("mode", .word(TurnMode.allCases.map(\.name)), isRequired: true, "how turns are given"),
            .init(
                "waiting",
                .list(
                    .object([
                        .init("operator", .text, isRequired: true, "who asked"),
                        .init("attachment", .count, isRequired: true, "by which attachment"),
                        .init("kind", .word(["person", "agent"]), isRequired: true, "what they are"),
                        .init("seconds", .number, isRequired: true, "for how long they wait"),
                        .init("atPrompt", .boolean, isRequired: true, "whether they want it only at the prompt"),
                    ])), isRequired: true, "who waits for the turn, in their order"),
        ]

    static let turnSchema: [Schema.Property] = [
        .init("turn", .count, isRequired: true, "the number of the newest turn"),
        .init("holder", .optional(.text), isRequired: true, "the operator whose turn it is; null for nobody"),
        .init("attachment", .optional(.count), isRequired: true, "the holder's attachment; null while it is lost"),
        .init("kind", .optional(.word(["person", "agent"])), isRequired: true, "what the holder is"),
        .init("kept", .boolean, isRequired: true, "whether the holder lost the connection, and the turn is kept"),
    ]

    static let shellSchema: [Schema.Property] = [
        .init(
            "state", .word(ShellState.Phase.words), isRequired: true,
            "what the shell does; unknown for one that gives no marks"),
        .init("atPrompt", .boolean, isRequired: true, "whether the prompt stands and the shell reads a line"),
        .init("lineEmpty", .boolean, isRequired: true, "whether nothing is typed at the prompt"),
        .init("command", .count, isRequired: true, "the number of the newest command; 0 before the first"),
        knownSchema,
    ]

    static let knownSchema = Schema.Property(
        "known", .word(["exact", "strong", "weak"]), isRequired: true,
        "exact: the shell said so and has the foreground; strong: it said so; weak: guessed")

    static let commandSchema: [Schema.Property] = [
        .init("number", .count, isRequired: true, "counted from 1 in each incarnation"),
        .init("text", .string(limit: 65_536), isRequired: true, "the command as the shell has it; may be cut"),
        .init("textKnown", .word(["exact", "strong", "weak"]), isRequired: true, "how the text is known"),
        .init("directory", .text, isRequired: true, "where it was started"),
        .init("operators", .list(.text), isRequired: true, "who wrote the line, and who pressed Enter last"),
        .init("approvedBy", .optional(.text), isRequired: true, "who approved it, where an agent had to ask"),
        .init("turn", .optional(.count), isRequired: true, "the turn in which Enter was pressed"),
        .init("started", .number, isRequired: true, "seconds since 1970"),
        .init("ended", .optional(.number), isRequired: true, "the same; null while it runs"),
        .init("running", .boolean, isRequired: true, "whether it has not ended"),
        .init("exitStatus", .optional(.count), isRequired: true, "null while it runs"),
        .init("outputStart", .count, isRequired: true, "the stream offset where its output begins"),
        .init("outputEnd", .optional(.count), isRequired: true, "where it ends; null while it runs"),
        knownSchema,
    ]
}

extension ShellState.Phase {
    static let words = ["unknown", "prompting", "prompt", "incomplete", "running"]

    var word: String { Self.words[Int(rawValue)] }
}

extension OperatorKind {
    var word: String { self == .agent ? "agent" : "person" }
}
