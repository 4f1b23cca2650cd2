import HostClient
import JSONText
import SessionModel

extension ControlMethod {
    static let environmentLog = ControlMethod(
        "environment.log", "show what was said when a session's environment was made",
        details: "Of a session in a container, whether it runs or not: what was pulled, built and run for it, and what "
            + "went wrong. Values of secrets are masked.", scope: .session(.create), traits: [.readOnly, .idempotent],
        parameters: [.init("lines", .integer(1...2_000), "the last so many; 200 if not said")],
        result: [
            .init("text", .string(limit: SessionStore.environmentLogLimit * 3), isRequired: true, "the newest last"),
            .init("skipped", .boolean, isRequired: true, "whether there is more before it"),
        ],
        verb: VerbForm("environment", [.session]) { result, call in
            let text = result["text"]?.string ?? ""
            guard !text.isEmpty else { return "Nothing was said of the environment of '\(call.session)'.\n" }
            return text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
                .joined(separator: "\n")
        }
    ) { call async throws(ControlFailure) in
        guard call.desk.store.contains(call.session) else { throw .notRunning(call.session) }
        let (bytes, isCut) = call.desk.store.environmentLog(of: call.session)
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        // Behind the last line break there is no line; before the first, where it is cut, no whole one.
        let whole = lines.dropFirst(isCut ? 1 : 0)
        let count = (call.integer("lines") ?? 200) + (whole.last?.isEmpty == true ? 1 : 0)
        let shown = whole.suffix(count).map { line in
            String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
        }
        return ["text": .string(shown.joined(separator: "\n")), "skipped": .bool(isCut || shown.count < whole.count)]
    }
}
