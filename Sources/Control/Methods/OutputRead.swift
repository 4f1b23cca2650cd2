import JSONText
import ScreenModel
import SessionModel
import Wire

extension ControlMethod {
    static let outputRead = ControlMethod(
        "output.read", "read what the programs printed, from an offset on",
        details:
            "Offsets count the bytes of the session's stream, from each start of the session anew. The newest 2 MiB "
            + "are kept while it runs; 'truncated' says that what was asked for begins earlier, or ends later, than "
            + "what is given; go on at 'next'.",
        scope: .session(.observe), traits: [.readOnly, .idempotent],
        parameters: [
            .init("since", .count, "the offset; without it, the newest 'limit' bytes"),
            .init("until", .count, "the offset behind the last byte; without it, all there is"),
            .init("limit", .integer(1...1_048_576), "bytes at most, 65536 if not said"),
            .init("raw", .boolean, "with escape sequences and carriage returns, as terminals get it"),
            .init("wait", .boolean, "wait until there is something"), ControlCall.within,
            ControlCall.incarnation,
        ],
        result: [
            .init("text", .string(limit: 4_194_304), "what was printed"),
            .init("textBase64", .string(limit: 4_194_304), "the same in base64, where it is not UTF-8"),
            .init("start", .count, isRequired: true, "the offset of its first byte"),
            .init("next", .count, isRequired: true, "the offset to go on with"),
            .init("truncated", .boolean, isRequired: true, "whether something that was asked for is not in it"),
            .init("oldest", .count, isRequired: true, "the offset of the oldest byte that is kept"),
            .init("newest", .count, isRequired: true, "the offset behind the newest byte"),
        ]
    ) { call async throws(ControlFailure) in
        let answers = try await call.answers()
        let since = call.integer("since").map { StreamOffset(bytes: UInt64($0)) }
        if call.flag("wait") == true, let since, let live = answers as? any LiveSession {
            _ = try await live.wait(.screen, until: call.deadline(standard: 10)) {
                live.image.map { $0.offset > since } == true ? true : nil
            }
        }
        let to = call.integer("until").map { StreamOffset(bytes: UInt64($0)) }
        let range = OutputRange(
            from: since ?? .start, to: to, limit: UInt32(call.integer("limit") ?? 65_536), keepsEnd: since == nil,
            isPlain: call.flag("raw") != true)
        guard case .output(let part) = try await answers.ask(.output(range)) else { throw .notRunning(call.session) }
        let end = min(to ?? part.newest, part.newest)
        let isTruncated = (since.map { part.start > $0 } ?? (part.start > .start)) || part.end < end
        var json = JSONObject([JSONValue.bytes(part.bytes, named: "text")])
        json["start"] = .count(part.start.bytes)
        json["next"] = .count(part.end.bytes)
        json["truncated"] = .bool(isTruncated)
        json["oldest"] = .count(part.oldest.bytes)
        json["newest"] = .count(part.newest.bytes)
        return .object(json)
    }
}
