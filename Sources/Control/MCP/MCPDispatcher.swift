package import JSONText

/// The Model Context Protocol over one conversation: the methods as tools, the screens as resources.
///
/// Nothing is kept between requests. Revision 2026-07-28 says its version in each request; the older ones, back to
/// 2024-11-05, begin with `initialize`. See <https://modelcontextprotocol.io/specification>.
package final class MCPDispatcher: Dispatcher {
    static let handshakeVersions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
    static let modernVersions = ["2026-07-28"]
    private static let capabilitiesKey = "io.modelcontextprotocol/clientCapabilities"
    private static let versionKey = "io.modelcontextprotocol/protocolVersion"

    private let desk: any ControlDesk

    package init(desk: any ControlDesk) { self.desk = desk }

    package func cancels(_ method: String, _ parameters: JSONObject) -> JSONValue? {
        method == "notifications/cancelled" ? parameters["requestId"] : nil
    }

    package func perform(
        _ method: String, _ parameters: JSONObject, subscriptions: any Subscriptions
    ) async throws(ControlFailure) -> JSONValue {
        // What a client only tells, needs no doing.
        if method.hasPrefix("notifications/") { return [:] }
        let isModern = try isModern(method, parameters)
        if method.hasSuffix("/list"), let cursor = parameters["cursor"], !cursor.isNull {
            throw ControlFailure(.invalidParameters, "there is no such 'cursor': each list is whole")
        }
        switch method {
        case "server/discover" where isModern: return finished(discovery, lasts: 3_600)
        case "initialize" where !isModern: return try handshake(parameters["protocolVersion"]?.string)
        case "ping": return isModern ? finished(JSONObject()) : [:]
        case "tools/list": return list("tools", MCPTool.all.map(\.json), isModern, isPublic: true)
        case "tools/call": return form(try await call(parameters), isModern)
        case "resources/list": return list("resources", await MCPScreen.list(at: desk), isModern)
        case "resources/templates/list": return list("resourceTemplates", [MCPScreen.template], isModern)
        case "resources/read": return form(try await read(parameters), isModern, lasts: 0)
        default: throw .unknown(method: method)
        }
    }

    // MARK: Versions

    private func isModern(_ method: String, _ parameters: JSONObject) throws(ControlFailure) -> Bool {
        let meta = parameters["_meta"] ?? [:]
        guard meta.object != nil else { throw ControlFailure(.invalidParameters, "'_meta' must be an object") }
        guard let version = meta[Self.versionKey] else {
            // Only the newer revisions have it, so its version must be said.
            if method == "server/discover" { throw envelope(Self.versionKey, "a text") }
            return false
        }
        // What has the wrong form is no version: only a real one tells a client to look for another.
        guard let text = version.string else { throw envelope(Self.versionKey, "a text") }
        guard Self.modernVersions.contains(text), method != "initialize" else { throw unsupported(text) }
        guard meta[Self.capabilitiesKey]?.object != nil else { throw envelope(Self.capabilitiesKey, "an object") }
        return true
    }

    private func envelope(_ key: String, _ kind: String) -> ControlFailure {
        ControlFailure(.invalidParameters, "'_meta' of the request must have '\(key)', \(kind)")
    }

    private func unsupported(_ version: String) -> ControlFailure {
        let all = (Self.modernVersions + Self.handshakeVersions).map { JSONValue.string($0) }
        return ControlFailure(
            .unsupportedVersion,
            "version '\(version.printable)' of MCP is not known here, or not in this place; see 'supported'",
            data: JSONObject([("supported", .array(all)), ("requested", .string(version))]))
    }

    private func handshake(_ version: String?) throws(ControlFailure) -> JSONValue {
        guard let version else {
            throw ControlFailure(.invalidParameters, "initialize needs 'protocolVersion', a text")
        }
        let agreed = Self.handshakeVersions.first { $0 == version } ?? Self.handshakeVersions[0]
        return [
            "protocolVersion": .string(agreed), "capabilities": capabilities, "serverInfo": Self.serverInfo,
            "instructions": .string(instructions),
        ]
    }

    private var discovery: JSONObject {
        [
            "supportedVersions": .array((Self.modernVersions + Self.handshakeVersions).map { .string($0) }),
            "capabilities": capabilities, "instructions": .string(instructions),
        ]
    }

    private let capabilities: JSONValue = ["tools": [:], "resources": [:]]

    private static let serverInfo: JSONValue = [
        "name": "cmdop", "title": "cmdop: shared live sessions", "version": "1.0.0",
    ]

    private var instructions: String {
        let session = desk.defaultSession.map {
            "The tools are about the session '\($0)' unless 'session' says another. "
        }
        return (session ?? "")
            + "A session is one shared terminal: people and agents see the same and steer in turns. Run commands with "
            + "command_run, which gives the exit status and the output; read the screen with screen_get, wait with "
            + "screen_wait. Every wait ends within 50 seconds and says where to go on. Errors have a code: "
            + "turn-held means that somebody else steers."
    }

    // MARK: The shape of results

    private func form(_ result: JSONObject, _ isModern: Bool, lasts seconds: Int64? = nil) -> JSONValue {
        isModern ? finished(result, lasts: seconds) : .object(result)
    }

    private func list(_ name: String, _ items: [JSONValue], _ isModern: Bool, isPublic: Bool = false) -> JSONValue {
        let result = JSONObject([(name, .array(items))])
        guard isModern else { return .object(result) }
        return finished(result, lasts: isPublic ? 3_600 : 0, isPublic: isPublic)
    }

    /// As revision 2026-07-28 has it: said to be whole, how long it may be kept, and by whom.
    private func finished(_ result: JSONObject, lasts seconds: Int64? = nil, isPublic: Bool = false) -> JSONValue {
        var result = result
        result["resultType"] = "complete"
        if let seconds {
            result["ttlMs"] = .integer(seconds * 1_000)
            result["cacheScope"] = isPublic ? "public" : "private"
        }
        result["_meta"] = ["io.modelcontextprotocol/serverInfo": Self.serverInfo]
        return .object(result)
    }

    // MARK: Tools and resources

    /// What a tool can not do is told to the model that called it; what is no call, to its program.
    private func call(_ parameters: JSONObject) async throws(ControlFailure) -> JSONObject {
        guard let name = parameters["name"]?.string, let tool = MCPTool.named(name) else {
            throw ControlFailure(
                .invalidParameters,
                "there is no tool '\((parameters["name"]?.string ?? "").printable)'; tools/list has them")
        }
        let arguments: JSONObject
        switch parameters["arguments"] {
        case nil, .null: arguments = JSONObject()
        case .object(let object): arguments = object
        default: throw ControlFailure(.invalidParameters, "tools/call has 'arguments' that are no object")
        }
        do throws(ControlFailure) {
            let result = try await tool.method.perform(arguments, at: desk)
            return ["content": [text(tool.text(of: result))], "structuredContent": result, "isError": false]
        } catch {
            if error.code == .cancelled { throw error }
            let data = error.data.isEmpty ? "" : "\n\(JSONValue.object(error.data).text)"
            return ["content": [text("\(error.code.rawValue): \(error.message)\(data)")], "isError": true]
        }
    }

    private func read(_ parameters: JSONObject) async throws(ControlFailure) -> JSONObject {
        let uri = parameters["uri"]?.string ?? ""
        guard let session = MCPScreen.session(in: uri), let method = MethodTable.method("screen.get") else {
            throw ControlFailure(
                .invalidParameters, "there is no resource '\(uri.printable)'; resources/list has those that there are")
        }
        let screen = try await method.perform(JSONObject([("session", .string(session))]), at: desk)
        return ["contents": [MCPScreen.contents(of: screen, at: uri)]]
    }

    private func text(_ text: String) -> JSONValue { ["type": "text", "text": .string(text)] }
}
