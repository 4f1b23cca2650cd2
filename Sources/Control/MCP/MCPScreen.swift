import JSONText
import SessionModel

/// The screens of sessions as resources: `cmdop://session/NAME/screen`.
enum MCPScreen {
    private static let head = "cmdop://session/"
    private static let tail = "/screen"

    static let template: JSONValue = [
        "uriTemplate": "cmdop://session/{session}/screen", "name": "screen", "title": "The screen of a session",
        "description": "What everybody attached to the session sees now, as text.", "mimeType": "text/plain",
    ]

    /// The screens that there are for a caller.
    static func list(at desk: any ControlDesk) async -> [JSONValue] {
        let sessions = desk.visibleSessions
        let live = await desk.describe(sessions)
        return sessions.filter { live[$0] != nil }.map { session in
            [
                "uri": .string("\(head)\(session)\(tail)"), "name": .string("\(session) screen"),
                "title": .string("The screen of \(session)"), "mimeType": "text/plain",
            ]
        }
    }

    /// The session's name, as the resource has it.
    static func session(in uri: String) -> String? {
        guard uri.hasPrefix(head), uri.hasSuffix(tail), uri.count > head.count + tail.count else { return nil }
        return String(uri.dropFirst(head.count).dropLast(tail.count))
    }

    static func contents(of screen: JSONValue, at uri: String) -> JSONValue {
        ["uri": .string(uri), "mimeType": "text/plain", "text": .string(text(of: screen))]
    }

    static func text(of screen: JSONValue) -> String {
        (screen["lines"]?.array ?? []).map { "\(($0.string ?? "").inOrder)\n" }.joined()
    }
}
